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
 * A `mask` `[V B, N]` shows the same tokens in V views, those of the first sample at rows 0, B, 2B, …;
 * then `y` is `[V B, M, d]` and `weights` are `[V B, H, M, N]`, as of tokens that are repeated. Q, K, V
 * and the scores do not depend on the view: they are computed once, and the views' rows of A are
 * further rows of one product with V.
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
  const views = isShared ? 1 : Math.max(1, Math.floor(mask.shape[0]! / batch));
  assertShape("mask", mask, [views * batch, count]);
  if (width % heads !== 0) {
    throw new RangeError(
      `Cannot attend: expected a width that ${heads} heads divide, got ${width}`,
    );
  }
  const key = perHead(params.key, tokens, heads); // [B, H, N, d_k]
  const value = perHead(params.value, tokens, heads); // [B, H, N, d_k]
  const scale = 1 / Math.sqrt(width / heads);
  if (isShared) {
    // Products and sums broadcast a shared query over the batch, where a matrix product does not.
    const row = tf.reshape(queries, [1, width]);
    const query = tf.reshape(project(params.query, row), [1, heads, 1, -1]);
    const scores = tf.mul(tf.sum(tf.mul(key, query), 3), scale); // [B, H, N]
    const weights = maskedSoftmax(scores, tf.expandDims(mask, 1));
    const read = tf.sum(tf.mul(value, tf.expandDims(weights, 3)), 2); // [B, H, d_k]
    return { y: project(params.output, tf.reshape(read, [batch, width])), weights };
  }
  const query = perHead(params.query, queries, heads); // [B, H, M, d_k]
  const rows = queries.shape[1]!;
  const scores = tf.mul(tf.matMul(query, key, false, true), scale);
  const weights = maskedSoftmax(
    tf.expandDims(scores, 2), // [B, H, 1, M, N]
    tf.transpose(tf.reshape(mask, [views, batch, 1, 1, count]), [1, 2, 0, 3, 4]), // [B, 1, V, 1, N]
  ); // [B, H, V, M, N]
  const read = tf.matMul(tf.reshape(weights, [batch, heads, views * rows, count]), value);
  const joined = tf.transpose(
    tf.reshape(read, [batch, heads, views, rows, width / heads]),
    [2, 0, 3, 1, 4],
  ); // [V, B, M, H, d_k]
  return {
    y: project(params.output, tf.reshape(joined, [views * batch, rows, width])),
    weights: tf.reshape(
      tf.transpose(weights, [2, 0, 1, 3, 4]),
      [views * batch, heads, rows, count],
    ),
  };
}

function perHead(weight: tf.Tensor, x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, count, width] = x.shape as [number, number, number];
  const columns = tf.reshape(project(weight, x), [batch, count, heads, width / heads]); // [B, N, H, d_k]
  return tf.transpose(columns, [0, 2, 1, 3]); // [B, H, N, d_k]
}
