/** Functions that `node:util` once had and the last release of tfjs-node still calls. @module */

import { createRequire } from "node:module";

type Util = Record<string, unknown>;

const removed: Readonly<Record<string, (value: unknown) => boolean>> = {
  isArray: (value) => Array.isArray(value),
  isNullOrUndefined: (value) => value === null || value === undefined,
};

/**
 * Puts back those of `isArray` and `isNullOrUndefined` that the runtime no longer has, and returns
 * their names. What is there stays as it is. They remain: tfjs-node calls them with every operation.
 */
export function restoreNodeUtil(util: Util = requiredUtil()): string[] {
  const missing = Object.keys(removed).filter((name) => typeof util[name] !== "function");
  for (const name of missing) util[name] = removed[name];
  return missing;
}

// The object that `require("util")` gives to packages; the namespace of an import can't be changed.
function requiredUtil(): Util {
  return createRequire(import.meta.url)("node:util");
}
