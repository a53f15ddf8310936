/** Where a clip begins and ends to speak. @module */

/** What counts as silence, and how much of it is left; the defaults are ours. */
export interface TrimOptions {
  /** 16,000 by default. */
  readonly sampleRateHz?: number;
  /** How far below the loudest moment sound still counts, in dB; 25 by default. */
  readonly rangeDb?: number;
  /** What is kept before the first sound and after the last, 0.05 by default. */
  readonly marginSeconds?: number;
}

// As long as a syllable's onset; a level over 30 ms is not moved by a click.
const stepSeconds = 0.010;

/**
 * The samples from the first sound to the last, a view of the same memory. A
 * step of 10 ms sounds if the power of itself and its two neighbours is
 * within `rangeDb` of the loudest such power:
 *
 *     10 log₁₀ P[t] >= 10 log₁₀ max P - rangeDb
 *
 * Pauses between two sounds stay. A clip shorter than a step, and one of
 * digital silence, is returned whole.
 *
 * @throws {RangeError} A range or margin below 0.
 */
export function trimSilence(samples: Float32Array, options: TrimOptions = {}): Float32Array {
  const { sampleRateHz = 16_000, rangeDb = 25, marginSeconds = 0.05 } = options;
  if (!(rangeDb >= 0 && marginSeconds >= 0)) {
    throw new RangeError(
      `Cannot trim silence: expected a range and a margin from 0, got ${rangeDb} dB ` +
        `and ${marginSeconds} s`,
    );
  }
  const step = Math.round(stepSeconds * sampleRateHz);
  const power = smoothed(stepPowers(samples, step));
  const loudest = power.reduce((most, p) => Math.max(most, p), 0);
  if (loudest === 0) return samples;
  const least = loudest * 10 ** (-rangeDb / 10);
  const sounds = (p: number) => p >= least;
  const margin = Math.round(marginSeconds * sampleRateHz);
  const first = power.findIndex(sounds) * step - margin;
  const last = (power.findLastIndex(sounds) + 1) * step + margin;
  return samples.subarray(Math.max(0, first), Math.min(samples.length, last));
}

// The mean square of each whole step.
function stepPowers(samples: Float32Array, step: number): Float64Array {
  return Float64Array.from({ length: Math.floor(samples.length / step) }, (_, t) => {
    let sum = 0;
    for (let i = t * step; i < (t + 1) * step; i++) sum += samples[i]! ** 2;
    return sum / step;
  });
}

// The mean of each value and its neighbours.
function smoothed(power: Float64Array): Float64Array {
  return power.map((p, t) => (p + (power[t - 1] ?? 0) + (power[t + 1] ?? 0)) / 3);
}
