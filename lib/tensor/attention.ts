/** Multi-head attention. @module */

import * as tf from "../deps/tf.ts";
import { assertShape, project } from "./layers.ts";
import { maskedSoftmax } from "./masked_softmax.ts";
import { heUniform, type Init, keys } from "./parameter.ts";
import type { Key } from "./random.ts";

/** Parameters of {@linkcode multiHeadAttention}; head h has columns h d_k to (h + 1) d_k - 1. */
export type MultiHeadAttentionParams = {
  /** W^Q of all heads, `[d, H d_k]`. */
  query: tf.Tensor;
  /** W^K, `[d, H d_k]`. */
  key: tf.Tensor;
  /** W^V, `[d, H d_k]`. */
  value: tf.Tensor;
  /** W^O, `[H d_k, d]`. */
  output: tf.Tensor;
};

/** Weights `[d, d]` that keep the variance of their input, since H d_k = d. */
export function initMultiHeadAttention(key: Key, width: number): Init<MultiHeadAttentionParams> {
  const { query, key: k, value, output } = keys(key, "query", "key", "value", "output");
  const square = (which: Key) => heUniform(which, [width, width], width, 1);
  return { query: square(query), key: square(k), value: square(value), output: square(output) };
}

/**
 * Scaled dot-product attention with H heads (Vaswani et al. 2017), without biases:
 *
 *     Q_h = X W_h^Q,  K_h = T W_h^K,  V_h = T W_h^V
 *     A_h = softmax(Q_h K_hᵀ / √d_k)
 *     Z   = [A_1 V_1; …; A_H V_H] W^O
 *
 * `queries` X are `[B, M, d]`, `tokens` T `[B, N, d]`; of self-attention both are the same. `mask`
 * `[B, N]` is 1 for a token that exists and 0 for one that nobody may attend to. `y` is Z,
 * `[B, M, d]`, and `weights` A, `[B, H, M, N]`, 0 in the columns of masked tokens and in all of a
 * row that has nothing to attend to. A single query `[d]` is that of every sample; then `y` is
 * `[B, d]` and `weights` are `[B, H, N]`.
 *
 * @throws {RangeError} Shapes that do not fit each other, or a width that the heads do not divide.
 */
export function multiHeadAttention(
  params: MultiHeadAttentionParams,
  { queries, tokens, mask }: { queries: tf.Tensor; tokens: tf.Tensor; mask: tf.Tensor },
  { heads }: { heads: number },
): { y: tf.Tensor; weights: tf.Tensor } {
  assertShape("tokens", tokens, [-1, -1, -1]);
  const [batch, count, width] = tokens.shape as [number, number, number];
  const isShared = queries.rank === 1;
  assertShape("queries", queries, isShared ? [width] : [batch, -1, width]);
  assertShape("mask", mask, [batch, count]);
  if (width % heads !== 0) {
    throw new RangeError(
      `Cannot attend: expected a width that ${heads} heads divide, got ${width}`,
    );
  }
  const query = isShared
    ? tf.reshape(project(params.query, tf.reshape(queries, [1, width])), [1, heads, 1, -1])
    : perHead(params.query, queries, heads); // [B, H, M, d_k]
  const key = perHead(params.key, tokens, heads); // [B, H, N, d_k]
  // Products and sums broadcast a shared query over the batch, where a matrix product does not.
  const products = isShared
    ? tf.sum(tf.mul(key, query), 3) // [B, H, N]
    : tf.matMul(query, key, false, true); // [B, H, M, N]
  const scores = tf.mul(products, 1 / Math.sqrt(width / heads));
  const keep = tf.reshape(mask, [batch, ...scores.shape.slice(1, -1).fill(1), count]);
  const weights = maskedSoftmax(scores, keep);
  const value = perHead(params.value, tokens, heads); // [B, H, N, d_k]
  const read = isShared
    ? tf.sum(tf.mul(value, tf.expandDims(weights, 3)), 2) // [B, H, d_k]
    : tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]); // [B, M, H, d_k]
  const joined = tf.reshape(read, [batch, ...queries.shape.slice(1, -1), width]); // [B, M, d]
  return { y: project(params.output, joined), weights };
}

function perHead(weight: tf.Tensor, x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, count, width] = x.shape as [number, number, number];
  const columns = tf.reshape(project(weight, x), [batch, count, heads, width / heads]); // [B, N, H, d_k]
  return tf.transpose(columns, [0, 2, 1, 3]); // [B, H, N, d_k]
}
