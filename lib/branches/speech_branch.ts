/** The audio branch that learns speech from nothing: a CNN from the log-mel spectrogram to states. @module */

import { float32 } from "../compile/mod.ts";
import * as tf from "../deps/tf.ts";
import { type SpeechSize, speechSize } from "./speech_spectrogram.ts";
import { dropout, initLinear, linear, type LinearParams } from "../tensor/layers.ts";
import type { Init } from "../tensor/parameter.ts";
import { fold, type Key } from "../tensor/random.ts";
import { augmentSpeech, type SpeechAugmentation } from "./augment_speech.ts";
import type { Branch } from "./branch.ts";
import { type ClipConvolutionsParams, initClipConvolutions } from "./clip_convolutions.ts";
import { type Pool, pooledConvolutions } from "./pooled_convolutions.ts";
import { segmentAverage } from "../model/spectral_branch.ts";

/** Parameters of {@linkcode speechBranch}. */
export type SpeechBranchParams = {
  /** From one band a frame to c channels. */
  convolutions: ClipConvolutionsParams;
  /** From the mean and maximum of c channels, p numbers of prosody and q of the summary, to d. */
  output: LinearParams;
};

/** The sizes of {@linkcode speechBranch}. */
export interface SpeechBranchSizes {
  /** Of each convolution, from the input on. */
  readonly channels: readonly number[];
  /** After each convolution. */
  readonly pools: readonly Pool[];
  /** Groups of channels that are normalised together; divides each of `channels`. */
  readonly groups: number;
  /** d, numbers a state. */
  readonly width: number;
}

/** As {@linkcode initClipConvolutions}; W is uniform on ±√(6 / fan-in), b is 0. */
export function initSpeechBranch(
  key: Key,
  { channels, width }: Pick<SpeechBranchSizes, "channels" | "width">,
  { prosody, summary }: Pick<SpeechSize, "prosody" | "summary">,
): Init<SpeechBranchParams> {
  const described = 2 * channels.at(-1)! + prosody + summary;
  return {
    convolutions: initClipConvolutions(fold(key, "convolutions"), channels),
    output: initLinear(fold(key, "output"), { in: described, out: width }),
  };
}

/** What {@linkcode speechBranch} reads, as `speechSpectrogram` makes it. */
export interface SpeechBranchInputs {
  /** `[B, T, F]`, standardised. */
  readonly speech: tf.Tensor;
  /** `[B]`, how many of the T frames are the clip. */
  readonly frames: tf.Tensor;
  /** `[B, n, p]`, standardised. */
  readonly prosody: tf.Tensor;
  /** `[B, 1, q]`, standardised. */
  readonly summary: tf.Tensor;
}

/** Dropout masks of {@linkcode speechBranch}. */
export interface SpeechBranchMasks {
  /** Of what the convolutions learnt, `[B, n, 2c]`. */
  readonly learnt?: tf.Tensor | undefined;
  /** Of what was measured, `[B, n, p + q]`. */
  readonly measured?: tf.Tensor | undefined;
}

/**
 * From a spectrogram and prosody to n states, one for each of n equal spans of the clip:
 *
 *     h = mean of pooledConvolutions(speech) over frequency     [B, T', c]
 *     u = [mean; maximum] of h in each span                     [B, n, 2c]
 *     v = [prosody of the span; summary of the clip]            [B, n, p + q]
 *     y = ReLU([dropout(u); dropout(v)] W + b)                  [B, n, d]
 *
 * The convolutions are normalised within each clip, so that u says how speech moves, and v how
 * high and loud it is. The mean of a span is that of its share of steps, the maximum that of all
 * steps that it touches: what is brief shows in the one and is lost in the other. `keep` has dropout masks for u and v apart: what is learnt follows a few
 * speakers sooner than what was measured. Frames after a clip count nowhere. The paper has a
 * frozen Wav2Vec2.0 in this place: a branch that is trained from nothing is ours.
 */
