/** The sentiment heads, one per modality (paper, Fig. 3). @module */

import type * as tf from "../deps/tf.ts";
import { byModality, type Modality } from "../modality.ts";
import { initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";

/** W `[d, C]` and b `[C]` for each modality. */
export type SentimentHeadsParams = Record<Modality, LinearParams>;

/**
 * W uniform on ±√(3 / d), which keeps the variance of the input, and b = 0, from a key a modality;
 * C `outputs`, one per class or one for a score.
 */
export function initSentimentHeads(
  key: Key,
  width: number,
  outputs = 2,
): Init<SentimentHeadsParams> {
  return byModality((m) => initLinear(fold(key, m), { in: width, out: outputs }, 1));
}

/**
 * "Fused feature vector is routed to separate modality-based Sentiment Heads":
 * logits `[B, C]` (negative, positive for the paper's two classes) of each modality from the joint
 * embedding `fused` `[B, d]`:
 *
 *     z_m = f W_m + b_m
 *
 * Each head reads the joint vector, as the paper says, so its verdict is about
 * one modality only when the others are masked.
 */
export function sentimentHeads(
  params: SentimentHeadsParams,
  fused: tf.Tensor,
): Record<Modality, tf.Tensor> {
  return byModality((m) => linear(params[m], fused));
}
