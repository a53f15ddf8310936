/**
 * Node's built-in modules, which Deno has too, asked for in a call: a browser refuses a module that
 * imports one.
 *
 * @module
 */

/** The module of this name, where the runtime has any. */
export function nodeModule<Name extends keyof NodeModules>(
  name: Name,
): NodeModules[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?<Name extends keyof NodeModules>(name: Name): NodeModules[Name] };
  };
  return process?.getBuiltinModule?.(name);
}

/**
 * As {@linkcode nodeModule}, for what works on files and so never runs in a browser.
 *
 * @throws {TypeError} The runtime has no such module.
 */
export function neededNodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  const module = nodeModule(name);
  if (module === undefined) {
    throw new TypeError(`Cannot work on files: expected a runtime with ${name}, got none`);
  }
  return module;
}

interface NodeModules {
  "node:crypto": typeof import("node:crypto");
  "node:module": typeof import("node:module");
  "node:path": typeof import("node:path");
  "node:stream": typeof import("node:stream");
  "node:zlib": typeof import("node:zlib");
}
