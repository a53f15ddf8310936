/**
 * A TensorFlow.js backend that computes nothing: every kernel appends nodes to
 * an ONNX graph and returns a symbolic tensor. What a function did to its
 * inputs, its gradients included, is then in the graph.
 *
 * @module
 */

import * as tf from "../deps/tf.ts";
import type { Graph } from "./onnx.ts";

/** The element types that a traced tensor may have. */
export type DType = "float32" | "int32" | "bool";

/** A tensor of a trace as tfjs hands it to a kernel. */
export interface Info {
  dataId: object;
  shape: number[];
  dtype: DType;
}

/** Translates one kernel: symbolic inputs and attributes in, symbolic outputs out. */
export type Translation = (
  // deno-lint-ignore no-explicit-any -- tfjs types neither the inputs nor the attributes of its kernels.
  call: { inputs: any; attrs: any; trace: Trace },
) => Info | Info[];

/** Known values; `fill` when they are all the same, so that a scalar will do in the graph. */
interface Constant {
  values?: ArrayLike<number>;
  fill?: number;
  shape: readonly number[];
  dtype: DType;
}

/** A value of the graph, and a shape that broadcasts to the tensor's. */
interface Narrow {
  readonly name: string;
  readonly shape: readonly number[];
}

/** `value` is `source` with its axes permuted: the transposition need not be done until someone looks. */
interface Transposed {
  source: string;
  perm: readonly number[];
}

/** One function's graph while it is being traced. */
export class Trace {
  readonly graph: Graph;
  /** Whether convolutions and their gradients become nodes of their own, which no ONNX has. */
  readonly keepsConvolutions: boolean;
  #names = new WeakMap<object, string>();
  #constants = new WeakMap<object, Constant>();
  #narrow = new WeakMap<object, Narrow & { readonly full: readonly number[] }>();
  #transposed = new Map<string, Transposed>();

  constructor(graph: Graph, { keepsConvolutions = false } = {}) {
    this.graph = graph;
    this.keepsConvolutions = keepsConvolutions;
  }

  /** A symbolic tensor for a value of the graph. */
  info(name: string, shape: readonly number[], dtype: DType): Info {
    const dataId = {};
    this.#names.set(dataId, name);
    return { dataId, shape: [...shape], dtype };
  }

  /** A symbolic tensor with known values; it enters the graph when it is first used. */
  constant(values: ArrayLike<number>, shape: readonly number[], dtype: DType): Info {
    return this.#known(asFill({ values, shape, dtype }));
  }

  /** A symbolic tensor with one value everywhere. */
  filled(fill: number, shape: readonly number[], dtype: DType): Info {
    return this.#known({ fill, shape, dtype });
  }

