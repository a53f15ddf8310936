/** CLIP+BERT: vectors of both frozen encoders, joined, and a perceptron. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import { maskedMean } from "../tensor/layers.ts";
import { byModality, type Modality } from "../modality.ts";
import { type CorpusFeatures, tableOf } from "../systems/features.ts";
import type { Network } from "../systems/network.ts";
import type { System } from "../systems/system.ts";
import { settle, settleTraining, trainingDefaults } from "../systems/settings.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import {
  joinedVectorsNetwork,
  type JoinedVectorsParams,
  type JoinedVectorsSettings,
  type Learns,
} from "./joined_vectors.ts";
import { trainedClassifier } from "./single_classifier.ts";

/** One hidden layer of the proposed model's width, with its dropout: our choice, not tuned. */
export const clipBertDefaults: JoinedVectorsSettings = { width: 64, layers: 1, dropout: 0.3 };

/** What {@linkcode clipBertNetwork} reads. */
export interface ClipBertInputs {
  /** BERT's states. */
  readonly text: { readonly segments: number; readonly width: number };
  /** Width of CLIP's vector of each modality. */
  readonly clip: Readonly<Record<Modality, number>>;
}

/**
 * The sizes of a corpus with `clip` tables.
 *
 * @throws {RangeError} A modality without `clip`, a table `[N, 1, width]`.
 */
export function clipBertInputs(features: CorpusFeatures): ClipBertInputs {
  const [, segments, width] = tableOf(features, "text", "states").shape as [number, number, number];
  return {
    text: { segments, width },
    clip: byModality((m) => tableOf(features, m, "clip").shape[2]!),
  };
}

/**
 * BERT for text beside CLIP for everything, through {@linkcode joinedVectorsNetwork}:
 *
 *     v_text  = [mean BERT state; CLIP(text)]
 *     v_image = CLIP(image)
 *     v_audio = CLIP(picture of the spectrogram)
 *
 * The paper compares with "CLIP+BERT" and says nothing of how the two are
 * joined: all of this is our reading. CLIP hears nothing, so audio goes
 * through its image tower as a picture. What stands for an absent modality is
 * learnt from the views in which modalities are masked.
 */
export function clipBertNetwork(
  { inputs: { text, clip }, ...settings }: JoinedVectorsSettings & Learns & {
    readonly inputs: ClipBertInputs;
  },
): Network<JoinedVectorsParams> {
  return joinedVectorsNetwork({
    name: JSON.stringify(["CLIP+BERT", text, clip]),
    widths: { ...clip, text: text.width + clip.text },
    inputs(present, batch) {
      const states = float32(batch, text.segments, text.width);
      const bert = { states, mask: float32(batch, text.segments) };
      const tables = (m: Modality) => ({
        ...m === "text" ? bert : {},
        clip: float32(batch, 1, clip[m]),
      });
      return Object.fromEntries(present.map((m) => [m, tables(m)]));
    },
    vector(m, { clip, states, mask }) {
      const own: tf.Tensor = tf.squeeze(clip!, [1]); // [B, w]
      return m === "text" ? tf.concat([maskedMean(states!, mask!), own], 1) : own; // [B, w_m]
    },
  }, settings);
}

// docs/tuning.md has the trials.
const tuned: TrainConfig = { ...trainingDefaults, learningRate: 3e-3 };

/**
 * "CLIP+BERT" as a system: the text encoder's mean state beside CLIP's embedding of each
 * modality, joined, and a perceptron. The paper names the row and describes nothing of it.
 *
 * Settings that are left out are the defaults, and those of the tables.
 *
 * The fit throws a RangeError under the protocol `random`, or if a modality has no `clip` table,
 * `[N, 1, width]`.
 */
export function clipBert(
  settings: Partial<JoinedVectorsSettings> = {},
  training: Partial<TrainConfig> = {},
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settled = settle(clipBertDefaults, settings, "the settings of CLIP+BERT");
  return trainedClassifier(
    "CLIP+BERT",
    (features, target) => clipBertNetwork({ ...settled, target, inputs: clipBertInputs(features) }),
    settleTraining(training, tuned),
    options,
  );
}
