/** Mel-frequency cepstral coefficients: the envelope of a spectrum in a few numbers. @module */

import type { Spectrogram } from "./log_mel.ts";

/** Options of {@linkcode mfcc}. */
export interface MfccOptions {
  /**
   * How many coefficients of a frame, at most one a band.
   *
   * @default 13
   */
  readonly coefficients?: number;
}

/** Frames by coefficients, row after row. */
export interface Cepstrogram {
  /** `[frames, coefficients]`. */
  readonly data: Float32Array;
  /** Rows: moments. */
  readonly frames: number;
  /** Columns: the level of the frame first, then ever finer shape. */
  readonly coefficients: number;
}

/**
 * The cepstrum of each frame of a log-mel spectrogram, `[frames, coefficients]`:
 * the orthonormal discrete cosine transform (DCT-II) of its B bands S.
 *
 *     c[k] = √(2 / B) Σ_b S[b] cos(π k (b + ½) / B),   c[0] = √(1 / B) Σ_b S[b]
 *
 * No lifter scales the coefficients, and c[0], the level, is kept.
 * (SciPy: `dct(S, type=2, norm="ortho")`.) Meyda's `mfcc` computes a spectrum of
 * its own with the logarithm of 1 + power, in which quiet speech is all but flat,
 * so we start from {@linkcode logMel}, whose natural logarithm keeps ratios of power.
 *
 * @throws {RangeError} `coefficients` is not an integer from 1 to the number of bands.
 */
export function mfcc(
  { data, frames, bands }: Spectrogram,
  { coefficients = 13 }: MfccOptions = {},
): Cepstrogram {
  if (!Number.isInteger(coefficients) || coefficients < 1 || coefficients > bands) {
    throw new RangeError(
      `Cannot make a cepstrum: expected 1 to ${bands} coefficients of ${bands} bands, ` +
        `got ${coefficients}`,
    );
  }
  const basis = cosines(bands, coefficients);
  const result = new Float32Array(frames * coefficients);
  for (let t = 0; t < frames; t++) {
    for (let k = 0; k < coefficients; k++) {
      let sum = 0;
      for (let b = 0; b < bands; b++) sum += data[t * bands + b]! * basis[k * bands + b]!;
      result[t * coefficients + k] = sum;
    }
  }
  return { data: result, frames, coefficients };
}

// Row k is the k-th cosine, of length 1.
function cosines(bands: number, coefficients: number): Float64Array {
  return Float64Array.from({ length: coefficients * bands }, (_, i) => {
    const k = Math.floor(i / bands), b = i % bands;
    return Math.sqrt((k === 0 ? 1 : 2) / bands) * Math.cos(Math.PI * k * (b + 0.5) / bands);
  });
}

/**
 * A clip as one row of 4 K numbers, for K coefficients: over its T frames the
 * mean and the deviation of each coefficient, then the mean and the deviation
 * of its T − 1 first differences c[t] − c[t − 1].
 *
 * Deviations are the population's. A clip of one frame has no differences, and
 * zeros in their place.
 *
 * @throws {RangeError} No frame, or `coefficients` as for {@linkcode mfcc}.
 */
export function mfccStatistics(spectrogram: Spectrogram, options: MfccOptions = {}): Float32Array {
  if (spectrogram.frames < 1) {
    throw new RangeError(
      `Cannot describe a clip: expected a frame or more, got ${spectrogram.frames}`,
    );
  }
  const { data, frames, coefficients } = mfcc(spectrogram, options);
  const differences = data.slice(coefficients).map((c, i) => c - data[i]!);
  return Float32Array.from([
    ...columnStatistics(data, frames, coefficients),
    ...columnStatistics(differences, frames - 1, coefficients),
  ]);
}

// The columns' means, then their deviations.
function columnStatistics(data: Float32Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(2 * columns);
  if (rows === 0) return result;
  const [mean, deviation] = [result.subarray(0, columns), result.subarray(columns)];
  data.forEach((x, i) => mean[i % columns]! += x / rows);
  data.forEach((x, i) => deviation[i % columns]! += (x - mean[i % columns]!) ** 2 / rows);
  deviation.forEach((variance, c) => deviation[c] = Math.sqrt(variance));
  return result;
}
