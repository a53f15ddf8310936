/**
 * Trivalence: multimodal sentiment analysis with hierarchical cross-modal
 * attention and dual audio pathways, after Vamsidhar et al. (2025).
 *
 * @example The model on one batch, with every intermediate
 * ```ts
 * import { initModel, model, random, tensors, tf } from "./mod.ts";
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
 * const params = tensors(initModel(random.key(1), config));
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

// From data to verdict.
export * from "./lib/workflow/mod.ts";
export { defaults } from "./lib/study/settings.ts";
export { proposed } from "./lib/systems/mod.ts";
export { type RowSystem, rowSystems, systems, type TableSystem } from "./lib/study/systems.ts";

// The model, one pair of functions for each box of the paper's Fig. 3: parameters, then the stage.
export {
  type AttentionParams,
  type AttentionWeights,
  audioGate,
  type AudioGateParams,
  crossModalAttention,
  type CustomAttention,
  type CustomGate,
  featureFusion,
  type FeatureFusionParams,
  type Gate,
  type GateKind,
  hierarchy,
  type HierarchyConfig,
  type HierarchyParams,
  initAttention,
  initAudioGate,
  initFeatureFusion,
  initHierarchy,
  initModel,
  initProcessingLayer,
  initSentimentHeads,
  initSpectralBranch,
  initUnifiedClassifier,
  type InputSizes,
  type Keep,
  type Level,
  model,
  type ModelConfig,
  type ModelInputs,
  type ModelOutputs,
  type ModelParams,
  processingLayer,
  type ProcessingLayerParams,
  type Segments,
  sentimentHeads,
  type SentimentHeadsParams,
  spectralBranch,
  type SpectralBranchParams,
  unifiedClassifier,
  type UnifiedClassifierParams,
} from "./lib/model/mod.ts";

// What every part speaks of.
export { modalities, type Modality, type Polarity } from "./lib/modality.ts";

// tfjs, and functions of its tensors compiled for ONNX Runtime.
export type { Tensor } from "./lib/deps/tf.ts";
export { tf } from "./lib/tensor/tf.ts";
export { tensors } from "./lib/tensor/mod.ts";
export {
  compile,
  type Compiled,
  type CompileOptions,
  type DType,
  float32,
  int32,
  type Spec,
  type Tensors,
  type Values,
} from "./lib/compile/mod.ts";

/** Where graphs and tfjs run: ONNX Runtime's execution providers, eager backends. */
export * as backends from "./lib/backends/mod.ts";
/** The systems that the proposed model is compared with, each `{ name, fit }`. */
export * as baselines from "./lib/baselines/mod.ts";
/** Noise on a text, an image or a clip, before it is encoded. */
export * as corruptions from "./lib/corruptions/mod.ts";
/** Readers, splits, audits, pairing, and the embedded corpus. */
export * as datasets from "./lib/datasets/all.ts";
/** Frozen encoders, and the store of what they gave. */
export * as encoders from "./lib/encoders/mod.ts";
/** Why a verdict is what it is. */
export * as explanation from "./lib/explanation/mod.ts";
/** Figures: rows in, a Vega-Lite specification or SVG out. */
export * as figures from "./lib/figures/mod.ts";
/** Our fusion: evidence of each modality added up, and what attention adds to it. */
export * as fusion from "./lib/fusion/mod.ts";
/** Models on disk, exported and asked. */
export * as inference from "./lib/inference/mod.ts";
/** Scores, intervals and tests. */
export * as metrics from "./lib/metrics/mod.ts";
/** Random numbers: keys that are folded, never a hidden state. */
export * as random from "./lib/random/mod.ts";
/** Figures, tables, sounds and progress in a notebook. */
export * as show from "./lib/notebook/mod.ts";
/** Sound, from a file to frames and columns. */
export * as signal from "./lib/signal/mod.ts";
/** Parameters, layers, losses and optimisers. */
export * as tensor from "./lib/tensor/mod.ts";