  #known(constant: Constant): Info {
    const dataId = {};
    this.keep(dataId, constant);
    return { dataId, shape: [...constant.shape], dtype: constant.dtype };
  }

  /** The one value that a constant has everywhere, if it has. */
  fillOf(tensor: { dataId: object }): number | undefined {
    return this.#constants.get(tensor.dataId)?.fill;
  }

  /** A symbolic tensor whose value is still to be repeated to its shape, if ever somebody asks. */
  broadcasting({ name, shape: from }: Narrow, shape: readonly number[], dtype: DType): Info {
    if (size(from) === size(shape)) return this.info(this.reshape(name, from, shape), shape, dtype);
    const dataId = {};
    this.#narrow.set(dataId, { name, shape: from, full: [...shape] });
    return { dataId, shape: [...shape], dtype };
  }

  /** A tensor as an operator that broadcasts may take it: with as few elements as it really has. */
  narrow(tensor: Info): Narrow {
    const fill = this.fillOf(tensor);
    if (fill !== undefined) return { name: this.scalar(fill, tensor.dtype), shape: [] };
    return this.#narrow.get(tensor.dataId) ?? { name: this.name(tensor), shape: tensor.shape };
  }

  /** Remembers the values of a tensor that was made, or moved here, while tracing. */
  keep(dataId: object, constant: Constant): void {
    this.#constants.set(dataId, constant);
  }

  /** The values of a constant; undefined for a tensor that is known at run time only. */
  valuesOf(dataId: object): ArrayLike<number> | undefined {
    const constant = this.#constantOf(dataId);
    if (constant?.fill === undefined) return constant?.values;
    return new Float32Array(size(constant.shape)).fill(constant.fill);
  }

  // A tensor of another backend, which the function closed over, is a constant as well.
  #constantOf(dataId: object): Constant | undefined {
    const known = this.#constants.get(dataId);
    if (known !== undefined) return known;
    const owner = (tf.engine() as Engine).state.tensorInfo.get(dataId);
    if (owner === undefined || owner.backend instanceof TraceBackend) return undefined;
    const { backend, shape, dtype } = owner;
    const constant = { values: backend.readSync(dataId) as Float32Array, shape, dtype };
    this.#constants.set(dataId, constant);
    return constant;
  }

  /** The name of a tensor's value in the graph. */
  name(tensor: { dataId: object }): string {
    const known = this.#names.get(tensor.dataId);
    if (known !== undefined) return known;
    const narrow = this.#narrow.get(tensor.dataId);
    if (narrow !== undefined) {
      const name = this.broadcast(narrow.name, narrow.shape, narrow.full);
      this.#names.set(tensor.dataId, name);
      return name;
    }
    const constant = this.#constantOf(tensor.dataId);
    if (constant === undefined) {
      throw new Error(
        "Cannot compile: a tensor of another trace was used, or one already disposed",
      );
    }
    const name = constant.fill === undefined
      ? this.graph.constant(constant.dtype, constant.shape, typed(constant.values!, constant.dtype))
      : this.broadcast(this.scalar(constant.fill, constant.dtype), [], constant.shape);
    this.#names.set(tensor.dataId, name);
    return name;
  }

  /** The name of a constant scalar. */
  scalar(value: number, dtype: DType = "float32"): string {
    return this.graph.constant(dtype, [], typed([value], dtype));
  }

  /** `value` of shape `from` repeated along its axes of size 1 to the shape `to`. */
  broadcast(value: string, from: readonly number[], to: readonly number[]): string {
    if (from.length === to.length && from.every((d, i) => d === to[i])) return value;
    return this.graph.node("Expand", [value, this.graph.integers(to)]);
  }

  /** `value` with another shape of the same size. */
  reshape(value: string, from: readonly number[], to: readonly number[]): string {
    if (from.length === to.length && from.every((d, i) => d === to[i])) return value;
    return this.shaped(value, to);
  }

  /** `value` of any shape with the shape `to` of the same size. */
  shaped(value: string, to: readonly number[]): string {
    return this.graph.node("Reshape", [value, this.graph.integers(to)]);
  }

  /** `value` added up along `axes`, which the result does not have. */
  summed(value: string, axes: readonly number[]): string {
    return this.graph.node("ReduceSum", [value, this.graph.integers(axes)], { keepdims: 0 });
  }

  /**
   * Permutes the axes of a value, lazily: two transpositions in a row become
   * one, and one that undoes another costs nothing. What is written for it may depend on `shape`, that of
   * the value, where it is known.
   */
  transpose(value: string, perm: readonly number[], shape?: readonly number[]): string {
    const earlier = this.#transposed.get(value);
    const source = earlier?.source ?? value;
    const composed = earlier ? perm.map((axis) => earlier.perm[axis]!) : perm;
    if (composed.every((axis, i) => axis === i)) return source;
    const isTurn = `${composed}` === "3,1,2,0" && !earlier && !this.keepsConvolutions;
    const result = shape && isTurn
      ? this.#turned(source, shape)
      : this.graph.node("Transpose", [source], { perm: composed });
    this.#transposed.set(result, { source, perm: composed });
    return result;
  }

  // [C, H, W, N] of [N, H, W, C]: a matrix is transposed, and then rows of N are. ONNX Runtime does both by
  // blocks, where it moves number after number, at five times the cost, if first and last axis swap at once.
  #turned(value: string, [batch, height, width, channels]: readonly number[]): string {
    const pixels = height! * width!;
    const matrix = this.shaped(value, [batch!, pixels * channels!]);
    const columns = this.graph.node("Transpose", [matrix], { perm: [1, 0] });
    const rows = this.shaped(columns, [pixels, channels!, batch!]);
    const swapped = channels === 1
      ? rows
      : this.graph.node("Transpose", [rows], { perm: [1, 0, 2] });
    return this.shaped(swapped, [channels!, height!, width!, batch!]);
  }

  /** The value before its transposition and the permutation, or the value itself. */
  untransposed(value: string): { source: string; perm?: readonly number[] } {
    return this.#transposed.get(value) ?? { source: value };
  }
}

