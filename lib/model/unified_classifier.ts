/** The unified sentiment classifier (paper, Fig. 3). @module */

import * as tf from "../deps/tf.ts";
import { modalities, type Modality } from "../modality.ts";
import { initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";

/** W `[3 C, C]`, b `[C]`. */
export type UnifiedClassifierParams = LinearParams;

/**
 * W `[3 C, C]` uniform on ±√(3 / 3C), which keeps the variance of the input, and b = 0; C `outputs`,
 * one per class or one for a score.
 */
export function initUnifiedClassifier(key: Key, outputs = 2): Init<UnifiedClassifierParams> {
  return initLinear(key, { in: outputs * modalities.length, out: outputs }, 1);
}

/**
 * "Consolidates the outputs from all three sentiment heads" into "one of the
 * two sentiment classes":
 *
 *     z = [z_text; z_image; z_audio] W + b
 *
 * `logits` z_m are `[B, C]`, and so is z: the paper has C = 2 (negative, positive). The heads of
 * absent modalities read the joint vector too, and are not masked.
 */
export function unifiedClassifier(
  params: UnifiedClassifierParams,
  logits: Record<Modality, tf.Tensor>,
): tf.Tensor {
  return linear(params, tf.concat(modalities.map((m) => logits[m]), 1)); // [B, C] from [B, 3 C]
}
