/** A multilayer perceptron. @module */

import type * as tf from "../deps/tf.ts";
import {
  initProcessingLayer,
  processingLayer,
  type ProcessingLayerParams,
} from "../model/processing_layer.ts";
import { initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import type { Mask } from "../systems/network.ts";

/** Parameters of {@linkcode perceptron}: hidden layers named `0`, `1`, … and the output layer. */
export type PerceptronParams = {
  hidden: { [layer: string]: ProcessingLayerParams };
  output: LinearParams;
};

/** The widths of a perceptron's layers, first to last. */
export interface PerceptronSizes {
  readonly input: number;
  readonly hidden: readonly number[];
  /** C, 2 by default. */
  readonly outputs?: number;
}

/** He-uniform weights, zero biases; an output per class, or one for a score. */
export function initPerceptron(
  key: Key,
  { input, hidden, outputs = 2 }: PerceptronSizes,
): Init<PerceptronParams> {
  const layers = hidden.map((out, i) => [
    String(i),
    initProcessingLayer(fold(key, i), { in: hidden[i - 1] ?? input, out }),
  ]);
  return {
    hidden: Object.fromEntries(layers),
    output: initLinear(fold(key, "output"), { in: hidden.at(-1) ?? input, out: outputs }, 1),
  };
}

/** The dropout masks of its hidden layers, for a batch of `rows`. */
export function perceptronMasks(
  hidden: readonly number[],
  { rows, rate }: { rows: number; rate: number },
): Record<string, Mask> {
  return Object.fromEntries(hidden.map((width, i) => [String(i), { shape: [rows, width], rate }]));
}

/**
 * Linear-ReLU-Dropout layers, and a linear one:
 *
 *     h_i = dropout(ReLU(h_{i-1} W_i + b_i)),  h_0 = x
 *     z   = h_k W + b
 *
 * `x` is `[B, in]`, z `[B, C]`; `keep` has a dropout mask a hidden layer, and
 * is left out in inference.
 */
export function perceptron(
  { hidden, output }: PerceptronParams,
  { x, keep = {} }: { x: tf.Tensor; keep?: { readonly [layer: string]: tf.Tensor } | undefined },
): tf.Tensor {
  const last = Object.entries(hidden).reduce(
    (h, [layer, own]) => processingLayer(own, { x: h, keep: keep[layer] }),
    x,
  );
  return linear(output, last);
}
