/**
 * Compares compiled functions with eager tfjs on its cpu backend, value by value: executed by ONNX
 * Runtime and, where there is a C compiler, as C.
 *
 * @module
 */

import { deepEqual, equal, ok } from "node:assert/strict";
import { compile, type Spec, type Tensors } from "../../lib/compile/compile.ts";
import { whyNoC } from "../../lib/compile/c/mod.ts";
import type { Executor, Values } from "../../lib/compile/executable.ts";
import * as tf from "../../lib/deps/tf.ts";
import type { MapTree, Tree } from "../../lib/tensor/tree.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";

/** A function of named tensors. */
export type Fn = (x: Record<string, tf.Tensor>) => tf.Tensor;

/** One input: its shape, type and values. */
export interface Input extends Spec {
  readonly values: Float32Array | Int32Array;
}

/** Makes the value at one place, from a standard normal number. */
type Draw = (normal: number, place: number) => number;

/** Values that numeric code gets wrong first. */
export const extremes: Readonly<Record<string, Draw>> = {
  "large": (normal) => 1e4 * normal,
  "tiny": (normal) => 1e-20 * normal,
  "denormal": (normal) => 1e-40 * normal,
  "all equal": () => 0.75,
  "zero": () => 0,
  "negative zero among zeros": (_, place) => place % 2 ? -0 : 0,
};

/** Values without extremes. */
export const ordinary: Draw = (normal) => normal;

/** A float32 input of this shape; equal names and shapes have equal values. */
export function floats(name: string, shape: readonly number[], draw: Draw = ordinary): Input {
  const next = normals(fold(key(5), name));
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) => draw(next(), i));
  return { shape, dtype: "float32", values };
}

/** Several float32 inputs by name. */
export function inputs<K extends string>(
  shapes: Readonly<Record<K, readonly number[]>>,
  draw: Draw = ordinary,
): Record<K, Input> {
  return Object.fromEntries(
    Object.entries<readonly number[]>(shapes).map(([name, shape]) => [
      name,
      floats(name, shape, draw),
    ]),
  ) as Record<K, Input>;
}

/** An int32 input with these values. */
export function ints(shape: readonly number[], values: readonly number[]): Input {
  return { shape, dtype: "int32", values: Int32Array.from(values) };
}

/** Which directions to compare, and how closely. */
export interface ParityOptions {
  /** Also the gradients of `Σ f(x)²` by every float32 input; default true. */
  gradients?: boolean;
  /**
   * Largest difference of a float, relative to the larger of 1 and the largest
   * value; default 2e-6. Integers and booleans have to be equal.
   */
  tolerance?: number;
}

const executors: readonly Executor[] = await whyNoC() === undefined
  ? ["onnxruntime", "c"]
  : ["onnxruntime"];

/** Runs every function compiled, all in one graph, and eagerly, and compares every value. */
export async function parity(
  fns: Readonly<Record<string, Fn>>,
  given: Readonly<Record<string, Input>>,
  { gradients = true, tolerance = 2e-6 }: ParityOptions = {},
): Promise<void> {
  const all = (x: Record<string, tf.Tensor>): Record<string, tf.Tensor> =>
    Object.fromEntries(
      Object.entries(fns).flatMap(([name, f]) => [
        [name, f(x)],
        ...(gradients ? slopes(name, f, x) : []),
      ]),
    );
  const specs: Record<string, Spec> = Object.fromEntries(
    Object.entries(given).map(([name, { shape, dtype }]) => [name, { shape, dtype }]),
  );
  const values = Object.fromEntries(Object.entries(given).map(([n, v]) => [n, v.values]));
  const found: {
    readonly executor: Executor;
    readonly results: Record<string, Values>;
    readonly outputs: Record<string, Spec>;
  }[] = [];
  for (const executor of executors) {
    const compiled = await compile((x) => all(x as Record<string, tf.Tensor>), specs, { executor });
    const results = await compiled.run(values) as Record<string, Values>;
    found.push({ executor, results, outputs: compiled.outputs as Record<string, Spec> });
    await compiled.dispose();
  }
  tf.setBackend("cpu");
  tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(given).map(([n, v]) => [n, tf.tensor(v.values, [...v.shape], v.dtype)]),
    );
    for (const [name, eager] of Object.entries(all(tensors))) {
      for (const { executor, results, outputs } of found) {
        const { shape, dtype } = outputs[name]!, which = `${name} in ${executor}`;
        deepEqual({ shape, dtype }, { shape: eager.shape, dtype: eager.dtype }, which);
        near(which, results[name]!, eager.dataSync(), dtype === "float32" ? tolerance : 0);
      }
    }
  });
}

/** Runs a function on each executor, and has its results looked at. */
export async function onEach<I extends Tree<Spec>, O extends Tree<tf.Tensor>>(
  fn: (x: Tensors<I>) => O,
  specs: I,
  values: MapTree<I, Spec, Values>,
  check: (results: MapTree<O, tf.Tensor, Values>, executor: Executor) => void,
): Promise<void> {
  for (const executor of executors) {
    const compiled = await compile(fn, specs, { executor });
    const results = await compiled.run(values);
    await compiled.dispose();
    check(results, executor);
  }
}

function slopes(name: string, f: Fn, x: Record<string, tf.Tensor>): [string, tf.Tensor][] {
  const free = Object.keys(x).filter((n) => x[n]!.dtype === "float32");
  const { grads } = tf.valueAndGrads((...parts: tf.Tensor[]) => {
    const y = f({ ...x, ...Object.fromEntries(free.map((n, i) => [n, parts[i]!])) });
    return tf.sum(tf.square(y)) as tf.Scalar;
  })(free.map((n) => x[n]!));
  return free.map((n, i) => [`${name}, gradient by ${n}`, grads[i]!]);
}

function near(name: string, actual: Values, wanted: ArrayLike<number>, tolerance: number): void {
  equal(actual.length, wanted.length, name);
  const numbers = Array.from(wanted);
  // Sums of large terms cancel: float32 resolves them relative to the largest.
  const largest = Math.max(1, ...numbers.filter(Number.isFinite).map(Math.abs));
  numbers.forEach((w, i) => {
    const a = Number(actual[i]);
    // The sign of zero is not compared.
    const close = Number.isFinite(w) ? Math.abs(w - a) <= tolerance * largest : Object.is(w, a);
    ok(close, `${name}, value ${i}: eager ${w}, compiled ${a}`);
  });
}
