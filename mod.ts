/**
 * Trivalence: multimodal sentiment analysis with hierarchical cross-modal
 * attention and dual audio pathways, after Vamsidhar et al. (2025).
 *
 * @example The model on one batch, with every intermediate
 * ```ts
 * import { initModel, key, model, tensors, tf } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const config = {
 *   width: 16,
 *   heads: 4,
 *   channels: [4, 8],
 *   framePooling: 1,
 *   gate: "per feature",
 *   levels: { within: true, across: true, summaries: true },
 *   residual: true,
 *   fusionLayers: 2,
 *   dropout: 0.3,
 *   inputs: {
 *     text: { segments: 8, width: 128 },
 *     image: { segments: 4, width: 256 },
 *     audio: { segments: 8, width: 256, frames: 40, bands: 16, prosody: 8 },
 *   },
 * } as const;
 *
 * const params = tensors(initModel(key(1), config));
 * const { logits, gate, weights } = model(params, {
 *   inputs: {
 *     text: { states: tf.randomNormal([2, 8, 128]), mask: tf.ones([2, 8]) },
 *     audio: {
 *       states: tf.randomNormal([2, 8, 256]),
 *       mask: tf.ones([2, 8]),
 *       logMel: tf.randomNormal([2, 40, 16]),
 *       frames: tf.tensor1d([40, 31]),
 *       prosody: tf.randomNormal([2, 8, 8]),
 *     },
 *     // No image: what is absent gets no attention.
 *   },
 * }, config);
 *
 * deepEqual(logits.unified.shape, [2, 2]);
 * deepEqual(gate!.shape, [2, 8, 16]);
 * deepEqual(weights.across.attention!.shape, [2, 4, 16, 16]);
 * ```
 *
 * @module
 */

export * from "./lib/backends/mod.ts";
export * from "./lib/baselines/mod.ts";
export * from "./lib/compile/mod.ts";
export * from "./lib/datasets/mod.ts";
export * from "./lib/datasets/embedded/mod.ts";
export * from "./lib/encoders/mod.ts";
export * from "./lib/figures/mod.ts";
export * from "./lib/inference/mod.ts";
export * from "./lib/metrics/mod.ts";
export * from "./lib/modality.ts";
export * from "./lib/model/mod.ts";
export * from "./lib/signal/mod.ts";
export * from "./lib/tensor/mod.ts";
export * from "./lib/training/mod.ts";
export * as tf from "./lib/deps/tf.ts";