// tfjs's gradients of sums and means multiply by tensors of ones: known to be so, they cost nothing.
function asFill({ values, shape, dtype }: Required<Omit<Constant, "fill">>): Constant {
  const first = values[0]!;
  if (size(shape) < 2 || Object.is(first, -0)) return { values, shape, dtype };
  for (let i = 1; i < values.length; i++) {
    if (!Object.is(values[i], first)) return { values, shape, dtype };
  }
  return { fill: first, shape, dtype };
}

/** The number of elements of a shape. */
export function size(shape: readonly number[]): number {
  return shape.reduce((product, d) => product * d, 1);
}

function typed(values: ArrayLike<number>, dtype: DType): Float32Array | Int32Array | Uint8Array {
  if (dtype === "float32") return Float32Array.from(values);
  return dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}

let current: Trace | undefined;

/** What we need of the engine's state, which its types leave out. */
interface Engine {
  readonly state: {
    readonly activeScope?: { readonly name?: string };
    readonly tensorInfo: WeakMap<
      object,
      { readonly backend: tf.KernelBackend; readonly shape: number[]; readonly dtype: DType }
    >;
  };
}

/** The operation that tfjs is in, for messages: tfjs names its scopes after the public functions. */
function operation(): string {
  const scope = (tf.engine() as Engine).state.activeScope;
  return scope?.name?.replace(/__op$/, "") ?? "a tfjs function";
}

function active(): Trace {
  if (current === undefined) {
    throw new Error('Cannot use the tfjs backend "trace" outside compile()');
  }
  return current;
}

class TraceBackend extends tf.KernelBackend {
  override write(values: tf.BackendValues, shape: number[], dtype: keyof tf.DataTypeMap): object {
    return active().constant(values as Float32Array, shape, dtype as DType).dataId;
  }
  override move(
    id: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: keyof tf.DataTypeMap,
  ): void {
    active().keep(id, { values: values as Float32Array, shape, dtype: dtype as DType });
  }
  // deno-lint-ignore no-explicit-any -- the base class's own type differs between backends.
  override readSync(id: object): any {
    const values = active().valuesOf(id);
    if (values !== undefined) return values;
    throw new Error(
      `Cannot read a tensor while compiling: ${operation()} wanted its values, which exist at run time only. ` +
        "Return it as an output, or express the choice with tf.where",
    );
  }
  // deno-lint-ignore no-explicit-any -- as readSync.
  override read(id: object): Promise<any> {
    return Promise.resolve().then(() => this.readSync(id));
  }
  override numDataIds(): number {
    return 0;
  }
  override disposeData(): boolean {
    return true;
  }
  override incRef(): void {}
  decRef(): void {}
  override refCount(): number {
    return 1;
  }
  override floatPrecision(): 32 {
    return 32;
  }
  override epsilon(): number {
    return 1e-7;
  }
  override timerAvailable(): boolean {
    return false;
  }
  override dispose(): void {}
}

tf.registerBackend("trace", () => new TraceBackend() as tf.KernelBackend, 0);

/** Registers the translation of one tfjs kernel. */
export function translate(kernelName: string, translation: Translation): void {
  tf.registerKernel({
    kernelName,
    backendName: "trace",
    kernelFunc: (({ inputs, attrs }: { inputs: unknown; attrs: unknown }) => {
      const trace = active();
      trace.graph.from = kernelName;
      return translation({ inputs, attrs, trace });
    }) as tf.KernelFunc,
  });
}

/** Makes every kernel that tfjs knows and nobody translated fail with a message that names it. */
export function refuseOtherKernels(): void {
  const known = new Set(tf.getKernelsForBackend("trace").map((k) => k.kernelName));
  for (const { kernelName } of tf.getKernelsForBackend("cpu")) {
    if (known.has(kernelName)) continue;
    translate(kernelName, () => {
      throw new Error(
        `Cannot compile ${operation()}: its tfjs kernel "${kernelName}" has no ONNX translation`,
      );
    });
  }
}

/** The names of the kernels that are registered so far. */
export function registeredKernels(): string[] {
  return tf.getKernelsForBackend("trace").map((k) => k.kernelName).toSorted();
}

/** Runs `body` with every tfjs operation recorded in `trace`, then restores the previous backend. */
export function withTrace<T>(trace: Trace, body: () => T): T {
  if (current !== undefined) throw new Error("Cannot compile inside compile()");
  const previous = tf.engine().backendName ?? "cpu";
  current = trace;
  tf.setBackend("trace");
  try {
    return tf.engine().tidy(body as () => tf.TensorContainer) as T;
  } finally {
    current = undefined;
    tf.setBackend(previous);
  }
}
