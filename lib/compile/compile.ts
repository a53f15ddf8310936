/**
 * Compiles a function of tfjs tensors: it runs once on symbolic tensors, and
 * what it did becomes one graph that ONNX Runtime executes, or that becomes C.
 *
 * @module
 */

import * as tf from "../deps/tf.ts";
import { type IsLeaf, leaves, type MapTree, mapTree, type Tree } from "../tensor/tree.ts";
import { type COptions, executeInC } from "./c/mod.ts";
import type { Executable, Executor, ExecutorChoice, Values } from "./executable.ts";
import "./kernels/mod.ts";
import { Graph } from "./onnx.ts";
import { executeOnnx, type SessionOptions } from "./onnx_runtime.ts";
import { type DType, type Info, size, Trace, withTrace } from "./trace.ts";

/** The shape and element type of one input or output. */
export interface Spec {
  /** The size of each axis, known before the graph is made; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** The element type. */
  readonly dtype: DType;
}

/** A float32 {@linkcode Spec}. */
export const float32 = (...shape: number[]): Spec => ({ shape, dtype: "float32" });

/** An int32 {@linkcode Spec}. */
export const int32 = (...shape: number[]): Spec => ({ shape, dtype: "int32" });

/** Tells a {@linkcode Spec} from a record of specs. */
export const isSpec: IsLeaf<Spec> = (node): node is Spec =>
  typeof node === "object" && node !== null && Array.isArray((node as Spec).shape);

/** Tells {@linkcode Values} from a record of values. */
export const isValues: IsLeaf<Values> = (node): node is Values => ArrayBuffer.isView(node);

/** Tells a tfjs tensor from a record of tensors. */
export const isTensor: IsLeaf<tf.Tensor> = (node): node is tf.Tensor => node instanceof tf.Tensor;

/** The tensors that a function of inputs `I` is given. */
export type Tensors<I> = MapTree<I, Spec, tf.Tensor>;

/** How the graph is executed. */
export interface CompileOptions extends SessionOptions {
  /**
   * What executes it. `"auto"` takes C where a compiler works, on the CPU, and else ONNX Runtime;
   * {@linkcode Compiled.fallback} then says why. For C a program is run, a folder is written, and
   * seconds pass before the first call: a function does none of it unless it is asked to.
   *
   * @default "onnxruntime"
   */
  executor?: ExecutorChoice;
  /** Where C is compiled, and by what. */
  c?: COptions;
}

/** A compiled function. */
export interface Compiled<I, O> {
  /**
   * Executes the graph on values in the shapes that it was compiled for. C writes outputs to the arrays
   * of `into` that it names, of the outputs' sizes and types, which spares the memory of new ones;
   * ONNX Runtime makes its own. None may be an input of the same call.
   */
  run(
    inputs: MapTree<I, Spec, Values>,
    into?: Tree<Values>,
  ): Promise<MapTree<O, tf.Tensor, Values>>;
  /** The shape and type of each output. */
  readonly outputs: MapTree<O, tf.Tensor, Spec>;
  /** What executes it. */
  readonly executor: Executor;
  /** Why it is not C, where `"auto"` was asked for. */
  readonly fallback?: string;
  /** The C that was compiled, where it is. */
  readonly source?: string;
  /** The ONNX file, as any ONNX Runtime reads it. */
  readonly onnx: Uint8Array;
  /** How many nodes of each ONNX operator the traced graph has. */
  readonly operators: Readonly<Record<string, number>>;
  /** Frees it. */
  dispose(): Promise<void>;
}

/**
 * Traces `fn` once and returns an executable of the same signature.
 *
 * `fn` may use any tfjs operation that has a translation, gradients by
 * `tf.valueAndGrads` included. It must not read a tensor's values, and it sees
 * only its inputs: shapes are fixed, and what it closes over becomes constant.
 *
 * @example The derivative of x² is 2x
 * ```ts
 * import { compile, float32 } from "./compile.ts";
 * import * as tf from "../deps/tf.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const slope = await compile(
 *   ({ x }) => ({ dx: tf.grad((x) => tf.sum(tf.square(x)))(x) }),
 *   { x: float32(3) },
 * );
 * const { dx } = await slope.run({ x: Float32Array.of(1, 2, 3) });
 * deepEqual([...dx], [2, 4, 6]);
 * await slope.dispose();
 * ```
 *
 * @throws {Error} where `fn` reads a value, or uses a kernel without translation; the message names
 * it. Where C is asked for and can't be had, the message says why.
 */
export async function compile<I extends Tree<Spec>, O extends Tree<tf.Tensor>>(
  fn: (inputs: Tensors<I>) => O,
  inputs: I,
  options: CompileOptions = {},
): Promise<Compiled<I, O>> {
  // For C the convolutions stay whole, which no ONNX file has: each graph is traced where it is needed.
  const traced = new Map<boolean, ReturnType<typeof traceGraph<I, O>>>();
  const trace = (keepsConvolutions: boolean) => {
    const known = traced.get(keepsConvolutions) ?? traceGraph(fn, inputs, { keepsConvolutions });
    traced.set(keepsConvolutions, known);
    return known;
  };
  const { executable, ...made } = await execute((whole) => trace(whole).graph, options);
  const { graph, outputs } = trace(executable.executor === "c");
  const specs = leaves<Spec>(inputs, isSpec);
  const places = new Map(graph.parts.outputs.map(({ name }, i) => [name, i]));
  return {
    outputs,
    executor: executable.executor,
    ...made,
    get onnx() {
      return trace(false).graph.toBytes();
    },
    operators: graph.operators,
    async run(values, into) {
      const results = await executable.run(
        feed(specs, leaves<Values>(values as Tree<Values>, isValues)),
        into && placesFor(into, { outputs: outputs as Tree<Spec>, places }),
      );
      return mapTree<Spec, Values, Tree<Spec>>(
        outputs as Tree<Spec>,
        isSpec,
        (_, path) => results[places.get(`out/${path}`)!]!,
      ) as MapTree<O, tf.Tensor, Values>;
    },
    dispose: () => executable.dispose(),
  };
}

