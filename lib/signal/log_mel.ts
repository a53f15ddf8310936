/** The log-mel spectrogram: what of each band of pitch sounds when. @module */

import { fourierTransform } from "../deps/fft.ts";

/** How to cut and weigh; the defaults are those of speech recognition. */
export interface LogMelOptions {
  /** 16,000 by default. */
  readonly sampleRateHz?: number;
  /** 0.025 by default. */
  readonly windowSeconds?: number;
  /** 0.010 by default. */
  readonly hopSeconds?: number;
  /** 64 by default. */
  readonly bands?: number;
  /** 0 by default. */
  readonly lowHz?: number;
  /** Half the sample rate by default. */
  readonly highHz?: number;
  /** The least power that is told from silence, 1e-10 by default. */
  readonly floor?: number;
}

/** Frames by bands, row after row. */
export interface Spectrogram {
  /** `[frames, bands]`. */
  readonly data: Float32Array;
  /** Rows: moments. */
  readonly frames: number;
  /** Columns: bands of pitch, the lowest first. */
  readonly bands: number;
}

/**
 * The log-mel spectrogram of `samples`, `[frames, bands]`:
 *
 *     S[t, b] = ln max(floor, Σₖ W[b, k] |X[t, k]|²)
 *
 * X[t] is the Fourier transform of the samples from `t · hop` on, times a
 * periodic Hann window, followed by zeros up to the next power of two. Frames
 * lie wholly within the samples: `frames = 1 + floor((n - window) / hop)`, none
 * if n < window. W are triangles of height 1 between points equally far apart on
 * the mel scale of HTK, `mel(f) = 2595 log₁₀(1 + f / 700)`; the logarithm is the
 * natural one. (librosa: `melspectrogram(center=False, htk=True, norm=None)`.)
 *
 * @throws {RangeError} The bands are too narrow for the window, or a number is out of range.
 */
export function logMel(samples: Float32Array, options: LogMelOptions = {}): Spectrogram {
  const { sampleRateHz = 16_000, bands = 64, floor = 1e-10 } = options;
  const { windowSeconds = 0.025, hopSeconds = 0.010 } = options;
  const window = Math.round(windowSeconds * sampleRateHz);
  const hop = Math.round(hopSeconds * sampleRateHz);
  if (!(window >= 2 && hop >= 1 && floor > 0)) {
    throw new RangeError(
      `Cannot make a spectrogram: expected a window of 2 samples or more, a hop of 1 or more ` +
        `and a floor above 0, got ${window}, ${hop} and ${floor}`,
    );
  }
  const size = 2 ** Math.ceil(Math.log2(window));
  const { lowHz = 0, highHz = sampleRateHz / 2 } = options;
  const filters = melFilters({ sampleRateHz, size, bands, lowHz, highHz });
  const spectrum = powerSpectrum({ window, size });
  const frames = Math.max(0, 1 + Math.floor((samples.length - window) / hop));
  const data = new Float32Array(frames * bands);
  for (let t = 0; t < frames; t++) {
    const power = spectrum(samples, t * hop);
    filters.forEach(({ first, weights }, b) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[first + i]!;
      data[t * bands + b] = Math.log(Math.max(floor, sum));
    });
  }
  return { data, frames, bands };
}

/**
 * A function of (samples, start) that gives |X[k]|² for k = 0 … size / 2 of the
 * `window` samples from `start`, under a periodic Hann window and followed by
 * zeros up to `size`, a power of two. Each call fills the same array anew.
 */
export function powerSpectrum(
  { window, size }: { readonly window: number; readonly size: number },
): (samples: Float32Array, start: number) => Float32Array {
  const transform = fourierTransform(size);
  const hann = Float64Array.from(
    { length: window },
    (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / window),
  );
  const input = new Float64Array(size);
  const output = transform.createComplexArray();
  const power = new Float32Array(size / 2 + 1);
  return (samples, start) => {
    for (let i = 0; i < window; i++) input[i] = hann[i]! * samples[start + i]!;
    transform.realTransform(output, input);
    for (let k = 0; k < power.length; k++) power[k] = output[2 * k]! ** 2 + output[2 * k + 1]! ** 2;
    return power;
  };
}

interface Filter {
  /** The bin that the first weight belongs to. */
  readonly first: number;
  readonly weights: Float64Array;
}

function melFilters(
  { sampleRateHz, size, bands, lowHz, highHz }: Readonly<
    Record<"sampleRateHz" | "size" | "bands" | "lowHz" | "highHz", number>
  >,
): Filter[] {
  if (!(lowHz >= 0 && lowHz < highHz && highHz <= sampleRateHz / 2)) {
    throw new RangeError(
      `Cannot make mel bands: expected 0 ≤ lowHz < highHz ≤ ${sampleRateHz / 2}, ` +
        `got ${lowHz} and ${highHz}`,
    );
  }
  const toMel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
  const toHz = (mel: number) => 700 * (10 ** (mel / 2595) - 1);
  const step = (toMel(highHz) - toMel(lowHz)) / (bands + 1);
  const edge = (i: number) => toHz(toMel(lowHz) + i * step);
  const binHz = sampleRateHz / size;
  return Array.from({ length: bands }, (_, b) => {
    const [left, peak, right] = [edge(b), edge(b + 1), edge(b + 2)];
    const first = Math.floor(left / binHz) + 1;
    const last = Math.min(size / 2, Math.ceil(right / binHz) - 1);
    if (last < first) {
      throw new RangeError(
        `Cannot make mel bands: expected every band to hold a frequency of the transform, ` +
          `got none from ${left.toFixed(0)} to ${right.toFixed(0)} Hz; ` +
          `take fewer bands than ${bands} or a longer window`,
      );
    }
    const weights = Float64Array.from({ length: last - first + 1 }, (_, i) => {
      const hz = (first + i) * binHz;
      return Math.min((hz - left) / (peak - left), (right - hz) / (right - peak));
    });
    return { first, weights };
  });
}
