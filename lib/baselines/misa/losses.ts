/** The three losses of MISA that shape its representations (Hazarika et al. 2020). @module */

import * as tf from "../../deps/tf.ts";
import { assertShape } from "../../tensor/layers.ts";

// What the root in a norm adds to a sum of squares: 1e-10 on the norm at most.
const underRoot = 1e-20;

/**
 * Central moment discrepancy of two batches (Zellinger et al. 2017), MISA's
 * similarity loss of a pair:
 *
 *     CMD(X, Y) = ‖mean X - mean Y‖ + Σ_{k = 2}^{K} ‖C_k(X) - C_k(Y)‖
 *     C_k(X)    = mean of (x - mean X)^k over the rows x of X
 *
 * `x` is `[B, d]`, `y` `[B', d]`, the result a scalar from 0; powers are taken
 * number by number. Numbers are taken to lie in [0, 1], as after a sigmoid:
 * the definition's division by the width of the interval to the power of k is
 * then a division by 1. Rows need not be pairs, since only the moments of the
 * two batches are compared.
 *
 * A norm has no gradient at 0, and its formula gives NaN there. We take
 * ‖v‖ = √(Σ v² + 1e-20), whose gradient is 0 at v = 0: equal batches are left
 * as they are.
 */
export function centralMomentDiscrepancy(
  { x, y }: { x: tf.Tensor; y: tf.Tensor },
  { moments = 5 }: { moments?: number } = {},
): tf.Tensor {
  assertShape("y", y, [-1, x.shape[1]!]);
  const meanX = tf.mean(x, 0), meanY = tf.mean(y, 0);
  const centredX = tf.sub(x, meanX), centredY = tf.sub(y, meanY);
  const terms = [distance(meanX, meanY)];
  let powerX = centredX, powerY = centredY;
  for (let k = 2; k <= moments; k++) {
    powerX = tf.mul(powerX, centredX);
    powerY = tf.mul(powerY, centredY);
    terms.push(distance(tf.mean(powerX, 0), tf.mean(powerY, 0)));
  }
  return tf.addN(terms);
}

function distance(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.add(tf.sum(tf.square(tf.sub(a, b))), underRoot));
}

/**
 * MISA's difference loss of two representations of the same rows, which asks
 * that they be orthogonal:
 *
 *     L = mean of the squared numbers of Âᵀ B̂
 *
 * `a` and `b` are `[B, d]`, row i of both from one sample; the result is a
 * scalar from 0. Â is A with each column centred over the batch and then each
 * row divided by its norm plus 1e-6. The paper writes ‖Aᵀ B‖²_F; the mean, and
 * that the norm counts as a constant in the gradient, are the authors' code.
 */
export function differenceLoss({ a, b }: { a: tf.Tensor; b: tf.Tensor }): tf.Tensor {
  assertShape("b", b, a.shape);
  const unit = (x: tf.Tensor) => unitRows(tf.sub(x, tf.mean(x, 0)));
  return tf.mean(tf.square(tf.matMul(unit(a), unit(b), true))); // mean of [d, d]
}

// x / (‖x‖ + 1e-6) by row, the divisor a constant of the gradient.
const unitRows = tf.customGrad((...given) => {
  const [x, save] = given as [tf.Tensor, (tensors: tf.Tensor[]) => void];
  const norm = tf.sqrt(tf.sum(tf.square(x), 1, true));
  const divisor = tf.add(norm, 1e-6);
  save([divisor]);
  return {
    value: tf.div(x, divisor),
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.div(dy, saved[0]!),
  };
});

/**
 * MISA's reconstruction loss of one modality, the mean of the squared numbers
 * of `projected - reconstructed`. Both are `[B, d]`, the result is a scalar
 * from 0, and both receive gradients.
 */
export function reconstructionLoss(
  { projected, reconstructed }: { projected: tf.Tensor; reconstructed: tf.Tensor },
): tf.Tensor {
  assertShape("reconstructed", reconstructed, projected.shape);
  return tf.mean(tf.square(tf.sub(projected, reconstructed)));
}
