/** Multi-head self-attention over the joined modalities (paper, Cross-modal attention). @module */

import * as tf from "../deps/tf.ts";
import {
  assertShape,
  initLayerNorm,
  layerNorm,
  type LayerNormParams,
  project,
} from "../tensor/layers.ts";
import { heUniform, type Init, keys } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";

/** Parameters of {@linkcode crossModalAttention}. */
export type AttentionParams = {
  /** W^Q of all heads, `[d, H d_k]`; head h has columns h d_k to (h + 1) d_k - 1. */
  query: tf.Tensor;
  /** W^K, `[d, H d_k]`. */
  key: tf.Tensor;
  /** W^V, `[d, H d_k]`. */
  value: tf.Tensor;
  /** W^O, `[H d_k, d]`. */
  output: tf.Tensor;
  /** The normalisation after the residual sum. */
  norm: LayerNormParams;
};

/** Weights `[d, d]` that keep the variance of their input, since H d_k = d, and γ = 1, β = 0. */
export function initAttention(key: Key, width: number): Init<AttentionParams> {
  const { query, key: k, value, output } = keys(key, "query", "key", "value", "output");
  const square = (which: Key) => heUniform(which, [width, width], width, 1);
  return {
    query: square(query),
    key: square(k),
    value: square(value),
    output: square(output),
    norm: initLayerNorm(width),
  };
}

/**
 * Scaled dot-product attention with H heads:
 *
 *     Q_h = X W_h^Q,  K_h = X W_h^K,  V_h = X W_h^V
 *     A_h = softmax(Q_h K_hᵀ / √d_k)
 *     Z   = [A_1 V_1; …; A_H V_H] W^O
 *     Y   = layerNorm(X + Z), or Z without `residual`
 *
 * X, Z and Y are `[B, N, d]`, N the segments of all modalities; `mask`
 * `[B, N]` is 1 where a segment exists and 0 for padding and absent
 * modalities, which get no attention from anyone: A `[B, H, N, N]` is 0 in
 * their columns, and all 0 in a row that has nothing to attend to. The paper
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
  const [batch, segments, width] = x.shape as [number, number, number];
  assertShape("mask", mask, [batch, segments]);
  if (width % heads !== 0) {
    throw new RangeError(
      `Cannot attend: expected a width that ${heads} heads divide, got ${width}`,
    );
  }
  const perHead = width / heads;
  const split = (weight: tf.Tensor) =>
    tf.transpose(
      tf.reshape(project(weight, x), [batch, segments, heads, perHead]),
      [0, 2, 1, 3],
    );
  const scores = tf.mul(
    tf.matMul(split(params.query), split(params.key), false, true),
    1 / Math.sqrt(perHead),
  );
  const keep = tf.reshape(mask, [batch, 1, 1, segments]);
  // A score of -1e9 is 0 after the softmax; the product clears rows in which every key is masked.
  const weights = tf.mul(tf.softmax(tf.add(scores, tf.mul(tf.sub(keep, 1), 1e9))), keep);
  const joined = tf.reshape(
    tf.transpose(tf.matMul(weights, split(params.value)), [0, 2, 1, 3]),
    [batch, segments, width],
  );
  const z = project(params.output, joined);
  return { y: residual ? layerNorm(params.norm, tf.add(x, z)) : z, weights };
}
