/** What rooms, crowds, cheap microphones and poor lines do to a clip. @module */

import { fold, type Key, permutation, uniforms } from "../tensor/random.ts";
import { gaussianNoise } from "./gaussian_noise.ts";
import { convolve, hartleyTransform, transformSize } from "./hartley.ts";
import { assertRate } from "./rate.ts";

/** A waveform and its rate. */
export interface Sound {
  /** Mono. */
  readonly samples: Float32Array;
  /** 16,000 by default. */
  readonly sampleRateHz?: number;
}

/** What noise, and where it comes from. */
export type Noise =
  | { readonly kind: "white" | "pink" }
  | {
    readonly kind: "babble";
    /** Clips of other people, at the rate of the samples. */
    readonly voices: readonly Float32Array[];
    /** How many of them speak at once; 5 by default, or all if they are fewer. */
    readonly talkers?: number;
  };

const frameSeconds = 0.02;
const activeRangeDb = 40;

/**
 * The mean square of the samples in active frames: those of 20 ms whose own mean
 * square is at most 40 dB below that of the loudest. So pauses do not count as
 * speech. The range is that of STOI (Taal et al., *IEEE TASLP* 2011). 0 if all is silent.
 */
export function activePower({ samples, sampleRateHz = 16_000 }: Sound): number {
  const frames = framesOf(samples, Math.round(frameSeconds * sampleRateHz));
  const powers = frames.map(meanSquare);
  const least = powers.reduce((a, b) => Math.max(a, b), 0) * 10 ** (-activeRangeDb / 10);
  const active = [...frames.keys()].filter((i) => powers[i]! > 0 && powers[i]! >= least);
  const energy = active.reduce((sum, i) => sum + powers[i]! * frames[i]!.length, 0);
  return energy === 0 ? 0 : energy / active.reduce((sum, i) => sum + frames[i]!.length, 0);
}

/**
 * The clip under noise of a signal-to-noise ratio, in decibels:
 *
 *     y = x + g n,   10 log₁₀(P_active(x) / mean(g² n²)) = snrDb
 *
 * P_active is {@linkcode activePower}. `n` is as long as the clip: "white" has equal power
 * a hertz, "pink" equal power an octave; "babble" is the sum of stretches of the
 * talkers' clips, drawn and brought to equal active power, each beginning at
 * a moment drawn from its clip and going on from the start at its end. Equal keys give
 * the same noise at any ratio. A ratio of Infinity, or a silent clip, leaves the clip as it is.
 * The sum is not clipped.
 *
 * @throws {RangeError} The ratio is no number or -Infinity; there are no voices, or silent ones.
 */
export function addNoise(
  { samples, sampleRateHz = 16_000, snrDb, key, ...noise }: Sound & Noise & {
    readonly snrDb: number;
    readonly key: Key;
  },
): Float32Array {
  if (!(snrDb > -Infinity)) {
    throw new RangeError(`Cannot add noise: expected a ratio in dB, got ${snrDb}`);
  }
  const power = activePower({ samples, sampleRateHz });
  if (snrDb === Infinity || power === 0) return samples.slice();
  const n = makeNoise(noise, { length: samples.length, sampleRateHz, key });
  const gain = Math.sqrt(power / 10 ** (snrDb / 10) / meanSquare(n));
  return samples.map((x, i) => x + gain * n[i]!);
}

interface NoiseShape {
  readonly length: number;
  readonly sampleRateHz: number;
  readonly key: Key;
}

function makeNoise(noise: Noise, { length, sampleRateHz, key }: NoiseShape): Float32Array {
  switch (noise.kind) {
    case "white":
      return gaussianNoise(key, length);
    case "pink":
      return pinkNoise(key, length);
    case "babble":
      return babble(noise, { length, sampleRateHz, key });
  }
}

// White in the frequency domain too, where each bin is weighed by f^(-1/2); f = 0 is left out.
function pinkNoise(key: Key, length: number): Float32Array {
  const size = transformSize(length);
  const bins = gaussianNoise(key, size);
  const weighed = bins.map((bin, k) => k === 0 ? 0 : bin / Math.sqrt(Math.min(k, size - k)));
  return Float32Array.from(hartleyTransform(size)(weighed).subarray(0, length));
}

function babble(
  { voices, talkers = Math.min(5, voices.length) }: Extract<Noise, { kind: "babble" }>,
  { length, sampleRateHz, key }: NoiseShape,
): Float32Array {
  if (!(Number.isInteger(talkers) && talkers >= 1 && talkers <= voices.length)) {
    throw new RangeError(
      `Cannot add babble: expected 1 to ${voices.length} talkers, got ${talkers}`,
    );
  }
  const start = uniforms(fold(key, "start"));
  const sum = new Float32Array(length);
  for (const index of permutation(fold(key, "voices"), voices.length).slice(0, talkers)) {
    const voice = voices[index]!;
    const power = activePower({ samples: voice, sampleRateHz });
    if (power === 0) {
      throw new RangeError(`Cannot add babble: expected voices, got silence as number ${index}`);
    }
    const first = Math.floor(start() * voice.length);
    const gain = 1 / Math.sqrt(power);
    for (let i = 0; i < length; i++) sum[i]! += gain * voice[(first + i) % voice.length]!;
  }
  if (meanSquare(sum) === 0) {
    throw new RangeError("Cannot add babble: expected talkers who speak, got only their pauses");
  }
  return sum;
}

