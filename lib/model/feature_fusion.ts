/** The feature fusion layer (paper, Fig. 3). @module */

import * as tf from "../deps/tf.ts";
import type { Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import {
  initProcessingLayer,
  processingLayer,
  type ProcessingLayerParams,
} from "./processing_layer.ts";

/** Parameters of {@linkcode featureFusion}: Linear-ReLU-Dropout layers named `0`, `1`, … */
export type FeatureFusionParams = { [layer: string]: ProcessingLayerParams };

/**
 * He-uniform layers with zero biases: W `[from, d]` in the first, which reads the summaries, `[3d, d]`
 * by default, then `[d, d]`.
 */
export function initFeatureFusion(
  key: Key,
  { width, layers, from = 3 * width }: { width: number; layers: number; from?: number },
): Init<FeatureFusionParams> {
  return Object.fromEntries(
    Array.from({ length: layers }, (_, i) => [
      String(i),
      initProcessingLayer(fold(key, i), { in: i === 0 ? from : width, out: width }),
    ]),
  );
}

/**
 * "Concatenated", then "a series of linear transformations (Linear → ReLU →
 * Dropout)" to "a final joint embedding":
 *
 *     f = layer_k(… layer_1([S_text; S_image; S_audio]))
 *
 * `summaries` S is `[B, 3, d]`, f is `[B, d]`; `keep` has a dropout mask
 * `[B, d]` a layer, and is empty in inference.
 */
export function featureFusion(
  params: FeatureFusionParams,
  { summaries, keep = {} }: {
    summaries: tf.Tensor;
    keep?: { readonly [layer: string]: tf.Tensor };
  },
): tf.Tensor {
  const [batch, modalities, width] = summaries.shape as [number, number, number];
  const joined: tf.Tensor = tf.reshape(summaries, [batch, modalities * width]); // [B, 3d]
  return Object.entries(params).reduce(
    (x, [layer, params]) => processingLayer(params, { x, keep: keep[layer] }),
    joined,
  );
}
