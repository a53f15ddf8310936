/** What a microphone lets through. @module */

import { power, setPower } from "./power.ts";

/** A microphone, by its frequency response. */
export interface Microphone {
  /** Below this it falls by 12 dB an octave, in Hz. */
  readonly lowest: number;
  /** Above this it falls by 24 dB an octave, in Hz. */
  readonly highest: number;
  /** Where it is louder or fainter than elsewhere, in Hz. */
  readonly colourHz: number;
  /** By how much, in dB. */
  readonly colour: number;
}

/** A filter of second order, `[b0, b1, b2, a1, a2]` of y = b0 x + b1 x₋₁ + b2 x₋₂ − a1 y₋₁ − a2 y₋₂. */
type Biquad = readonly [number, number, number, number, number];

/** `signal` as the microphone hears it, with the power that it had. */
export function through(
  signal: Float32Array,
  { lowest, highest, colourHz, colour }: Microphone,
  { sampleRate }: { sampleRate: number },
): Float32Array {
  const heard = signal.slice();
  const filters = [
    highPass(lowest / sampleRate, Math.SQRT1_2),
    // The two qualities of a Butterworth filter of fourth order.
    lowPass(highest / sampleRate, 0.5412),
    lowPass(highest / sampleRate, 1.3066),
    peak(colourHz / sampleRate, colour),
  ];
  for (const filter of filters) apply(filter, heard);
  setPower(heard, power(signal));
  return heard;
}

// The three are those of Bristow-Johnson, "Audio EQ cookbook"; frequencies are shares of the rate.

function highPass(frequency: number, quality: number): Biquad {
  const { cos, alpha } = angle(frequency, quality);
  const b = (1 + cos) / 2;
  return scaled([b, -2 * b, b], [1 + alpha, -2 * cos, 1 - alpha]);
}

function lowPass(frequency: number, quality: number): Biquad {
  const { cos, alpha } = angle(frequency, quality);
  const b = (1 - cos) / 2;
  return scaled([b, 2 * b, b], [1 + alpha, -2 * cos, 1 - alpha]);
}

function peak(frequency: number, decibels: number): Biquad {
  const { cos, alpha } = angle(frequency, 0.9);
  const a = 10 ** (decibels / 40);
  return scaled(
    [1 + alpha * a, -2 * cos, 1 - alpha * a],
    [1 + alpha / a, -2 * cos, 1 - alpha / a],
  );
}

function angle(frequency: number, quality: number): { cos: number; alpha: number } {
  // Below half the rate, where the formulas end.
  const w = 2 * Math.PI * Math.min(frequency, 0.49);
  return { cos: Math.cos(w), alpha: Math.sin(w) / (2 * quality) };
}

type Three = readonly [number, number, number];

function scaled([b0, b1, b2]: Three, [a0, a1, a2]: Three): Biquad {
  return [b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0];
}

function apply([b0, b1, b2, a1, a2]: Biquad, signal: Float32Array): void {
  let x1 = 0, x2 = 0, y1 = 0, y2 = 0;
  for (let i = 0; i < signal.length; i++) {
    const x = signal[i]!;
    const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    signal[i] = y;
  }
}
