/** Small seeded values for tests of tensor functions, and how results are compared. @module */

import { deepEqual, ok } from "node:assert/strict";
import * as tf from "../lib/deps/tf.ts";
import { heUniform, type Parameter } from "../lib/tensor/parameter.ts";
import { fold, key } from "../lib/tensor/random.ts";

/** Numbers uniform on ±1, always the same for one name and shape. */
export function uniform(name: string, ...shape: number[]): Parameter {
  // √(3 / fanIn) is 1 for a fan-in of 3.
  return heUniform(fold(key(1), name), shape, 3, 1);
}

/** The same numbers as an eager tensor. */
export function uniformTensor(name: string, ...shape: number[]): tf.Tensor {
  return tf.tensor(uniform(name, ...shape).values, shape);
}

/** Asserts the shape, and each number to `tolerance` (relative where it is above 1). */
export function near(
  got: tf.Tensor,
  wanted: tf.Tensor | tf.TensorLike,
  tolerance = 1e-6,
  what = "tensor",
): void {
  const expected = wanted instanceof tf.Tensor ? wanted : tf.tensor(wanted);
  deepEqual(got.shape, expected.shape, what);
  const values = expected.dataSync();
  got.dataSync().forEach((value, i) => {
    const error = Math.abs(value - values[i]!);
    ok(
      error <= tolerance * Math.max(1, Math.abs(values[i]!)),
      `${what}, number ${i}: ${value}, not ${values[i]}`,
    );
  });
}

/** Asserts equality of shape and of every bit but the sign of zero. */
export function same(got: tf.Tensor, wanted: tf.Tensor, what = "tensor"): void {
  near(got, wanted, 0, what);
}

/** Whether two tensors of one shape differ by more than `by` somewhere. */
export function differ(a: tf.Tensor, b: tf.Tensor, by = 1e-3): boolean {
  deepEqual(a.shape, b.shape);
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]! > by;
}
