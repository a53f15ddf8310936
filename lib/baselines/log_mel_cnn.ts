/** Speech without an encoder: a plain CNN over the log-mel spectrogram. @module */

import * as tf from "../deps/tf.ts";
import { float32 } from "../compile/mod.ts";
import { augmentSpeech } from "../branches/augment_speech.ts";
import type { Branch } from "../branches/branch.ts";
import {
  type ClipConvolutionsParams,
  initClipConvolutions,
} from "../branches/clip_convolutions.ts";
import { branchTraining, scratchBranch } from "../branches/joint.ts";
import { type Pool, pooledConvolutions } from "../branches/pooled_convolutions.ts";
import { speechBranchDefaults } from "../branches/speech_branch.ts";
import { segmentAverage } from "../model/spectral_branch.ts";
import { type CorpusFeatures, tableOf } from "../systems/features.ts";
import type { System } from "../systems/system.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";

// 81,410 weights with a classifier of two classes: the size of the CNN that is common on RAVDESS.
const channels = [16, 32, 64, 100];
const pools: readonly Pool[] = [[2, 2], [2, 2], [1, 2], [1, 1]];
const groups = 4;

/**
 * How the plain CNN is trained: as the speech branch but for smaller batches and more epochs. Without
 * measurements to lean on, it is still learning after 30 epochs of 15 steps (docs/trained_branches.md
 * has the trials).
 */
export const logMelCnnTraining: TrainConfig = {
  ...branchTraining,
  epochs: 40,
  patience: 40,
  batch: 8,
  learningRate: 3e-3,
  keep: "rate",
};

/**
 * The network of {@linkcode logMelCnn} but for its classifier: one state a clip,
 *
 *     y = mean of pooledConvolutions(speech) over frequency and the clip's time   [B, 1, 100]
 *
 * on the tables `speech` `[N, T, F]` and `speechFrames` `[N]` of `speechSpectrogram`, the clip
 * without the silence around it. Each band is standardised over the training part, each layer within its
 * clip; training changes clips as it does for the speech branch.
 */
export function logMelBranch(features: CorpusFeatures): Branch<ClipConvolutionsParams> {
  const [, frames, bands] = tableOf(features, "audio", "speech").shape as [number, number, number];
  return {
    modality: "audio",
    graph: JSON.stringify(["log-mel CNN", channels, pools, groups, frames, bands]),
    segments: 1,
    width: channels.at(-1)!,
    init: (key) => initClipConvolutions(key, channels),
    inputs: (batch) => ({ speech: float32(batch, frames, bands), speechFrames: float32(batch) }),
    masks: () => ({}),
    augment({ speech, speechFrames, ...others }, key) {
      const clips = { data: speech!, frames: speechFrames! };
      const changes = { ...speechBranchDefaults.augmentation!, frames, bands };
      const changed = augmentSpeech(clips, changes, key);
      return { ...others, speech: changed.data, speechFrames: changed.frames };
    },
    states(params, { inputs }) {
      const given = { spectrogram: inputs!.speech!, frames: inputs!.speechFrames! };
      const { y, length } = pooledConvolutions(params, given, { groups, pools });
      const spans = segmentAverage(length, { steps: y.shape[1]!, segments: 1 });
      // states [B, 1, c] from [B, 1, T'] by [B, T', c]
      return { states: tf.matMul(spans, tf.mean(y, 2)), mask: tf.ones([y.shape[0]!, 1]) };
    },
  };
}

/**
 * "Log-mel CNN" as a system: four normalised convolutions of stride 1, dropout and a classifier of the
 * corpus's emotions, summed into polarity, with the spectrogram, the augmentation and the training of
 * the speech branch. What measurements, maxima and states in time add shows against it. The paper
 * has no such row.
 *
 * It throws a RangeError where there is more than audio, and without the table `speech` or emotions.
 */
export function logMelCnn(
  training: TrainConfig = logMelCnnTraining,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const settings = { ...options, target: "emotions", dropout: 0.3, smoothing: 0.1 } as const;
  return { ...scratchBranch(logMelBranch, training, settings), name: "Log-mel CNN" };
}
