/** The processing layer of each modality (paper, Fig. 3). @module */

import * as tf from "../deps/tf.ts";
import { dropout, initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";

/** Parameters of {@linkcode processingLayer}: W `[in, d]`, b `[d]`. */
export type ProcessingLayerParams = LinearParams;

/** W uniform on ±√(6 / in) (He et al. 2015), since a ReLU follows, and b = 0. */
export function initProcessingLayer(
  key: Key,
  width: { in: number; out: number },
): Init<ProcessingLayerParams> {
  return initLinear(key, width);
}

/**
 * "A linear (fully-connected) layer, a ReLU activation function, and a
 * dropout" (paper, Text Processing Layer; the same for image and audio):
 *
 *     y = dropout(ReLU(x W + b))
 *
 * `x` is `[B, n, in]`, `y` is `[B, n, d]`; `keep` is the dropout mask of y's
 * shape, left out in inference.
 */
export function processingLayer(
  params: ProcessingLayerParams,
  { x, keep }: { x: tf.Tensor; keep?: tf.Tensor | undefined },
): tf.Tensor {
  return dropout(tf.relu(linear(params, x)), keep);
}
