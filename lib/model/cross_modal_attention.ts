/** Multi-head self-attention over the joined modalities (paper, Cross-modal attention). @module */

import type * as tf from "../deps/tf.ts";
import {
  initMultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionParams,
} from "../tensor/attention.ts";
import {
  addToViews,
  assertShape,
  initLayerNorm,
  layerNorm,
  type LayerNormParams,
} from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";

/** Parameters of {@linkcode crossModalAttention}. */
export type AttentionParams = MultiHeadAttentionParams & {
  /** The normalisation after the residual sum. */
  norm: LayerNormParams;
};

/** Weights `[d, d]` that keep the variance of their input, and γ = 1, β = 0. */
export function initAttention(key: Key, width: number): Init<AttentionParams> {
  return { ...initMultiHeadAttention(key, width), norm: initLayerNorm(width) };
}

/**
 * Self-attention with H heads, {@linkcode multiHeadAttention} of X upon X:
 *
 *     Q_h = X W_h^Q,  K_h = X W_h^K,  V_h = X W_h^V
 *     A_h = softmax(Q_h K_hᵀ / √d_k)
 *     Z   = [A_1 V_1; …; A_H V_H] W^O
 *     Y   = layerNorm(X + Z), or Z without `residual`
 *
 * X, Z and Y are `[B, N, d]`, N the segments of all modalities; `mask`
 * `[B, N]` is 1 where a segment exists and 0 for padding and absent
 * modalities, which get no attention from anyone: A `[B, H, N, N]` is 0 in
 * their columns, and all 0 in a row that has nothing to attend to. A `mask` `[V B, N]`
 * shows X in V views, and Y and Z are `[V B, N, d]`. The paper
 * has no mask, residual or normalisation; with one modality present and one
 * segment its softmax over a single key is constant, which is why modalities
 * come in several segments here.
 */
export function crossModalAttention(
  params: AttentionParams,
  { x, mask }: { x: tf.Tensor; mask: tf.Tensor },
  { heads, residual = true }: { heads: number; residual?: boolean },
): { y: tf.Tensor; weights: tf.Tensor } {
  assertShape("x", x, [-1, -1, -1]);
  const { y: z, weights } = multiHeadAttention(params, { queries: x, tokens: x, mask }, { heads });
  return { y: residual ? layerNorm(params.norm, addToViews(z, x)) : z, weights };
}