export function speechBranch(
  { convolutions, output }: SpeechBranchParams,
  { speech, frames, prosody, summary }: SpeechBranchInputs,
  sizes: Pick<SpeechBranchSizes, "groups" | "pools">,
  keep: SpeechBranchMasks = {},
): tf.Tensor {
  const { y, length } = pooledConvolutions(convolutions, { spectrogram: speech, frames }, sizes);
  const segments = prosody.shape[1]!;
  const overTime = tf.mean(y, 2); // [B, T', c]
  const spans = segmentAverage(length, { steps: overTime.shape[1]!, segments });
  const mean = tf.matMul(spans, overTime); // [B, n, c] from [B, n, T'] by [B, T', c]
  const touched = tf.cast(tf.greater(tf.expandDims(spans, 3), 0), "float32"); // [B, n, T', 1]
  // Nothing is below 0, so that steps of other spans, as 0, are never the largest.
  const maximum = tf.max(tf.mul(touched, tf.expandDims(overTime, 1)), 2); // [B, n, c]
  const learnt = tf.concat([mean, maximum], 2); // [B, n, 2c]
  const measured = tf.concat([prosody, tf.tile(summary, [1, segments, 1])], 2); // [B, n, p + q]
  const description = [dropout(learnt, keep.learnt), dropout(measured, keep.measured)];
  return tf.relu(linear(output, tf.concat(description, 2))); // [B, n, d] from [B, n, 2c + p + q]
}

/** Settings of {@linkcode trainedSpeech}. */
export interface SpeechBranchSettings extends SpeechBranchSizes {
  /** Rates at which numbers of a span are dropped. */
  readonly dropout: { readonly learnt: number; readonly measured: number };
  /** What training changes; nothing by default. */
  readonly augmentation?: SpeechAugmentation;
}

/** Chosen on validation parts of RAVDESS (docs/trained_branches.md has the trials). */
export const speechBranchDefaults: SpeechBranchSettings = {
  channels: [16, 32, 64, 96],
  pools: [[2, 2], [2, 2], [1, 2], [1, 1]],
  groups: 4,
  width: 64,
  dropout: { learnt: 0.5, measured: 0.2 },
  augmentation: {
    tempo: 1.2,
    pitch: 1.06,
    gain: 0.2,
    tilt: 0.2,
    masks: 1,
    maskedFrames: 0.15,
    maskedBands: 0.12,
  },
};

/**
 * {@linkcode speechBranch} as a branch, on the tables `speech`, `speechFrames`,
 * `speechProsody` and `speechSummary` of `speechSpectrogram`. Augmentation changes the
 * spectrogram alone.
 */
export function trainedSpeech(
  settings: SpeechBranchSettings = speechBranchDefaults,
  size: SpeechSize = speechSize,
): Branch<SpeechBranchParams> {
  const { channels, pools, groups, width, dropout, augmentation } = settings;
  const { frames, bands, segments, prosody, summary } = size;
  return {
    modality: "audio",
    graph: JSON.stringify(["speech", channels, pools, groups, width, dropout, size]),
    segments,
    width,
    init: (key) => initSpeechBranch(key, settings, size),
    inputs: (batch) => ({
      speech: float32(batch, frames, bands),
      speechFrames: float32(batch),
      speechProsody: float32(batch, segments, prosody),
      speechSummary: float32(batch, 1, summary),
    }),
    masks: (batch) => ({
      learnt: { shape: [batch, segments, 2 * channels.at(-1)!], rate: dropout.learnt },
      measured: { shape: [batch, segments, prosody + summary], rate: dropout.measured },
    }),
    ...augmentation && {
      augment({ speech, speechFrames, ...others }, key) {
        const clips = { data: speech!, frames: speechFrames! };
        const changed = augmentSpeech(clips, { ...augmentation, frames, bands }, key);
        return { ...others, speech: changed.data, speechFrames: changed.frames };
      },
    },
    states(params, { inputs, keep }) {
      const given = {
        speech: inputs!.speech!,
        frames: inputs!.speechFrames!,
        prosody: inputs!.speechProsody!,
        summary: inputs!.speechSummary!,
      };
      const states = speechBranch(params, given, settings, keep);
      // Equal spans of a clip: each of them exists.
      return { states, mask: tf.ones([states.shape[0]!, segments]) };
    },
  };
}
