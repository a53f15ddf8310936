/** How good a recording is, from the recording alone: no clean one to compare it with. @module */

import { powerSpectrum } from "./log_mel.ts";

/** The columns of {@linkcode speechQuality}, in order. */
export const speechQualityColumns = [
  /** Level of the loud packets above that of the quiet ones, in dB, from 0 to 60. */
  "snrDb",
  /** ln mean |x| − mean ln |x|: high for speech, 0.41 for white noise. */
  "amplitudeSpread",
  /** Share of the samples that are as far out as the farthest. */
  "clippedShare",
  /** Share of the packets that are silent. */
  "silentShare",
  /** How often silence begins or ends, a second. */
  "interruptionsHz",
  /** Geometric over arithmetic mean power of the spectrum, in dB, at most 0: white noise is near 0. */
  "flatnessDb",
  /** By how much the level of a packet falls where it falls fast, in dB: a room lets nothing fall fast. */
  "fallDb",
  /** Peak over root mean square, in dB. */
  "crestDb",
] as const;

const packetSeconds = 0.02;
const mostDb = 60;
// -100 dB of full scale: below the last bit of 16.
const silence = 1e-10;

/**
 * What a clip says of its own quality, `[8]` in the order of {@linkcode speechQualityColumns}. Packets
 * are 20 ms; those below −100 dB of full scale are silent, and take part in `silentShare` and
 * `interruptionsHz` alone.
 *
 * - `snrDb`: 10 log₁₀(P₉₀ / P₁₀), percentiles of the packets' power, as NIST's STNR compares the ends of
 *   their histogram. Noise fills the pauses, so it falls with the true ratio; it is not that ratio.
 * - `amplitudeSpread`: the statistic of WADA-SNR (Kim and Stern, *Robust signal-to-noise ratio
 *   estimation based on waveform amplitude distribution analysis*, Interspeech 2008), of the samples
 *   that are not 0. Theirs is a table from it to decibels for one kind of speech and noise; we keep
 *   the statistic, which rises with them.
 * - `clippedShare`: |x| ≥ 0.999 max |x|.
 * - `fallDb`: the 10th percentile of the change of level over two packets, with its sign turned (after
 *   Wen, Habets and Naylor, *Blind estimation of reverberation time based on the distribution of signal
 *   decay rates*, ICASSP 2008, who fit decays in bands).
 *
 * What a silent clip lacks is 0.
 *
 * @throws {RangeError} The clip is empty.
 */
export function speechQuality(
  samples: Float32Array,
  { sampleRateHz = 16_000 }: { readonly sampleRateHz?: number } = {},
): Float32Array {
  if (samples.length === 0) {
    throw new RangeError("Cannot measure speech: expected samples, got none");
  }
  const packet = Math.max(1, Math.round(packetSeconds * sampleRateHz));
  const powers = packetPowers(samples, packet);
  const sounds = powers.filter((power) => power > silence);
  const silent = Array.from(powers, (power) => power <= silence);
  const changes = silent.filter((now, t) => t > 0 && now !== silent[t - 1]).length;
  return Float32Array.of(
    Math.min(mostDb, decibels(percentile(sounds, 0.9) / percentile(sounds, 0.1))),
    amplitudeSpread(samples),
    clippedShare(samples),
    1 - sounds.length / powers.length,
    changes / (samples.length / sampleRateHz),
    flatnessDb(samples, { powers, packet }),
    fallDb(sounds),
    crestDb(samples),
  );
}

// A last part that is no whole packet counts if there is no other.
function packetPowers(samples: Float32Array, packet: number): Float64Array {
  const count = Math.max(1, Math.floor(samples.length / packet));
  return Float64Array.from(
    { length: count },
    (_, t) => meanSquare(samples.subarray(t * packet, (t + 1) * packet)),
  );
}

function meanSquare(samples: Float32Array): number {
  return samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
}

function decibels(ratio: number): number {
  return ratio > 0 ? 10 * Math.log10(ratio) : 0;
}

/** The value below which a share of the values lies; 0 of none. */
function percentile(values: Float64Array | readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}

function amplitudeSpread(samples: Float32Array): number {
  let sum = 0, logs = 0, count = 0;
  for (const x of samples) {
    if (x === 0) continue;
    sum += Math.abs(x);
    logs += Math.log(Math.abs(x));
    count++;
  }
  return count === 0 ? 0 : Math.log(sum / count) - logs / count;
}

function clippedShare(samples: Float32Array): number {
  const limit = 0.999 * peakOf(samples);
  if (limit === 0) return 0;
  return samples.reduce((count, x) => Math.abs(x) >= limit ? count + 1 : count, 0) / samples.length;
}

function peakOf(samples: Float32Array): number {
  return samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
}

function crestDb(samples: Float32Array): number {
  const power = meanSquare(samples);
  return power === 0 ? 0 : decibels(peakOf(samples) ** 2 / power);
}

function flatnessDb(
  samples: Float32Array,
  { powers, packet }: { readonly powers: Float64Array; readonly packet: number },
): number {
  const spectrum = powerSpectrum({ window: packet, size: 2 ** Math.ceil(Math.log2(packet)) });
  let sum = 0, count = 0;
  powers.forEach((power, t) => {
    if (power <= silence || (t + 1) * packet > samples.length) return;
    // Neither the mean, at f = 0, nor the end of the band.
    const bins = spectrum(samples, t * packet).subarray(1, -1);
    const mean = bins.reduce((a, b) => a + b, 0) / bins.length;
    const logs = bins.reduce((a, b) => a + Math.log(Math.max(b, 1e-12 * mean)), 0) / bins.length;
    if (mean === 0) return;
    sum += 10 * (logs / Math.LN10 - Math.log10(mean));
    count++;
  });
  return count === 0 ? 0 : sum / count;
}

function fallDb(sounds: Float64Array): number {
  const levels = Array.from(sounds, decibels);
  const changes = levels.slice(2).map((level, t) => level - levels[t]!);
  return Math.max(0, -percentile(changes, 0.1));
}
