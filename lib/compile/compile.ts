/**
 * Compiles a function of tfjs tensors: it runs once on symbolic tensors, and
 * what it did becomes one ONNX graph that ONNX Runtime executes.
 *
 * @module
 */

import {
  type InferenceSession,
  onnxruntime,
  type Tensor as OrtTensor,
} from "../deps/onnxruntime.ts";
import * as tf from "../deps/tf.ts";
import { type IsLeaf, leaves, type MapTree, mapTree, type Tree } from "../tensor/tree.ts";
import "./kernels/mod.ts";
import { Graph } from "./onnx.ts";
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

/** The values of one tensor: int32 in an Int32Array, bool in a Uint8Array, float32 in a Float32Array. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** Tells a {@linkcode Spec} from a record of specs. */
export const isSpec: IsLeaf<Spec> = (node): node is Spec =>
  typeof node === "object" && node !== null && Array.isArray((node as Spec).shape);

/** Tells {@linkcode Values} from a record of values. */
export const isValues: IsLeaf<Values> = (node): node is Values => ArrayBuffer.isView(node);

/** Tells a tfjs tensor from a record of tensors. */
export const isTensor: IsLeaf<tf.Tensor> = (node): node is tf.Tensor => node instanceof tf.Tensor;

/** The tensors that a function of inputs `I` is given. */
export type Tensors<I> = MapTree<I, Spec, tf.Tensor>;

/** How ONNX Runtime executes the graph. */
export interface CompileOptions {
  /** Threads inside one operator. One thread gives the same bits on every run; default 1. */
  threads?: number;
  /** Execution providers in order of preference; default `["cpu"]`. */
  executionProviders?: readonly string[];
}

/** A compiled function. */
export interface Compiled<I, O> {
  /** Executes the graph on values in the shapes that it was compiled for. */
  run(inputs: MapTree<I, Spec, Values>): Promise<MapTree<O, tf.Tensor, Values>>;
  /** The shape and type of each output. */
  readonly outputs: MapTree<O, tf.Tensor, Spec>;
  /** The ONNX file, as any ONNX Runtime reads it. */
  readonly onnx: Uint8Array;
  /** How many nodes of each ONNX operator the traced graph has. */
  readonly operators: Readonly<Record<string, number>>;
  /** Frees the session. */
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
 * @throws {Error} where `fn` reads a value, or uses a kernel without translation; the message names it.
 */
export async function compile<I extends Tree<Spec>, O extends Tree<tf.Tensor>>(
  fn: (inputs: Tensors<I>) => O,
  inputs: I,
  { threads = 1, executionProviders = ["cpu"] }: CompileOptions = {},
): Promise<Compiled<I, O>> {
  const { graph, outputs } = traceGraph(fn, inputs);
  const onnx = graph.toBytes();
  const ort = await onnxruntime();
  const session = await ort.InferenceSession.create(onnx, {
    executionProviders: [...executionProviders],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    // Errors only: warnings about constants that ONNX Runtime folds are of no use to a reader.
    logSeverityLevel: 3,
  });
  const specs = leaves<Spec>(inputs, isSpec);
  const Tensor = ort.Tensor;
  return {
    outputs,
    onnx,
    operators: graph.operators,
    async run(values) {
      const feeds = feed(specs, leaves<Values>(values as Tree<Values>, isValues), Tensor);
      const results = await session.run(feeds);
      return mapTree<Spec, Values, Tree<Spec>>(
        outputs as Tree<Spec>,
        isSpec,
        (_, path) => results[`out/${path}`]!.data as Values,
      ) as MapTree<O, tf.Tensor, Values>;
    },
    dispose: () => session.release(),
  };
}

/** The graph of `fn` on inputs of these shapes. */
export function traceGraph<I extends Tree<Spec>, O extends Tree<tf.Tensor>>(
  fn: (inputs: Tensors<I>) => O,
  inputs: I,
): { graph: Graph; outputs: MapTree<O, tf.Tensor, Spec> } {
  const graph = new Graph();
  const trace = new Trace(graph);
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

function feed(
  specs: readonly { path: string; leaf: Spec }[],
  values: readonly { path: string; leaf: Values }[],
  Tensor: typeof OrtTensor,
): InferenceSession.OnnxValueMapType {
  const given = new Map(values.map(({ path, leaf }) => [path, leaf]));
  const feeds: Record<string, OrtTensor> = {};
  for (const { path, leaf: { shape, dtype } } of specs) {
    const data = given.get(path);
    if (data === undefined) {
      throw new TypeError(`Cannot run: expected an input "${path}", got none`);
    }
    if (data.length !== size(shape)) {
      throw new RangeError(
        `Cannot run: expected ${size(shape)} values [${shape}] for "${path}", got ${data.length}`,
      );
    }
    feeds[`in/${path}`] = new Tensor(dtype, data as Float32Array, shape);
  }
  if (given.size > specs.length) {
    const known = new Set(specs.map((s) => s.path));
    const extra = [...given.keys()].filter((path) => !known.has(path));
    throw new TypeError(`Cannot run: unexpected input "${extra.join('", "')}"`);
  }
  return feeds;
}
