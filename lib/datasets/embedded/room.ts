/** What walls add to a sound. @module */

import { add, amplitude, power, setPower } from "./power.ts";

/** A room, and how far from the microphone the speaker stands in it. */
export interface Room {
  /** Time in which the sound falls by 60 dB, in seconds. */
  readonly reverberation: number;
  /** Factor on the distances between the walls. */
  readonly size: number;
  /** How dull each reflection is: 0 as bright as what it reflects, towards 1 ever less of the high. */
  readonly damping: number;
  /** Power of the direct sound against that of the reflections in dB: less from further away. */
  readonly direct: number;
}

// Delays in seconds, as Schroeder gives them.
const combDelays = [0.0297, 0.0371, 0.0411, 0.0437];
const allPassDelays = [0.005, 0.0017];
const allPassGain = 0.7;

/**
 * `signal` as it sounds in `room`: as long as before, and with the power that it had. What sounds on
 * after its end is lost, so it should end in silence.
 *
 * Reflections come from four combs side by side and two all-pass filters in a row (Schroeder, "Natural
 * sounding artificial reverberation", JAES 1962), the combs with a low pass in their loops (Moorer,
 * "About this reverberation business", Computer Music Journal 1979).
 */
export function inRoom(
  signal: Float32Array,
  room: Room,
  { sampleRate }: { sampleRate: number },
): Float32Array {
  const samples = (seconds: number) => Math.max(1, Math.round(seconds * room.size * sampleRate));
  const reflected = new Float32Array(signal.length);
  for (const seconds of combDelays) {
    addComb(signal, reflected, { room, sampleRate, delay: samples(seconds) });
  }
  for (const seconds of allPassDelays) passAll(reflected, samples(seconds));
  const before = power(signal);
  setPower(reflected, before);
  const heard = signal.slice();
  add(heard, reflected, amplitude(-room.direct));
  setPower(heard, before);
  return heard;
}

/** Adds y to `out`: y = x₋d + g l₋d, where l is y behind a low pass, l = (1 − a) y + a l₋₁. */
function addComb(
  signal: Float32Array,
  out: Float32Array,
  { room, sampleRate, delay }: { room: Room; sampleRate: number; delay: number },
): void {
  const gain = 10 ** (-3 * delay / (room.reverberation * sampleRate));
  const passed = 1 - room.damping;
  const loop = new Float64Array(delay);
  let low = 0;
  for (let i = 0, place = 0; i < signal.length; i++) {
    const y = loop[place]!;
    low += passed * (y - low);
    loop[place] = signal[i]! + gain * low;
    out[i]! += y;
    if (++place === delay) place = 0;
  }
}

/** y = −g x + x₋d + g y₋d, in place. */
function passAll(signal: Float32Array, delay: number): void {
  const memory = new Float64Array(delay);
  for (let i = 0, place = 0; i < signal.length; i++) {
    const kept = memory[place]!;
    const inner = signal[i]! + allPassGain * kept;
    memory[place] = inner;
    signal[i] = kept - allPassGain * inner;
    if (++place === delay) place = 0;
  }
}
