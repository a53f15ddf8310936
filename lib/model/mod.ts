/**
 * The model, one file per box of the paper's Fig. 3.
 *
 * Dimensions, in every docstring and comment: B batch, n segments (n_m of modality m, N of all),
 * M modalities that are there, d width, H heads, d_k = d / H, T frames, F mel bands, c channels,
 * p prosody values; T' and F' after convolutions.
 *
 * @module
 */

export * from "./audio_gate.ts";
export type {
  CustomAttention,
  CustomGate,
  Gate,
  GateKind,
  InputSizes,
  Level,
  ModelConfig,
} from "./config.ts";
export * from "./cross_modal_attention.ts";
export * from "./feature_fusion.ts";
export * from "./hierarchy.ts";
export * from "./inspection.ts";
export * from "./layer_mix.ts";
export * from "./model.ts";
export * from "./processing_layer.ts";
export * from "./sentiment_heads.ts";
export * from "./spectral_branch.ts";
export * from "./unified_classifier.ts";
export type { ClassTarget, ScoreTarget, Target } from "../target.ts";
