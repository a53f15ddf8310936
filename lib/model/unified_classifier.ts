/** The unified sentiment classifier (paper, Fig. 3). @module */

import * as tf from "../deps/tf.ts";
import { modalities, type Modality } from "../modality.ts";
import { initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";

/** W `[6, 2]`, b `[2]`. */
export type UnifiedClassifierParams = LinearParams;

/** W `[6, 2]` uniform on ±√(3 / 6), which keeps the variance of the input, and b = 0. */
export function initUnifiedClassifier(key: Key): Init<UnifiedClassifierParams> {
  return initLinear(key, { in: 2 * modalities.length, out: 2 }, 1);
}

/**
 * "Consolidates the outputs from all three sentiment heads" into "one of the
 * two sentiment classes":
 *
 *     z = [z_text; z_image; z_audio] W + b
 *
 * `logits` z_m are `[B, 2]`, and so is z (negative, positive). The heads of
 * absent modalities read the joint vector too, and are not masked.
 */
export function unifiedClassifier(
  params: UnifiedClassifierParams,
  logits: Record<Modality, tf.Tensor>,
): tf.Tensor {
  return linear(params, tf.concat(modalities.map((m) => logits[m]), 1)); // [B, 2] from [B, 6]
}