/** A room: how long it rings, and how much of the sound comes straight from the speaker. */
export interface Room {
  /** The time in which the reverberation falls by 60 dB. */
  readonly rt60Seconds: number;
  /** Direct over reverberant energy, in decibels; 0 by default. */
  readonly directToReverberantDb?: number;
  /** 16,000 by default. */
  readonly sampleRateHz?: number;
  /** Of the reverberation: another key is another seat in the room. */
  readonly key: Key;
}

/**
 * The impulse response of a room after Polack's model: normal noise z under an
 * exponential decay of 60 dB in RT60, after the direct path.
 *
 *     h[0] = 1,   h[n] = g z[n] 10^(-3 n / (RT60 · rate)),   n = 1 … RT60 · rate
 *
 * g gives the tail the energy 10^(-directToReverberantDb / 10). One coefficient if RT60 is 0.
 *
 * @throws {RangeError} RT60 is negative or not finite.
 */
export function impulseResponse(
  { rt60Seconds, directToReverberantDb = 0, sampleRateHz = 16_000, key }: Room,
): Float32Array {
  if (!(rt60Seconds >= 0 && rt60Seconds < Infinity)) {
    throw new RangeError(
      `Cannot reverberate: expected a time in seconds from 0, got ${rt60Seconds}`,
    );
  }
  const length = Math.round(rt60Seconds * sampleRateHz);
  const tail = gaussianNoise(key, length).map((z, i) => z * 10 ** (-3 * (i + 1) / length));
  const gain = Math.sqrt(10 ** (-directToReverberantDb / 10) / energyOf(tail));
  const response = new Float32Array(1 + length);
  response.set(tail.map((value) => gain * value), 1);
  response[0] = 1;
  return response;
}

/**
 * The clip as heard in a room: its convolution with {@linkcode impulseResponse}, cut
 * to the length of the clip and scaled to its energy. The direct path stays at its
 * place, so what is said when does not change. RT60 0 leaves the clip as it is. The ratio
 * of direct to reverberant energy is a room's own; here it stays the same at each RT60, so
 * that one thing changes at a time.
 *
 * @throws {RangeError} RT60 is negative or not finite.
 */
export function reverberate({ samples, ...room }: Sound & Room): Float32Array {
  const response = impulseResponse(room);
  if (response.length === 1 || samples.length === 0) return samples.slice();
  const heard = convolve({ signal: samples, response });
  const energy = energyOf(heard);
  const gain = energy === 0 ? 0 : Math.sqrt(energyOf(samples) / energy);
  return heard.map((value) => gain * value);
}

/**
 * The clip cut off at a share c of its peak: y = min(c p, max(-c p, x)), p = max |x|. What is
 * below stays as loud as it was. A threshold of 1 leaves the clip as it is.
 *
 * @throws {RangeError} The threshold is not above 0, or it is above 1.
 */
export function clipAmplitude(
  { samples, threshold }: {
    readonly samples: Float32Array;
    /** c. */
    readonly threshold: number;
  },
): Float32Array {
  if (!(threshold > 0 && threshold <= 1)) {
    throw new RangeError(`Cannot clip: expected a threshold above 0, up to 1, got ${threshold}`);
  }
  const limit = threshold * samples.reduce((peak, x) => Math.max(peak, Math.abs(x)), 0);
  return samples.map((x) => Math.min(limit, Math.max(-limit, x)));
}

/**
 * The clip after a line that loses packets: each frame of 20 ms is silent with probability
 * `rate`, whatever became of the one before. Equal keys lose at a higher rate what they
 * lose at a lower one, and more.
 *
 * @throws {RangeError} The rate is not from 0 to 1.
 */
export function dropPackets(
  { samples, sampleRateHz = 16_000, rate, key }: Sound & {
    readonly rate: number;
    readonly key: Key;
  },
): Float32Array {
  assertRate("drop packets", rate);
  const result = samples.slice();
  const draw = uniforms(key);
  for (const packet of framesOf(result, Math.round(frameSeconds * sampleRateHz))) {
    if (draw() < rate) packet.fill(0);
  }
  return result;
}

/** Views of `size` samples, one after another; the last may be shorter. */
function framesOf(samples: Float32Array, size: number): Float32Array[] {
  return Array.from(
    { length: Math.ceil(samples.length / size) },
    (_, i) => samples.subarray(i * size, (i + 1) * size),
  );
}

function energyOf(samples: Float32Array): number {
  return samples.reduce((sum, x) => sum + x * x, 0);
}

function meanSquare(samples: Float32Array): number {
  return energyOf(samples) / samples.length;
}
