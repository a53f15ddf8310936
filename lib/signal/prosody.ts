/** Prosody: how something is said. Pitch, loudness and timbre of each segment of a clip. @module */

import { extractors } from "../deps/meyda.ts";
import { PitchDetector } from "../deps/pitchy.ts";
import { powerSpectrum } from "./log_mel.ts";

/** The columns of {@linkcode prosody}, in order. */
export const prosodyColumns = [
  /** Mean pitch of the voiced frames, in semitones above 100 Hz. */
  "pitchSemitones",
  /** Standard deviation of the pitch of the voiced frames, in semitones. */
  "pitchSpreadSemitones",
  /** Share of voiced frames, 0 to 1. */
  "voicing",
  /** Mean level of the frames, in dB of full scale: 0 for a constant 1, at least -100. */
  "levelDb",
  /** Standard deviation of the level, in dB. */
  "levelSpreadDb",
  /** Mean centre of gravity of the amplitude spectrum, in Hz. */
  "centroidHz",
  /** Mean frequency below which 99% of the amplitude lies, in Hz. */
  "rolloffHz",
  /** Mean ratio of the geometric to the arithmetic mean amplitude: 0 a tone, 1 white. */
  "flatness",
] as const;

/** How to cut a clip. */
export interface ProsodyOptions {
  /** 16,000 by default. */
  readonly sampleRateHz?: number;
  /** 8 by default. */
  readonly segments?: number;
}

/** One row per segment. */
export interface Prosody {
  /** `[segments, columns]`. */
  readonly data: Float32Array;
  /** Rows. */
  readonly segments: number;
  /** The columns' names, in order. */
  readonly columns: typeof prosodyColumns;
}

interface Frame {
  /** In semitones above 100 Hz; `undefined` in an unvoiced frame. */
  readonly pitch: number | undefined;
  readonly level: number;
  /** Centroid, rolloff and flatness; `undefined` in silence. */
  readonly shape: readonly [number, number, number] | undefined;
}

const silenceDb = -100;
// The pitch of speech, with room for shouting; McLeod's method calls a clarity of 0.8 a note.
const [lowestHz, highestHz, leastClarity] = [60, 600, 0.8] as const;

/**
 * Describes `segments` equal parts of a clip by {@linkcode prosodyColumns}.
 *
 * Frames of about 64 ms (a power of two of samples) overlap by half. A frame
 * is voiced if McLeod and Wyvill's method (*A smarter way to find pitch*, ICMC
 * 2005) finds a pitch from 60 to 600 Hz at a clarity of 0.8 or more. Segment s
 * holds the frames from `floor(s F / S)` on; of fewer frames than segments, some
 * are used twice. Frames below -100 dB have no timbre and are left out of its means.
 *
 * The paper names "pitch, tone, and spectral energy patterns" and no formulas:
 * these columns are our reading. Where there is nothing to measure we fill in: a
 * segment without a voiced frame gets the pitch of the clip, a clip without one
 * 0 semitones; a silent segment gets the clip's timbre, a silent clip 0.
 *
 * @throws {RangeError} The clip is empty, or `segments` is not a positive integer.
 */
export function prosody(
  samples: Float32Array,
  { sampleRateHz = 16_000, segments = 8 }: ProsodyOptions = {},
): Prosody {
  if (samples.length === 0 || !(Number.isInteger(segments) && segments > 0)) {
    throw new RangeError(
      `Cannot describe prosody: expected a sample and a segment or more, ` +
        `got ${samples.length} samples and ${segments} segments`,
    );
  }
  const frames = describeFrames(samples, sampleRateHz);
  const pitchOfClip = mean(pitches(frames)) ?? 0;
  const shapeOfClip = meanShape(frames) ?? [0, 0, 0];
  const data = new Float32Array(segments * prosodyColumns.length);
  for (let s = 0; s < segments; s++) {
    const start = Math.floor(s * frames.length / segments);
    const end = Math.max(start + 1, Math.floor((s + 1) * frames.length / segments));
    const part = frames.slice(start, end);
    const [voiced, levels] = [pitches(part), part.map(({ level }) => level)];
    data.set([
      mean(voiced) ?? pitchOfClip,
      deviation(voiced),
      voiced.length / part.length,
      mean(levels)!,
      deviation(levels),
      ...meanShape(part) ?? shapeOfClip,
    ], s * prosodyColumns.length);
  }
  return { data, segments, columns: prosodyColumns };
}

function describeFrames(samples: Float32Array, sampleRateHz: number): Frame[] {
  const size = 2 ** Math.round(Math.log2(0.064 * sampleRateHz));
  const hop = size / 2;
  const count = Math.max(1, 1 + Math.floor((samples.length - size) / hop));
  const whole = samples.length >= size ? samples : pad(samples, size);
  const detector = PitchDetector.forFloat32Array(size);
  const spectrum = powerSpectrum({ window: size, size });
  return Array.from({ length: count }, (_, t) => {
    const frame = whole.subarray(t * hop, t * hop + size);
    const level = levelDb(frame);
    if (level <= silenceDb) return { pitch: undefined, level, shape: undefined };
    const [hz, clarity] = detector.findPitch(frame, sampleRateHz);
    const voiced = clarity >= leastClarity && hz >= lowestHz && hz <= highestHz;
    const ampSpectrum = spectrum(whole, t * hop).map(Math.sqrt);
    return {
      pitch: voiced ? 12 * Math.log2(hz / 100) : undefined,
      level,
      shape: spectralShape(ampSpectrum, sampleRateHz),
    };
  });
}

function spectralShape(ampSpectrum: Float32Array, sampleRateHz: number): [number, number, number] {
  const input = { ampSpectrum, sampleRate: sampleRateHz };
  const binHz = sampleRateHz / 2 / (ampSpectrum.length - 1);
  return [
    extractors.spectralCentroid(input) * binHz, // In bins, as the package gives it.
    extractors.spectralRolloff(input),
    extractors.spectralFlatness(input),
  ];
}

function levelDb(frame: Float32Array): number {
  let sum = 0;
  for (const x of frame) sum += x * x;
  return Math.max(silenceDb, 10 * Math.log10(sum / frame.length));
}

function pad(samples: Float32Array, length: number): Float32Array {
  const padded = new Float32Array(length);
  padded.set(samples);
  return padded;
}

function pitches(frames: readonly Frame[]): number[] {
  return frames.flatMap(({ pitch }) => pitch ?? []);
}

function meanShape(frames: readonly Frame[]): [number, number, number] | undefined {
  const shapes = frames.flatMap(({ shape }) => shape === undefined ? [] : [shape]);
  if (shapes.length === 0) return undefined;
  return [0, 1, 2].map((i) => mean(shapes.map((shape) => shape[i]!))) as [number, number, number];
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  if (centre === undefined) return 0;
  return Math.sqrt(mean(values.map((v) => (v - centre) ** 2))!);
}
