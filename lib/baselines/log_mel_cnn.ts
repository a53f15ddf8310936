/** Speech without an encoder: a plain CNN over the log-mel spectrogram. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import {
  clipConvolutions,
  type ClipConvolutionsParams,
  initClipConvolutions,
} from "../branches/clip_convolutions.ts";
import { segmentAverage } from "../model/spectral_branch.ts";
import type { Branch } from "../branches/branch.ts";
import { type CorpusFeatures, tableOf } from "../systems/features.ts";
import { branchTraining, scratchBranch } from "../branches/joint.ts";
import type { System } from "../systems/system.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";

// 81,410 weights with the classifier of two polarities: the size of the CNN that is common on RAVDESS.
const channels = [16, 32, 64, 100];
const groups = 4;

/**
 * How the plain CNN is trained. The learning rate is the better of two on validation parts of RAVDESS.
 * The other settings are our choice, those of the speech branch.
 */
export const logMelCnnTraining: TrainConfig = { ...branchTraining, epochs: 20, patience: 20 };

/**
 * The network of {@linkcode logMelCnn} but for its classifier: one state a clip,
 *
 *     y = mean of clipConvolutions(logMel) over frequency and the clip's time   [B, 1, 100]
 *
 * on the tables `logMel` `[N, T, F]` and `frames` `[N]` of `spectralFeatures`, all of a
 * clip with its silence.
 */
export function logMelBranch(features: CorpusFeatures): Branch<ClipConvolutionsParams> {
  const [, frames, bands] = tableOf(features, "audio", "logMel").shape as [number, number, number];
  return {
    modality: "audio",
    graph: JSON.stringify(["log-mel CNN", channels, groups, frames, bands]),
    segments: 1,
    width: channels.at(-1)!,
    init: (key) => initClipConvolutions(key, channels),
    inputs: (batch) => ({ logMel: float32(batch, frames, bands), frames: float32(batch) }),
    masks: () => ({}),
    states(params, { inputs }) {
      const given = { spectrogram: inputs!.logMel!, frames: inputs!.frames! };
      const { y, length } = clipConvolutions(params, given, { groups });
      const spans = segmentAverage(length, { steps: y.shape[1]!, segments: 1 });
      // states [B, 1, c] from [B, 1, T'] by [B, T', c]
      return { states: tf.matMul(spans, tf.mean(y, 2)), mask: tf.ones([y.shape[0], 1]) };
    },
  };
}

/**
 * "Log-mel CNN" as a system: four convolutions and a classifier of the two polarities, trained
 * on the clips as they are. What augmentation, emotions and states in time add shows against
 * it. The paper has no such row.
 *
 * It throws a RangeError where there is more than audio, and without the table `logMel`.
 */
export function logMelCnn(
  training: TrainConfig = logMelCnnTraining,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settings = { ...options, target: "polarity", dropout: 0.3 } as const;
  return { ...scratchBranch(logMelBranch, training, settings), name: "Log-mel CNN" };
}
