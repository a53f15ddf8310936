/** The whole model: the boxes of the paper's Fig. 3, wired. @module */

import * as checks from "../checks.ts";
import * as tf from "../deps/tf.ts";
import type { Modality } from "../modality.ts";
import { initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import { type Init, keys } from "../tensor/parameter.ts";
import type { Key } from "../tensor/random.ts";
import { outputsOf, polarities } from "../target.ts";
import { audioGate, type AudioGateParams, initAudioGate } from "./audio_gate.ts";
import { modelChecks, type ModelConfig } from "./config.ts";
import { featureFusion, type FeatureFusionParams, initFeatureFusion } from "./feature_fusion.ts";
import {
  type AttentionWeights,
  hierarchy,
  type HierarchyParams,
  initHierarchy,
} from "./hierarchy.ts";
import { initLayerMix, layerMix, type LayerMixParams } from "./layer_mix.ts";
import {
  initProcessingLayer,
  processingLayer,
  type ProcessingLayerParams,
} from "./processing_layer.ts";
import {
  initSentimentHeads,
  sentimentHeads,
  type SentimentHeadsParams,
} from "./sentiment_heads.ts";
import {
  initSpectralBranch,
  spectralBranch,
  type SpectralBranchParams,
} from "./spectral_branch.ts";
import {
  initUnifiedClassifier,
  unifiedClassifier,
  type UnifiedClassifierParams,
} from "./unified_classifier.ts";

/** Every trainable parameter, named after its box. */
export type ModelParams = {
  /** Where there is a spectrogram. */
  spectral?: SpectralBranchParams;
  /** Where the speech encoder gives the states of several layers. */
  mix?: LayerMixParams;
  /** From the speech encoder's width to d, so that both audio paths have one width. */
  contextual: LinearParams;
  /** Where there are two audio paths. */
  gate?: AudioGateParams;
  processing: Record<Modality, ProcessingLayerParams>;
  hierarchy: HierarchyParams;
  fusion: FeatureFusionParams;
  heads: SentimentHeadsParams;
  unified: UnifiedClassifierParams;
};

/**
 * What the frozen encoders made of a batch; masks are 1 for a segment that
 * exists. A modality that the whole batch lacks may be left out.
 */
export type ModelInputs = {
  text?: { states: tf.Tensor; mask: tf.Tensor };
  image?: { states: tf.Tensor; mask: tf.Tensor };
  audio?: {
    /** wav2vec 2.0 states, `[B, n, width]`; of several layers `[B, n, L, width]`. */
    states: tf.Tensor;
    mask: tf.Tensor;
    /** `[B, T, F]`; without it there is no spectral path. */
    logMel?: tf.Tensor;
    /** Frames of `logMel` that are the clip, `[B]`. */
    frames?: tf.Tensor;
    /** `[B, n, p]`. */
    prosody?: tf.Tensor;
  };
};

/** Dropout masks in training; none in inference. */
export type Keep = {
  processing?: { readonly [M in Modality]?: tf.Tensor };
  fusion?: { readonly [layer: string]: tf.Tensor };
};

/** A batch after the processing layers: `[B, n, d]` a modality. */
export type Segments = {
  segments: { [M in Modality]?: tf.Tensor };
  masks: { [M in Modality]?: tf.Tensor };
  /** The audio gate, `[B, n, d]`: the share of the spectral path. */
  gate?: tf.Tensor;
};

/** What the model says, and the intermediates that figures need. */
export type ModelOutputs = {
  /** `[B, C]` each: negative, positive; or a class each; or one number, a score. */
  logits: Record<Modality | "unified", tf.Tensor>;
  /** The joint embedding, `[B, d]`. */
  fused: tf.Tensor;
  weights: AttentionWeights;
};

const configCheck = checks.record({
  ...modelChecks,
  inputs: checks.record({ text: checks.anything, image: checks.anything, audio: checks.anything }),
  target: checks.anything,
}, { optional: ["target"] });

/**
 * Initial parameters of all boxes, each from a key of its own. The same key gives the same
 * numbers, and switching one box off leaves those of the others as they are.
 *
 * @throws {RangeError} The configuration has an unknown, missing or wrong entry.
 */
export function initModel(key: Key, config: ModelConfig): Init<ModelParams> {
  configCheck(config, "the model's configuration");
  const { width, inputs, inputs: { audio }, target = polarities } = config;
  const outputs = outputsOf(target);
  const k = keys(
    key,
    "spectral",
    "contextual",
    "gate",
    "text",
    "image",
    "audio",
    "hierarchy",
    "fusion",
    "heads",
    "unified",
  );
  const processing = (m: Modality, from: number) =>
    initProcessingLayer(k[m], { in: from, out: width });
  return {
    ...audio.prosody !== undefined && {
      spectral: initSpectralBranch(k.spectral, {
        channels: config.channels,
        prosody: audio.prosody,
        width,
      }),
    },
    ...audio.layers !== undefined && { mix: initLayerMix(audio.layers) },
    contextual: initLinear(k.contextual, { in: audio.width, out: width }),
    ...audio.prosody !== undefined && { gate: initAudioGate(k.gate, width, config.gate) },
    processing: {
      text: processing("text", inputs.text.width),
      image: processing("image", inputs.image.width),
      audio: processing("audio", width),
    },
    hierarchy: initHierarchy(k.hierarchy, config),
    fusion: initFeatureFusion(k.fusion, { width, layers: config.fusionLayers }),
    heads: initSentimentHeads(k.heads, width, outputs),
    unified: initUnifiedClassifier(k.unified, outputs),
  };
}

/** From encoder outputs to segments of width d: processing layers and the dual audio pathway. */
export function processModalities(
  params: Pick<ModelParams, "spectral" | "mix" | "contextual" | "gate" | "processing">,
  { inputs: { text, image, audio }, keep = {} }: { inputs: ModelInputs; keep?: Keep },
  { gate: kind, framePooling }: Pick<ModelConfig, "gate" | "framePooling">,
): Segments {
  const result: Segments = { segments: {}, masks: {} };
  const add = (m: Modality, x: tf.Tensor, mask: tf.Tensor) => {
    result.segments[m] = processingLayer(params.processing[m], { x, keep: keep.processing?.[m] });
    result.masks[m] = mask;
  };
  if (text) add("text", text.states, text.mask);
  if (image) add("image", image.states, image.mask);
  if (audio) {
    const states = params.mix ? layerMix(params.mix, audio.states) : audio.states;
    const contextual = tf.relu(linear(params.contextual, states));
    const { logMel, frames, prosody } = audio;
    if (logMel && frames && prosody) {
      const read = { ...audio, logMel, frames, prosody };
      const spectral = spectralBranch(params.spectral!, read, { framePooling });
      const { y, g } = audioGate(params.gate!, { spectral, contextual }, kind);
      add("audio", y, audio.mask);
      result.gate = g;
    } else add("audio", contextual, audio.mask);
  }
  return result;
}

/**
 * From segments to logits: attention, fusion, heads, unified classifier.
 * `presence` `[V B, 3]` is 1 for a modality that is there (text, image, audio);
 * an absent one gets no attention and its summary is 0. There are V views of each sample,
 * by default one, in the order of {@linkcode hierarchy}, and as many rows of outputs.
 * Without `presence` the masks alone decide.
 */
export function fuseModalities(
  params: ModelParams,
  { segments, masks, presence, keep = {} }: Pick<Segments, "segments" | "masks"> & {
    presence?: tf.Tensor | undefined;
    keep?: Keep;
  },
  config: Pick<ModelConfig, "heads" | "residual"> & Partial<Pick<ModelConfig, "levels">>,
): ModelOutputs {
  const seen = { segments, masks, presence };
  const { summaries, weights } = hierarchy(params.hierarchy, seen, config);
  const fused = featureFusion(params.fusion, { summaries, keep: keep.fusion ?? {} });
  const heads = sentimentHeads(params.heads, fused);
  return {
    logits: { ...heads, unified: unifiedClassifier(params.unified, heads) },
    fused,
    weights,
  };
}

/**
 * The model on one batch (paper, Fig. 3), box after box:
 *
 *     s_text, s_image = processingLayer(states)
 *     s_audio         = processingLayer(audioGate(spectralBranch, ReLU(states W + b)))
 *     S               = hierarchy(s_text, s_image, s_audio)      [B, 3, d]
 *     f               = featureFusion(S)                         [B, d]
 *     z_m             = sentimentHeads(f),  z = unifiedClassifier(z_m)   [B, C] each
 *
 * Shapes of `inputs` are those of `config.inputs` after an axis B. `presence` `[B, 3]` is 1
 * for a modality that is there (text, image, audio); without it the masks alone decide. It may show
 * V views, `[V B, 3]`: see {@linkcode fuseModalities}. There is no dropout unless `keep` has its masks.
 * The gate is returned where there is audio.
 *
 * @throws {RangeError} Tensors whose shapes do not fit each other or the parameters.
 */
export function model(
  params: ModelParams,
  { inputs, presence, keep = {} }: {
    inputs: ModelInputs;
    presence?: tf.Tensor | undefined;
    keep?: Keep;
  },
  config:
    & Pick<ModelConfig, "gate" | "framePooling" | "heads" | "residual">
    & Partial<Pick<ModelConfig, "levels">>,
): ModelOutputs & Pick<Segments, "gate"> {
  const { segments, masks, gate } = processModalities(params, { inputs, keep }, config);
  const outputs = fuseModalities(params, { segments, masks, presence, keep }, config);
  return gate === undefined ? outputs : { ...outputs, gate };
}
