/** Other voices and other microphones: spectrograms of training clips, changed as those change them. @module */

import type { SpectrogramSize } from "./speech_spectrogram.ts";
import { fold, type Key, uniforms } from "../tensor/random.ts";

/** How far spectrograms are changed at most; levels are in their own unit. */
export interface SpeechAugmentation {
  /** Largest factor of speed, from 1; as often its inverse. */
  readonly tempo: number;
  /** Largest factor by which bands move, from 1; as often its inverse. */
  readonly pitch: number;
  /** Largest change of level, either way. */
  readonly gain: number;
  /** Largest slope of level, from the middle band to the highest, either way. */
  readonly tilt: number;
  /** Stretches of time, and as many of pitch, that are covered with 0. */
  readonly masks: number;
  /** Longest covered stretch of time, as a share of the clip's frames. */
  readonly maskedFrames: number;
  /** Widest covered stretch of pitch, as a share of the bands. */
  readonly maskedBands: number;
}

/** Spectrograms of B clips. */
export interface Spectrograms {
  /** `[B, T, F]`; what follows a clip is 0. */
  readonly data: Float32Array;
  /** `[B]`, how many of the T frames are the clip. */
  readonly frames: Float32Array;
}

/** A voice and a microphone, relative to those of a clip. */
export interface Voice {
  /** Factor of speed: above 1 the clip becomes shorter. */
  readonly tempo: number;
  /** Factor by which bands move up. */
  readonly pitch: number;
  /** Added to every band. */
  readonly gain: number;
  /** Added to the highest band and taken from the lowest; a straight line in between. */
  readonly tilt: number;
}

/**
 * Each clip in a voice drawn at random ({@linkcode changeVoice}), with stretches of time
 * and of pitch covered (SpecAugment, Park et al. 2019), in new arrays. Factors are uniform
 * in their logarithm, all else is uniform in its range; a clip's changes depend on the key and
 * its place in the batch alone.
 */
export function augmentSpeech(
  { data, frames }: Spectrograms,
  { frames: most, bands, masks, maskedFrames, maskedBands, ...limits }:
    & SpeechAugmentation
    & SpectrogramSize,
  key: Key,
): Spectrograms {
  const size = most * bands;
  const changed = new Float32Array(data.length);
  const lengths = frames.map((length, i) => {
    const next = uniforms(fold(key, i));
    const either = (limit: number) => (2 * next() - 1) * limit;
    const clip = data.subarray(i * size, i * size + length * bands);
    const voice = changeVoice(clip, { frames: most, bands }, {
      tempo: limits.tempo ** either(1),
      pitch: limits.pitch ** either(1),
      gain: either(limits.gain),
      tilt: either(limits.tilt),
    });
    const heard = voice.length / bands;
    const stretch = (count: number, share: number) => {
      const covered = Math.floor(next() * (1 + share * count));
      const from = Math.floor(next() * (1 + count - covered));
      return { from, to: from + covered };
    };
    for (let m = 0; m < masks; m++) {
      const time = stretch(heard, maskedFrames), pitch = stretch(bands, maskedBands);
      voice.fill(0, time.from * bands, time.to * bands);
      for (let t = 0; t < heard; t++) voice.fill(0, t * bands + pitch.from, t * bands + pitch.to);
    }
    changed.set(voice, i * size);
    return heard;
  });
  return { data: changed, frames: lengths };
}

/**
 * The spectrogram `[n, F]` of a clip as another voice might have said it:
 *
 *     y[t, b] = x[tempo t, b / pitch] + gain + tilt (2b / (F - 1) - 1)
 *
 * with x linear between its numbers, and its first and last ones beyond them. The result
 * `[n', F]` has n / tempo frames, rounded, from 1 to T. Moving the bands of the mel scale by
 * a factor moves harmonics and formants, as a vocal tract of another length does (Jaitly
 * and Hinton 2013).
 */
export function changeVoice(
  x: Float32Array,
  { frames: most, bands }: SpectrogramSize,
  { tempo, pitch, gain, tilt }: Voice,
): Float32Array {
  const count = x.length / bands;
  const length = Math.min(most, Math.max(1, Math.round(count / tempo)));
  const columns = Array.from({ length: bands }, (_, b) => placeOf(b / pitch, bands));
  const added = columns.map((_, b) => gain + tilt * (2 * b / (bands - 1) - 1));
  const y = new Float32Array(length * bands);
  for (let t = 0; t < length; t++) {
    const { below, above, share } = placeOf(t * tempo, count);
    const lower = below * bands, upper = above * bands;
    columns.forEach((column, b) => {
      const left = between(x[lower + column.below]!, x[upper + column.below]!, share);
      const right = between(x[lower + column.above]!, x[upper + column.above]!, share);
      y[t * bands + b] = between(left, right, column.share) + added[b]!;
    });
  }
  return y;
}

// The neighbours of a place among `count`, and how far it is from the one below to the one above.
function placeOf(at: number, count: number): { below: number; above: number; share: number } {
  const within = Math.min(count - 1, at), below = Math.floor(within);
  return { below, above: Math.min(count - 1, below + 1), share: within - below };
}

function between(from: number, to: number, share: number): number {
  return from + share * (to - from);
}
