/** Speech as a network learns it from nothing: the log-mel spectrogram of what a clip says. @module */

import { logMel } from "../signal/log_mel.ts";
import { mfccStatistics } from "../signal/mfcc.ts";
import { type Prosody, prosody, prosodyColumns } from "../signal/prosody.ts";
import { trimSilence } from "../signal/trim_silence.ts";
import { isSilent } from "../encoders/clip_extent.ts";
import {
  type Clip,
  clipRateHz,
  type Encoder,
  type Extent,
  type Features,
} from "../encoders/encoder.ts";
import { digestRecipe } from "../encoders/model_folder.ts";

// Three quarters of RAVDESS's clips speak for 2.3 s or less. 25 ms a frame and 48 bands are as coarse as
// the movement of pitch and formants allows, since the cost of training grows with their product.
const settings = {
  frames: 96,
  bands: 48,
  hopSeconds: 0.025,
  windowSeconds: 0.050,
  // Below is the hum of rooms.
  lowHz: 50,
  floor: 1e-10,
  rangeDb: 25,
  segments: 8,
  coefficients: 13,
  version: 1,
} as const;

/** The sides of a spectrogram. */
export interface SpectrogramSize {
  /** T, rows: moments. */
  readonly frames: number;
  /** F, columns: bands of pitch, the lowest first. */
  readonly bands: number;
}

/** What {@linkcode speechSpectrogram} makes of a clip. */
export interface SpeechSize extends SpectrogramSize {
  /** n, parts whose prosody is measured. */
  readonly segments: number;
  /** p, numbers a part. */
  readonly prosody: number;
  /** q, numbers that sum a clip up. */
  readonly summary: number;
}

/** Of {@linkcode speechSpectrogram}. */
export const speechSize: SpeechSize = {
  frames: settings.frames,
  bands: settings.bands,
  segments: settings.segments,
  prosody: prosodyColumns.length,
  summary: 4 * settings.coefficients + 2 * prosodyColumns.length + 1,
};

/**
 * A raw-input encoder: it computes, and what is to be learnt is left to the
 * branch that reads it. Features of a clip without the silence around it
 * ({@linkcode trimSilence}), the first 2.4 s:
 *
 * - `speech [96, 48]`: its {@linkcode logMel}, a frame every 25 ms. Frames after the end are 0.
 * - `speechFrames []`: how many of the frames are the clip.
 * - `speechProsody [8, 8]`: {@linkcode prosody} of eight equal parts.
 * - `speechSummary [1, 69]`: {@linkcode mfccStatistics} of 13 coefficients, mean and deviation
 *   of the prosody over the parts, and the number of frames.
 *
 * Silence is cut since it says when a microphone was switched on, and costs as much as
 * speech. Nothing is normalised here: training does it, by the statistics of its own part.
 */
export function speechSpectrogram(): Encoder<Clip> {
  const { frames, bands, segments, prosody, summary } = speechSize;
  return {
    modality: "audio",
    id: "speech spectrogram",
    digest: digestRecipe("speech spectrogram", { clipRateHz, ...settings }),
    inspect: extentOf,
    shapes: {
      speech: [frames, bands],
      speechFrames: [],
      speechProsody: [segments, prosody],
      speechSummary: [1, summary],
    },
    encode: (clips) => Promise.resolve(clips.map(describe)),
    dispose: () => Promise.resolve(),
  };
}

const windowLength = settings.windowSeconds * clipRateHz;
const mostSamples = (settings.frames - 1) * settings.hopSeconds * clipRateHz + windowLength;

/** Of the clip without the silence around it. */
function extentOf({ samples }: Clip): Extent {
  const { length } = trimSilence(samples, { rangeDb: settings.rangeDb });
  const seconds = (count: number) => count / clipRateHz;
  return {
    given: seconds(length),
    taken: seconds(Math.min(length, mostSamples)),
    windows: 1,
    unknown: 0,
    blank: isSilent(samples),
  };
}

function describe({ samples }: Clip): Features {
  const { frames, bands, rangeDb, segments, coefficients, ...cut } = settings;
  const window = windowLength;
  const spoken = trimSilence(samples, { rangeDb }).subarray(0, mostSamples);
  // A clip shorter than a window is one frame, followed by silence.
  const padded = new Float32Array(Math.max(window, spoken.length));
  padded.set(spoken);
  const heard = logMel(padded, { bands, ...cut });
  const measured = prosody(padded, { segments });
  const speech = new Float32Array(frames * bands);
  speech.set(heard.data);
  const summary = [
    ...mfccStatistics(heard, { coefficients }),
    ...momentsOf(measured),
    heard.frames,
  ];
  return {
    speech,
    speechFrames: Float32Array.of(heard.frames),
    speechProsody: measured.data,
    speechSummary: Float32Array.from(summary),
  };
}

/** Mean and deviation of each column over the segments: `[2 columns]`, the means first. */
function momentsOf({ data, segments, columns }: Prosody): number[] {
  const mean = (of: (x: number, column: number) => number) =>
    columns.map((_, c) => {
      let sum = 0;
      for (let s = 0; s < segments; s++) sum += of(data[s * columns.length + c]!, c);
      return sum / segments;
    });
  const means = mean((x) => x);
  return [...means, ...mean((x, c) => (x - means[c]!) ** 2).map(Math.sqrt)];
}
