/** Gradients against central differences. @module */

import { ok } from "node:assert/strict";
import * as tf from "../lib/deps/tf.ts";
import { asTree, flatten, layoutOf, type Parameter, split } from "../lib/tensor/parameter.ts";
import type { MapTree, Tree } from "../lib/tensor/tree.ts";
import { uniformTensor } from "./tensor_values.ts";

/** A scalar that each number of `y` moves by another amount: Σ r ⊙ y with r on ±1. */
export function probe(y: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(y, uniformTensor("probe", ...y.shape)));
}

/**
 * Asserts that the gradient of a scalar `loss` by every number of the tree
 * `at` is the central difference
 *
 *     (loss(θ + h e_i) - loss(θ - h e_i)) / 2h
 *
 * to `tolerance` of the largest gradient of the same leaf, and that no leaf is
 * without gradient. The loss is float32: of a loss near 1 the difference
 * resolves about 1e-7 / h, so h must not be much smaller.
 */
export function gradientsAgree<P extends Tree<Parameter>>(
  at: P,
  loss: (at: MapTree<P, Parameter, tf.Tensor>) => tf.Tensor,
  { h = 4e-3, tolerance = 1e-2 }: { h?: number; tolerance?: number } = {},
): void {
  const layout = layoutOf(at);
  const theta = flatten(at);
  const evaluate = (...parts: tf.Tensor[]) => loss(asTree(at, parts)) as tf.Scalar;
  const moved = (i: number, by: number) =>
    tf.tidy(() => {
      const vector = theta.with(i, theta[i]! + by);
      return evaluate(...split(layout, tf.tensor1d(vector))).dataSync()[0]!;
    });
  const { grads } = tf.valueAndGrads(evaluate)(split(layout, tf.tensor1d(theta)));
  layout.entries.forEach(({ path, offset }, leaf) => {
    const gradients = grads[leaf]!.dataSync();
    const largest = Math.max(...gradients.map(Math.abs));
    ok(largest > 1e-4, `${path} has no gradient`);
    gradients.forEach((gradient, i) => {
      const difference = (moved(offset + i, h) - moved(offset + i, -h)) / (2 * h);
      ok(
        Math.abs(gradient - difference) <= tolerance * largest,
        `${path}, number ${i}: gradient ${gradient}, central difference ${difference}`,
      );
    });
  });
}
