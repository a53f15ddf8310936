/** Losses as pure functions of tensors. @module */

import * as tf from "../deps/tf.ts";
import { assertShape } from "./layers.ts";

/**
 * Weighted mean cross-entropy of logits:
 *
 *     L = Σ_b w_b · -log softmax(z_b)[y_b]  /  max(Σ_b w_b, 1)
 *
 * `logits` z are `[B, C]`, `labels` y `[B]` int32 class indices, `weights` w
 * `[B]`; a sample of weight 0 takes no part. Labels are not checked: one that
 * is no class counts as loss 0.
 *
 * With `smoothing` ε the wanted probabilities are 1 - ε + ε/C of the label and ε/C of every other
 * class (Szegedy et al., *Rethinking the Inception Architecture for Computer Vision*, 2016), and
 * labels have to be classes. By default ε is 0.
 */
export function crossEntropy(
  { logits, labels, weights }: { logits: tf.Tensor; labels: tf.Tensor; weights: tf.Tensor },
  { smoothing = 0 }: { smoothing?: number } = {},
): tf.Tensor {
  const [batch, classes] = logits.shape as [number, number];
  assertShape("logits", logits, [-1, -1]);
  assertShape("labels", labels, [batch]);
  assertShape("weights", weights, [batch]);
  const hot = tf.cast(tf.oneHot(labels as tf.Tensor1D, classes), "float32");
  const wanted = smoothing === 0 ? hot : tf.add(tf.mul(hot, 1 - smoothing), smoothing / classes);
  const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), wanted), 1));
  return weightedMean(losses, weights);
}

/**
 * Weighted mean absolute error of one output:
 *
 *     L = Σ_b w_b |z_b - y_b|  /  max(Σ_b w_b, 1)
 *
 * `outputs` z are `[B, 1]`, `values` y `[B]` and `weights` w `[B]`; a sample of weight 0 takes no
 * part. The gradient where z = y is that of z < y.
 */
export function absoluteError(
  { outputs, values, weights }: { outputs: tf.Tensor; values: tf.Tensor; weights: tf.Tensor },
): tf.Tensor {
  const [batch] = outputs.shape as [number, number];
  assertShape("outputs", outputs, [-1, 1]);
  assertShape("values", values, [batch]);
  assertShape("weights", weights, [batch]);
  return weightedMean(tf.abs(tf.sub(tf.reshape(outputs, [batch]), values)), weights);
}

function weightedMean(losses: tf.Tensor, weights: tf.Tensor): tf.Tensor {
  return tf.div(tf.sum(tf.mul(losses, weights)), tf.maximum(tf.sum(weights), 1));
}
