/** The spectrogram that Whisper takes. @module */

import { fourierTransform } from "../deps/fft.ts";

/** As a model's `preprocessor_config.json` has it. */
export interface WhisperSpectrogram {
  /** Mel bands. */
  readonly feature_size: number;
  /** Samples of a frame. */
  readonly n_fft: number;
  /** Samples from frame to frame. */
  readonly hop_length: number;
  /** In Hz. */
  readonly sampling_rate: number;
  /** Samples of a window; what a clip lacks is silence, what is beyond is left out. */
  readonly n_samples: number;
  /** Frames of a window. */
  readonly nb_max_frames: number;
}

/** What is no louder is silence, as Whisper has it. */
const leastPower = 1e-10;
/** How far below the loudest place another one may be, in powers of ten. */
const range = 8;
const highestHz = 8000;

/**
 * The log-mel spectrogram of Whisper (Radford et al., *Robust speech recognition via large-scale weak
 * supervision*, 2022), `[bands, frames]`:
 *
 *     s[b, t] = (max(ln₁₀ max(P[b, t], 1e-10), m − 8) + 4) / 4,   P[b, t] = Σₖ W[b, k] |X[t, k]|²
 *
 * where m is the largest logarithm, X[t] the Fourier transform of the samples about `t · hop` under a
 * periodic Hann window, the sound mirrored at its ends, and W the triangles of Slaney's mel scale,
 * each of area 1. As the feature extractor of Transformers.js has it, to rounding.
 */
export function whisperLogMel(samples: Float32Array, config: WhisperSpectrogram): Float32Array {
  const { feature_size: bands, n_fft: size, hop_length: hop, n_samples: length } = config;
  const frames = Math.min(Math.floor(length / hop), config.nb_max_frames);
  const sound = mirrored(samples.subarray(0, length), { length, margin: size / 2 });
  const silentFrom = Math.min(samples.length, length) + size / 2;
  const filters = slaneyFilters(config);
  const spectrum = framePower(size);
  const result = new Float32Array(bands * frames).fill(Math.log10(leastPower));
  for (let t = 0; t < frames; t++) {
    // Only at the very end the mirrored sound comes back.
    if (t * hop >= silentFrom && t * hop + size <= length + size / 2) continue;
    const power = spectrum(sound, t * hop);
    filters.forEach(({ first, weights }, b) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[first + i]!;
      result[b * frames + t] = Math.log10(Math.max(leastPower, sum));
    });
  }
  const least = result.reduce((most, x) => Math.max(most, x), -Infinity) - range;
  return result.map((x) => (Math.max(x, least) + 4) / 4);
}

/** The samples, silence up to `length`, and the mirror image of `margin` samples at both ends. */
function mirrored(
  samples: Float32Array,
  { length, margin }: { readonly length: number; readonly margin: number },
): Float32Array {
  const sound = new Float32Array(length + 2 * margin);
  sound.set(samples, margin);
  for (let i = 1; i <= margin; i++) {
    sound[margin - i] = sound[margin + i]!;
    sound[margin + length - 1 + i] = sound[margin + length - 1 - i]!;
  }
  return sound;
}

/**
 * A function of (samples, start) that gives |X[k]|², k = 0 … n / 2, of n samples under a Hann window.
 * With n = 2^p m it is m transforms of 2^p samples, each mᵗʰ one, and their sums by hand:
 *
 *     X[k] = Σ_b e^(−2πi b k / n) Y_b[k mod 2^p],   Y_b the transform of x[b], x[b + m], …
 */
function framePower(n: number): (samples: Float32Array, start: number) => Float64Array {
  const short = n & -n, rest = n / short;
  const transform = fourierTransform(short);
  const hann = Float64Array.from(
    { length: n },
    (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / n),
  );
  const turn = (part: (angle: number) => number) =>
    Float64Array.from({ length: n }, (_, i) => part(-2 * Math.PI * i / n));
  const [cosine, sine] = [turn(Math.cos), turn(Math.sin)];
  const input = new Float64Array(2 * short);
  const parts = Array.from({ length: rest }, () => transform.createComplexArray());
  const power = new Float64Array(n / 2 + 1);
  return (samples, start) => {
    parts.forEach((output, b) => {
      for (let a = 0; a < short; a++) {
        input[2 * a] = hann[rest * a + b]! * samples[start + rest * a + b]!;
      }
      transform.transform(output, input);
    });
    for (let k = 0; k < power.length; k++) {
      let real = 0, imaginary = 0;
      const at = 2 * (k % short);
      for (let b = 0; b < rest; b++) {
        const [x, y] = [parts[b]![at]!, parts[b]![at + 1]!];
        const angle = b * k % n, c = cosine[angle]!, s = sine[angle]!;
        real += x * c - y * s;
        imaginary += x * s + y * c;
      }
      power[k] = real * real + imaginary * imaginary;
    }
    return power;
  };
}

interface Filter {
  /** The bin that the first weight belongs to. */
  readonly first: number;
  readonly weights: Float64Array;
}

// Slaney's scale is linear up to 1000 Hz, where it has 15 mel, and logarithmic above.
const linearHz = 1000, linearMel = 15, logarithmicStep = Math.log(6.4) / 27;
const toMel = (hz: number) =>
  hz < linearHz ? 3 * hz / 200 : linearMel + Math.log(hz / linearHz) / logarithmicStep;
const toHz = (mel: number) =>
  mel < linearMel ? 200 * mel / 3 : linearHz * Math.exp(logarithmicStep * (mel - linearMel));

function slaneyFilters({ feature_size, n_fft, sampling_rate }: WhisperSpectrogram): Filter[] {
  const step = toMel(highestHz) / (feature_size + 1);
  const bins = n_fft / 2 + 1, binHz = sampling_rate / n_fft;
  return Array.from({ length: feature_size }, (_, b) => {
    const [left, peak, right] = [0, 1, 2].map((i) => toHz((b + i) * step)) as [
      number,
      number,
      number,
    ];
    const first = Math.floor(left / binHz) + 1;
    const count = Math.min(bins, Math.ceil(right / binHz)) - first;
    const weights = Float64Array.from({ length: Math.max(0, count) }, (_, i) => {
      const hz = (first + i) * binHz;
      const height = Math.min((hz - left) / (peak - left), (right - hz) / (right - peak));
      return 2 / (right - left) * height;
    });
    return { first, weights };
  });
}
