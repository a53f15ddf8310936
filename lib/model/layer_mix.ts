/** The learnt mix of a frozen encoder's layers (ours; the paper names no layer). @module */

import * as tf from "../deps/tf.ts";
import { constant, type Init } from "../tensor/parameter.ts";

/** Learned parameters of {@linkcode layerMix}. */
export type LayerMixParams = {
  /** w, `[L]`: one score a layer. */
  scores: tf.Tensor;
  /** γ, `[1]`. */
  scale: tf.Tensor;
};

/** Equal shares, and a scale of 1: the mean of the layers. */
export function initLayerMix(layers: number): Init<LayerMixParams> {
  return { scores: constant([layers], 0), scale: constant([1], 1) };
}

/**
 * One state a segment from the states of all layers:
 *
 *     y = γ Σ_l softmax(w)_l h_l
 *
 * `states` holds h, `[B, n, L, width]`; y is `[B, n, width]`. The mix is that of ELMo (Peters et
 * al., *Deep contextualized word representations*, 2018), which SUPERB uses without γ (Yang et al.,
 * *SUPERB: Speech processing Universal PERformance Benchmark*, 2021). The layer axis comes after
 * the segments, so that a mask speaks of the same axis as without it.
 *
 * @throws {RangeError} States of another number of layers than there are scores.
 */
export function layerMix({ scores, scale }: LayerMixParams, states: tf.Tensor): tf.Tensor {
  const [layers] = scores.shape as [number];
  if (states.rank !== 4 || states.shape[2] !== layers) {
    throw new RangeError(
      `Cannot mix layers: expected states [B, n, ${layers}, width], got [${states.shape}]`,
    );
  }
  const shares = tf.mul(tf.softmax(scores), scale);
  // [B, n, L, width] to [B, n, width]
  return tf.sum(tf.mul(states, tf.reshape(shares, [1, 1, layers, 1])), 2);
}