/** A graph on what was asked for, or on what takes its place. */
async function execute(
  graphOf: (keepsConvolutions: boolean) => Graph,
  { executor = "onnxruntime", c, ...session }: CompileOptions,
): Promise<{ executable: Executable; fallback?: string; source?: string }> {
  let fallback: string | undefined;
  if (executor !== "onnxruntime") {
    const graph = graphOf(true);
    try {
      assertOnCpu(session);
      const executable = await executeInC(graph, { ...c, threads: session.threads ?? 1 });
      return { executable, source: executable.source };
    } catch (error) {
      fallback = (error as Error).message;
      if (executor === "c") throw new Error(`Cannot execute C: ${fallback}`, { cause: error });
    }
  }
  const graph = graphOf(false), { inputs, outputs } = graph.parts;
  const executable = await executeOnnx({
    onnx: graph.toBytes(),
    inputs: inputs.map(({ name, type, dims }) => ({ name, type, dims: dims as number[] })),
    outputs: outputs.map(({ name }) => name),
  }, session);
  return { executable, ...fallback !== undefined && { fallback } };
}

function assertOnCpu({ executionProviders = ["cpu"] }: SessionOptions): void {
  if (executionProviders.join() === "cpu") return;
  throw new Error(`C runs on the CPU, not on ${executionProviders.join(", ")}`);
}

/** The graph of `fn` on inputs of these shapes. */
export function traceGraph<I extends Tree<Spec>, O extends Tree<tf.Tensor>>(
  fn: (inputs: Tensors<I>) => O,
  inputs: I,
  { keepsConvolutions = false }: { readonly keepsConvolutions?: boolean } = {},
): { graph: Graph; outputs: MapTree<O, tf.Tensor, Spec> } {
  const graph = new Graph();
  const trace = new Trace(graph, { keepsConvolutions });
  const outputs = withTrace(trace, () => {
    const symbols = mapTree<Spec, tf.Tensor, I>(inputs, isSpec, ({ shape, dtype }, path) => {
      const info = trace.info(graph.input(`in/${path}`, dtype, shape), shape, dtype);
      return tf.engine().makeTensorFromTensorInfo(info as tf.TensorInfo);
    });
    const result = fn(symbols as Tensors<I>);
    return mapTree<tf.Tensor, Spec, O>(result, isTensor, (tensor, path) => {
      const { shape, dtype } = tensor as Info;
      graph.output(`out/${path}`, trace.name(tensor as Info), dtype, shape);
      return { shape, dtype };
    });
  });
  return { graph, outputs };
}

/** The arrays of `into` in the order of the graph's outputs. */
function placesFor(
  into: Tree<Values>,
  { outputs, places }: {
    readonly outputs: Tree<Spec>;
    readonly places: ReadonlyMap<string, number>;
  },
): (Values | undefined)[] {
  const specs = new Map(
    leaves<Spec>(outputs, isSpec).map(({ path, leaf }) => [path, leaf]),
  );
  const ordered: (Values | undefined)[] = Array(places.size).fill(undefined);
  for (const { path, leaf } of leaves<Values>(into, isValues)) {
    const spec = specs.get(path);
    if (spec === undefined) throw new TypeError(`Cannot run: expected an output, got "${path}"`);
    const wanted = arrayOf[spec.dtype];
    if (!(leaf instanceof wanted) || leaf.length !== size(spec.shape)) {
      throw new TypeError(
        `Cannot run: expected ${wanted.name} of ${
          size(spec.shape)
        } for the output "${path}", got ` +
          `${leaf.constructor.name} of ${leaf.length}`,
      );
    }
    ordered[places.get(`out/${path}`)!] = leaf;
  }
  return ordered;
}

const arrayOf = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

function feed(
  specs: readonly { path: string; leaf: Spec }[],
  values: readonly { path: string; leaf: Values }[],
): Values[] {
  const given = new Map(values.map(({ path, leaf }) => [path, leaf]));
  const feeds = specs.map(({ path, leaf: { shape } }) => {
    const data = given.get(path);
    if (data === undefined) {
      throw new TypeError(`Cannot run: expected an input "${path}", got none`);
    }
    if (data.length !== size(shape)) {
      throw new RangeError(
        `Cannot run: expected ${size(shape)} values [${shape}] for "${path}", got ${data.length}`,
      );
    }
    return data;
  });
  if (given.size > specs.length) {
    const known = new Set(specs.map((s) => s.path));
    const extra = [...given.keys()].filter((path) => !known.has(path));
    throw new TypeError(`Cannot run: unexpected input "${extra.join('", "')}"`);
  }
  return feeds;
}
