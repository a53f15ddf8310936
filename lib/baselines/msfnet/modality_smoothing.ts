/** Draws the modalities together before they are fused. @module */

import * as tf from "../../deps/tf.ts";
import { byModality, modalities, type Modality } from "../../modality.ts";
import { initLayerNorm, layerNorm, type LayerNormParams } from "../../tensor/layers.ts";
import { constant, type Init } from "../../tensor/parameter.ts";

/** Parameters of {@linkcode modalitySmoothing}. */
export type ModalitySmoothingParams = Record<Modality, {
  /** α, `[1]`. */
  mixing: tf.Tensor;
  norm: LayerNormParams;
}>;

/** α = 0, so that a quarter comes from the others; a neutral normalisation. */
export function initModalitySmoothing(width: number): Init<ModalitySmoothingParams> {
  return byModality(() => ({ mixing: constant([1], 0), norm: initLayerNorm(width) }));
}

// a = σ(α) / 2, in [0, 0.5]: a modality never gives way to the others.
function othersShare(mixing: tf.Tensor): tf.Tensor {
  return tf.mul(tf.sigmoid(mixing), 0.5);
}

/**
 * Mixes into each token of a modality what the other modalities found:
 *
 *     t' = layerNorm((1 - a_m) t + a_m mean_{k ≠ m} u_k)
 *
 * `tokens` t are `[B, n_m, d]`, as are t', and `found` u_m `[B, d]`. The mean is
 * over the modalities that `shown` `[B]` is 1 for; a modality that is alone
 * keeps its tokens as they are, a_m = 0. A modality that the whole batch lacks
 * is left out.
 */
export function modalitySmoothing(
  params: ModalitySmoothingParams,
  { tokens, found, shown }: {
    tokens: { readonly [M in Modality]?: tf.Tensor };
    found: { readonly [M in Modality]?: tf.Tensor };
    shown: { readonly [M in Modality]?: tf.Tensor };
  },
): { [M in Modality]?: tf.Tensor } {
  const there = modalities.filter((m) => tokens[m] !== undefined);
  const smoothed = there.map((m) => {
    const { mixing, norm } = params[m];
    const others = there.filter((k) => k !== m);
    if (others.length === 0) return [m, layerNorm(norm, tokens[m]!)];
    const column = (k: Modality): tf.Tensor => tf.expandDims(shown[k]!, 1); // [B, 1]
    const count = tf.addN(others.map(column));
    const sum = tf.addN(others.map((k) => tf.mul(found[k]!, column(k)))); // [B, d]
    const mean: tf.Tensor = tf.expandDims(tf.div(sum, tf.maximum(count, 1)), 1); // [B, 1, d]
    // [B, 1, 1]
    const share: tf.Tensor = tf.expandDims(tf.mul(othersShare(mixing), tf.minimum(count, 1)), 1);
    const mixed = tf.add(tf.mul(tf.sub(1, share), tokens[m]!), tf.mul(share, mean));
    return [m, layerNorm(norm, mixed)];
  });
  return Object.fromEntries(smoothed);
}
