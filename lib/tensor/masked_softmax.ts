/** The softmax of attention, with a mask. @module */

import * as tf from "../deps/tf.ts";

// How far below a sample's scores those that are masked come. e^-50 is nothing beside the largest
// term of a sum, which is 1, and is still a normal number: with denormal ones, which the runtime
// makes of e^(-10⁹), arithmetic is several times slower on some processors.
const depth = 50;

/**
 * Softmax along the last axis over the entries that exist:
 *
 *     p_i = k_i e^{s_i} / Σ_j k_j e^{s_j}
 *     ∂L/∂s_i = p_i (∂L/∂p_i - Σ_j ∂L/∂p_j p_j)
 *
 * `scores` s are `[B, …, N]`, `keep` k, which is 1 or 0, has as many axes, and each is broadcast to the
 * other; p has the shape of both. A row that keeps nothing is 0. No gradient leads to `keep`.
 *
 * Masked scores are replaced by the lowest one of their sample less 50, and their p by 0. So p has the
 * bits that it would have if they were -∞: what they were changes nothing, as long as it is finite
 * and the lowest score is within ±10⁸, where less 50 is less. Adding a constant to them is not enough:
 * with -50, p is wrong where a masked score is more than about 30 above the best valid one.
 */
export function maskedSoftmax(scores: tf.Tensor, keep: tf.Tensor): tf.Tensor {
  return tf.customGrad((...given) => {
    const [s, save] = given as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    const [batch, ...others] = s.shape as [number, ...number[]];
    // One row a sample: executors go through the numbers of a row several at a time.
    const lowest = tf.reshape(
      tf.min(tf.reshape(s, [batch, -1]), 1),
      [batch, ...others.map(() => 1)],
    );
    // No limit to what is kept, and the lowest less 50 to what is not.
    const limit = tf.add(tf.mul(keep, 1e38), tf.sub(lowest, depth));
    const p = tf.mul(tf.softmax(tf.minimum(s, limit)), keep);
    save([p]);
    const repeated = tf.broadcast_util.getReductionAxes(s.shape, p.shape);
    return {
      value: p,
      gradFunc: (dp: tf.Tensor, saved: tf.Tensor[]) => {
        const p = saved[0]!;
        const ds = tf.mul(p, tf.sub(dp, tf.sum(tf.mul(dp, p), -1, true)));
        return repeated.length === 0 ? ds : tf.sum(ds, repeated, true);
      },
    };
  })(scores);
}
