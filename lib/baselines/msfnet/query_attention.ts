/** What a learnt query finds in the tokens of one modality. @module */

import * as tf from "../../deps/tf.ts";
import { assertShape, project } from "../../tensor/layers.ts";
import { heUniform, type Init, keys } from "../../tensor/parameter.ts";
import type { Key } from "../../tensor/random.ts";

/** Parameters of {@linkcode queryAttention}, each `[d, d]`; head h has columns h d_k to (h + 1) d_k - 1. */
export type QueryAttentionParams = {
  /** W^Q. */
  query: tf.Tensor;
  /** W^K. */
  key: tf.Tensor;
  /** W^V. */
  value: tf.Tensor;
  /** W^O. */
  output: tf.Tensor;
};

/** Weights that keep the variance of their input. */
export function initQueryAttention(key: Key, width: number): Init<QueryAttentionParams> {
  const { query, key: k, value, output } = keys(key, "query", "key", "value", "output");
  const square = (which: Key) => heUniform(which, [width, width], width, 1);
  return { query: square(query), key: square(k), value: square(value), output: square(output) };
}

/**
 * Scaled dot-product attention of one query with H heads:
 *
 *     a_h = softmax((q W_h^Q) (X W_h^K)ᵀ / √d_k)
 *     u   = [a_1 X W_1^V; …; a_H X W_H^V] W^O
 *
 * `query` q is `[d]`, the same for every sample; X is `tokens` `[B, n, d]`, u
 * `[B, d]`. `mask` `[B, n]` is 1 for a token that exists; u is 0 where none does.
 *
 * @throws {RangeError} A mask of another shape, or a width that the heads do not divide.
 */
export function queryAttention(
  params: QueryAttentionParams,
  { query, tokens, mask }: { query: tf.Tensor; tokens: tf.Tensor; mask: tf.Tensor },
  { heads }: { heads: number },
): tf.Tensor {
  assertShape("tokens", tokens, [-1, -1, -1]);
  const [batch, count, width] = tokens.shape as [number, number, number];
  assertShape("query", query, [width]);
  assertShape("mask", mask, [batch, count]);
  if (width % heads !== 0) {
    throw new RangeError(
      `Cannot attend: expected a width that ${heads} heads divide, got ${width}`,
    );
  }
  const perHead = width / heads;
  const split = (weight: tf.Tensor) =>
    tf.transpose(
      tf.reshape(project(weight, tokens), [batch, count, heads, perHead]),
      [0, 2, 1, 3],
    );
  // One query for the whole batch: products and sums, which broadcast where a matrix product does not.
  const asked = tf.reshape(project(params.query, tf.reshape(query, [1, width])), [
    1,
    heads,
    1,
    perHead,
  ]);
  const scores = tf.mul(tf.sum(tf.mul(split(params.key), asked), 3), 1 / Math.sqrt(perHead));
  const keep = tf.reshape(mask, [batch, 1, count]);
  const weights = tf.mul(tf.softmax(tf.add(scores, tf.mul(tf.sub(keep, 1), 1e9))), keep);
  const found = tf.sum(tf.mul(split(params.value), tf.expandDims(weights, 3)), 2);
  return project(params.output, tf.reshape(found, [batch, width]));
}
