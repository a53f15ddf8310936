/**
 * Executes a traced graph as C: written from the graph, compiled by the system's compiler, and
 * called through Deno's foreign function interface, once a run.
 *
 * @module
 */

import type { Executable, Values } from "../executable.ts";
import type { Graph } from "../onnx.ts";
import { findCompiler } from "./compiler.ts";
import { NoExecutor } from "./no_executor.ts";
import { lower } from "./lower.ts";
import { assertUsable, defaultCache, openCache } from "./object_cache.ts";
import type { Program } from "./program.ts";
import { kernelSource, lineBytes, type Source, sourceOf } from "./source.ts";
import type { Buffer } from "./values.ts";

/** Where C is compiled, and by what. */
export interface COptions {
  /** The compiler's command; by default the first of `cc`, `gcc` and `clang` that works. */
  readonly compiler?: string;
  /** The folder of compiled files, `.cache/c` by default. Only its owner may enter it. */
  readonly cache?: string;
}

/** A graph as C. */
export interface CExecutable extends Executable {
  /** The C that was compiled. */
  readonly source: string;
}

/** Compiles a graph, which has to have its convolutions whole. @throws {NoExecutor} C can't be had. */
export async function executeInC(
  graph: Graph,
  { threads = 1, ...options }: COptions & { readonly threads?: number } = {},
): Promise<CExecutable> {
  const toolchain = await openToolchain(options);
  const program = lower(graph);
  const source = sourceOf(program);
  return load(await toolchain.library(source.text), program, { ...source, threads });
}

/** Why C can't be had here, in one line; undefined where it can. Nothing is compiled or written. */
export async function whyNoC(options: COptions = {}): Promise<string | undefined> {
  try {
    await assertToolchain(options);
  } catch (error) {
    if (error instanceof NoExecutor) return error.message;
    throw error;
  }
}

async function assertToolchain({ compiler, cache = defaultCache }: COptions): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "ffi", path: cache });
  if (state !== "granted") {
    throw new NoExecutor(
      `no permission to load what is compiled, which --allow-ffi=${cache} gives`,
    );
  }
  const user = await assertUsable(cache);
  await findCompiler(compiler, user);
}

async function openToolchain(options: COptions) {
  await assertToolchain(options);
  const objects = await openCache(options.cache ?? defaultCache);
  // Where the folder has just been made, it tells who the user is.
  const compiler = await findCompiler(options.compiler, objects.user);
  const kernels = await objects.get(compiler, kernelSource, { kind: "object" });
  return {
    library: (source: string) =>
      objects.get(compiler, source, { kind: "library", objects: [kernels] }),
  };
}

const arrays = {
  float: Float32Array,
  double: Float64Array,
  int32_t: Int32Array,
  uint8_t: Uint8Array,
};

function load(
  path: string,
  program: Program,
  { text, arenaBytes, scratchBytes, threads }: Source & { readonly threads: number },
): CExecutable {
  const { inputs, outputs } = program;
  const buffers = Array<"buffer">(inputs.length + outputs.length + 3).fill("buffer");
  const parameters = ["i64", "i64", ...buffers] as const;
  const library = Deno.dlopen(path, { call: { parameters, result: "i32" } });
  const constants = program.constants();
  const arena = new Uint8Array(arenaBytes + lineBytes);
  const scratch = new Uint8Array(threads * scratchBytes + lineBytes);
  return {
    executor: "c",
    source: text,
    run(values, into = []) {
      values.forEach((v, i) => assertType(v, inputs[i]!));
      const made = outputs.map(({ element, size }, i) =>
        into[i] ?? new arrays[element](size) as Values
      );
      const buffers = [...values, ...made, constants, arena, scratch] as BufferSource[];
      if (library.symbols.call(BigInt(threads), BigInt(scratchBytes), ...buffers) !== 0) {
        return Promise.reject(new RangeError("Cannot run: an index is out of range"));
      }
      return Promise.resolve(made);
    },
    dispose() {
      library.close();
      return Promise.resolve();
    },
  };
}

function assertType(values: Values, { element }: Buffer): void {
  const wanted = arrays[element];
  if (values instanceof wanted) return;
  throw new TypeError(`Cannot run: expected a ${wanted.name}, got a ${values.constructor.name}`);
}
