/** What is computed of speech before a network learns from it. @module */

import { logMel } from "../signal/log_mel.ts";
import { mfccStatistics } from "../signal/mfcc.ts";
import { type Prosody, prosody, prosodyColumns } from "../signal/prosody.ts";
import { trimSilence } from "../signal/trim_silence.ts";
import { isSilent } from "../encoders/clip_extent.ts";
import { type Clip, clipRateHz, type Extent, type Features } from "../encoders/encoder.ts";

/** How speech is cut and weighed. */
// Three quarters of RAVDESS's clips speak for 2.3 s or less. 25 ms a frame and 48 bands are as coarse as
// the movement of pitch and formants allows, since the cost of training grows with their product.
export const speechSettings = {
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
  frames: speechSettings.frames,
  bands: speechSettings.bands,
  segments: speechSettings.segments,
  prosody: prosodyColumns.length,
  summary: 4 * speechSettings.coefficients + 2 * prosodyColumns.length + 1,
};

const windowLength = speechSettings.windowSeconds * clipRateHz;
const mostSamples = (speechSettings.frames - 1) * speechSettings.hopSeconds * clipRateHz +
  windowLength;

/** How much of a clip without the silence around it is taken in. */
export function speechExtent({ samples }: Clip): Extent {
  const { length } = trimSilence(samples, { rangeDb: speechSettings.rangeDb });
  const seconds = (count: number) => count / clipRateHz;
  return {
    given: seconds(length),
    taken: seconds(Math.min(length, mostSamples)),
    windows: 1,
    unknown: 0,
    blank: isSilent(samples),
  };
}

/** The features of a clip, as `speechSpectrogram` has them. */
export function speechDescription({ samples }: Pick<Clip, "samples">): Features {
  const { frames, bands, rangeDb, segments, coefficients, ...cut } = speechSettings;
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
