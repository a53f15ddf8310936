/** What the proposed model is trained to minimise. @module */

import * as tf from "../deps/tf.ts";
import { float32, int32, type Spec, type Tensors } from "../compile/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import {
  fuseModalities,
  type ModelConfig,
  type ModelInputs,
  type ModelParams,
  processModalities,
} from "../model/mod.ts";
import { crossEntropy } from "../tensor/losses.ts";

/** Rows of a batch that show the model the same modalities. */
export interface GroupShape {
  /** The modalities that these rows have; the others are absent. */
  readonly present: readonly Modality[];
  /** B, samples of each modality. */
  readonly batch: number;
  /**
   * V, how often each is seen, with other modalities masked: the branches run
   * once a sample, attention and what follows once a view.
   */
  readonly views: number;
}

/** The specs of {@linkcode ModelInputs} for B samples of the given modalities. */
export function inputSpecs(
  { inputs: { text, image, audio } }: Pick<ModelConfig, "inputs">,
  present: readonly Modality[],
  batch: number,
): Record<string, Record<string, Spec>> {
  const states = ({ segments, width }: { segments: number; width: number }) => ({
    states: float32(batch, segments, width),
    mask: float32(batch, segments),
  });
  const all = {
    text: states(text),
    image: states(image),
    audio: {
      ...states(audio),
      logMel: float32(batch, audio.frames, audio.bands),
      frames: float32(batch),
      prosody: float32(batch, audio.segments, audio.prosody),
    },
  };
  return Object.fromEntries(present.map((m) => [m, all[m]]));
}

/** The specs of one group's inputs, labels and dropout masks. */
export type GroupSpecs = {
  readonly inputs: { readonly [modality: string]: { readonly [name: string]: Spec } };
  /** `[V B, 3]`, 1 for what a view shows; the views of the first sample are at rows 0, B, 2B, … */
  readonly presence: Spec;
  /** `[B]` a modality. */
  readonly labels: { readonly [modality: string]: Spec };
  /** The label of the whole, and whether there is one (1 or 0), `[V B]` each. */
  readonly unified: { readonly labels: Spec; readonly weights: Spec };
  readonly keep: {
    /** `[B, n, d]` a modality. */
    readonly processing: { readonly [modality: string]: Spec };
    /** `[V B, d]` a layer. */
    readonly fusion: { readonly [layer: string]: Spec };
  };
};

/** The specs of a group of the given shape. */
export function groupSpecs(
  config: ModelConfig,
  { present, batch, views }: GroupShape,
): GroupSpecs {
  const rows = batch * views;
  const each = (spec: (m: Modality) => Spec) =>
    Object.fromEntries(present.map((m) => [m, spec(m)]));
  const layers = Array.from({ length: config.fusionLayers }, (_, i) => [
    String(i),
    float32(rows, config.width),
  ]);
  return {
    inputs: inputSpecs(config, present, batch),
    presence: float32(rows, modalities.length),
    labels: each(() => int32(batch)),
    unified: { labels: int32(rows), weights: float32(rows) },
    keep: {
      processing: each((m) => float32(batch, config.inputs[m].segments, config.width)),
      fusion: Object.fromEntries(layers),
    },
  };
}

/** The specs of a batch: its groups by name. */
export type BatchSpecs = { readonly [group: string]: GroupSpecs };

/**
 * The sum over groups of the unified classifier's cross-entropy and that of
 * the heads:
 *
 *     L = Σ_groups CE_unified + λ Σ_m CE_m
 *
 * A head counts in the views that show its modality. The paper names neither
 * the loss nor λ; 1 is ours.
 */
export function objective(
  config: ModelConfig,
  { headWeight = 1 }: { headWeight?: number } = {},
): (params: ModelParams, batch: Tensors<BatchSpecs>) => tf.Tensor {
  return (params, batch) =>
    tf.addN(Object.values(batch).map((group) => groupLoss(params, group, config, headWeight)));
}

function groupLoss(
  params: ModelParams,
  { inputs, presence, labels, unified, keep }: Tensors<GroupSpecs>,
  config: ModelConfig,
  headWeight: number,
): tf.Tensor {
  const present = modalities.filter((m) => labels[m] !== undefined);
  const views = presence.shape[0]! / labels[present[0]!]!.shape[0]!;
  const repeat = (x: tf.Tensor) => views === 1 ? x : tf.concat(Array(views).fill(x), 0);
  const each = (fn: (m: Modality) => tf.Tensor) =>
    Object.fromEntries(present.map((m) => [m, fn(m)])) as { [M in Modality]?: tf.Tensor };

  const seen = processModalities(params, { inputs: inputs as ModelInputs, keep }, config);
  const { logits } = fuseModalities(params, {
    segments: each((m) => repeat(seen.segments[m]!)),
    masks: each((m) => repeat(seen.masks[m]!)),
    presence,
    keep,
  }, config);

  const shown = tf.unstack(presence, 1);
  const heads = present.map((m) =>
    crossEntropy({
      logits: logits[m],
      labels: repeat(labels[m]!),
      weights: shown[modalities.indexOf(m)]!,
    })
  );
  const whole = crossEntropy({ logits: logits.unified, ...unified });
  return tf.add(whole, tf.mul(tf.addN(heads), headWeight));
}
