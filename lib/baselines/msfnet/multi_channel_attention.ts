/** Attention in several channels, which each sample weighs for itself. @module */

import * as tf from "../../deps/tf.ts";
import {
  initMultiHeadAttention,
  multiHeadAttention,
  type MultiHeadAttentionParams,
} from "../../tensor/attention.ts";
import * as layers from "../../tensor/layers.ts";
import { type Init, keys } from "../../tensor/parameter.ts";
import { fold, type Key } from "../../tensor/random.ts";

/** Parameters of {@linkcode multiChannelAttention}. */
export type MultiChannelAttentionParams = {
  /** By channel, `0`, `1`, … */
  channels: { [channel: string]: MultiHeadAttentionParams };
  /** W_g `[d, C]`, b_g `[C]`. */
  gate: layers.LinearParams;
  norm: layers.LayerNormParams;
};

/** C channels with weights of their own, and a fresh gate. */
export function initMultiChannelAttention(
  key: Key,
  { width, channels }: { width: number; channels: number },
): Init<MultiChannelAttentionParams> {
  const k = keys(key, "channels", "gate");
  const channel = (i: number) => initMultiHeadAttention(fold(k.channels, i), width);
  return {
    channels: Object.fromEntries(
      Array.from({ length: channels }, (_, i) => [String(i), channel(i)]),
    ),
    gate: layers.initLinear(k.gate, { in: width, out: channels }, 1),
    norm: layers.initLayerNorm(width),
  };
}

/**
 * C parallel multi-head attentions over the tokens of all modalities:
 *
 *     Z_c = multiHead_c(X),  g = softmax(mean(X) W_g + b_g)
 *     Y   = layerNorm(X + Σ_c g_c Z_c)
 *
 * `x` and `y` are `[B, N, d]`, `gates` g `[B, C]`, each row of which sums to 1.
 * `mask` `[B, N]` is 1 for a token that exists; the mean is over those, and no
 * other gets attention. Heads share one W^O and so always add up; channels have
 * each their own, and a sample decides how much of each it takes.
 */
export function multiChannelAttention(
  { channels, gate, norm }: MultiChannelAttentionParams,
  { x, mask }: { x: tf.Tensor; mask: tf.Tensor },
  { heads }: { heads: number },
): { y: tf.Tensor; gates: tf.Tensor } {
  const gates = tf.softmax(layers.linear(gate, layers.maskedMean(x, mask)));
  const weighted = Object.values(channels).map((channel, c) => {
    const { y } = multiHeadAttention(channel, { queries: x, tokens: x, mask }, { heads });
    return tf.mul(y, tf.expandDims(tf.slice(gates, [0, c], [-1, 1]), 2)); // [B, N, d] by [B, 1, 1]
  });
  return { y: layers.layerNorm(norm, tf.addN([x, ...weighted])), gates };
}
