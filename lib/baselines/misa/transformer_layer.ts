/** One layer of a Transformer encoder, which fuses MISA's representations. @module */

import * as tf from "../../deps/tf.ts";
import {
  initMultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionParams,
} from "../../tensor/attention.ts";
import * as layers from "../../tensor/layers.ts";
import { type Init, keys } from "../../tensor/parameter.ts";
import type { Key } from "../../tensor/random.ts";

/** Parameters of {@linkcode transformerLayer}. */
export type TransformerLayerParams = {
  /** With the normalisation after its residual sum. */
  attention: MultiHeadAttentionParams & { norm: layers.LayerNormParams };
  /** From d to the width of the feed-forward layer. */
  hidden: layers.LinearParams;
  /** Back to d. */
  output: layers.LinearParams;
  /** The normalisation after the feed-forward layer. */
  norm: layers.LayerNormParams;
};

/** Dropout masks in training: `[B, N, d]`, `[B, N, feedForward]`, `[B, N, d]`. */
export type TransformerKeep = {
  readonly attended?: tf.Tensor;
  readonly hidden?: tf.Tensor;
  readonly output?: tf.Tensor;
};

/** Initial parameters. */
export function initTransformerLayer(
  key: Key,
  { width, feedForward }: { width: number; feedForward: number },
): Init<TransformerLayerParams> {
  const { attention, hidden, output } = keys(key, "attention", "hidden", "output");
  return {
    attention: { ...initMultiHeadAttention(attention, width), norm: layers.initLayerNorm(width) },
    hidden: layers.initLinear(hidden, { in: width, out: feedForward }),
    output: layers.initLinear(output, { in: feedForward, out: width }, 1),
    norm: layers.initLayerNorm(width),
  };
}

/**
 * A Transformer encoder's layer (Vaswani et al. 2017) without positions:
 *
 *     A = layerNorm(X + dropout(attention(X)))
 *     F = dropout(ReLU(A W₁ + b₁)) W₂ + b₂
 *     Y = layerNorm(A + dropout(F))
 *
 * X and Y are `[B, N, d]`; `mask` `[B, N]` is 0 for tokens that nobody may
 * attend to, whose own rows of Y mean nothing; of `[V B, N]` it shows X in V views, and Y and the
 * dropout masks are of V B rows. The projections of
 * {@linkcode multiHeadAttention} have no biases and its weights no dropout, where
 * PyTorch's layer has both.
 */
export function transformerLayer(
  { attention, hidden, output, norm }: TransformerLayerParams,
  { x, mask, keep = {} }: { x: tf.Tensor; mask: tf.Tensor; keep?: TransformerKeep },
  { heads }: { heads: number },
): tf.Tensor {
  const { y: z } = multiHeadAttention(attention, { queries: x, tokens: x, mask }, { heads });
  const attended = layers.layerNorm(
    attention.norm,
    layers.addToViews(layers.dropout(z, keep.attended), x),
  );
  const inner = layers.dropout(tf.relu(layers.linear(hidden, attended)), keep.hidden);
  const forward = layers.dropout(layers.linear(output, inner), keep.output);
  return layers.layerNorm(norm, tf.add(attended, forward));
}
