/**
 * The model, one file per box of the paper's Fig. 3.
 *
 * Dimensions, in every docstring and comment: B batch, n segments (n_m of modality m, N of all),
 * M modalities that are there, d width, H heads, d_k = d / H, T frames, F mel bands, c channels,
 * p prosody values; T' and F' after convolutions.
 *
 * @module
 */

export { audioGate, type AudioGateParams, initAudioGate } from "./audio_gate.ts";
export type {
  CustomAttention,
  CustomGate,
  Gate,
  GateKind,
  InputSizes,
  Level,
  ModelConfig,
} from "./config.ts";
export {
  type AttentionParams,
  crossModalAttention,
  initAttention,
} from "./cross_modal_attention.ts";
export { featureFusion, type FeatureFusionParams, initFeatureFusion } from "./feature_fusion.ts";
export {
  type AttentionWeights,
  hierarchy,
  type HierarchyConfig,
  type HierarchyParams,
  initHierarchy,
} from "./hierarchy.ts";
export { inspection } from "./inspection.ts";
export { initLayerMix, layerMix, type LayerMixParams } from "./layer_mix.ts";
export {
  fuseModalities,
  initModel,
  type Keep,
  model,
  type ModelInputs,
  type ModelOutputs,
  type ModelParams,
  processModalities,
  type Segments,
} from "./model.ts";
export {
  initProcessingLayer,
  processingLayer,
  type ProcessingLayerParams,
} from "./processing_layer.ts";
export {
  initSentimentHeads,
  sentimentHeads,
  type SentimentHeadsParams,
} from "./sentiment_heads.ts";
export {
  initSpectralBranch,
  segmentAverage,
  spectralBranch,
  type SpectralBranchParams,
} from "./spectral_branch.ts";
export {
  initUnifiedClassifier,
  unifiedClassifier,
  type UnifiedClassifierParams,
} from "./unified_classifier.ts";
