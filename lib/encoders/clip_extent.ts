/** How much of a clip encoders take in, and whether there is sound in it. @module */

import { type Clip, clipRateHz, type Extent } from "./encoder.ts";

/** How much of a clip the frozen encoders of audio take at a time, in seconds. */
export const windowSeconds = 6;

// The root mean square of a stretch, in full scale: -80 dB. The last bit of 16, as dither has it, is
// at -96 to -90 dB; a whisper in a recording that was set far too low is above -70.
const silence = 1e-4;
const stretchSeconds = 0.064;

/** The extent of a clip of which all is heard, in windows. */
export function clipExtent({ samples }: Pick<Clip, "samples">): Extent {
  const seconds = samples.length / clipRateHz;
  return {
    given: seconds,
    taken: seconds,
    windows: Math.max(1, Math.ceil(seconds / windowSeconds)),
    unknown: 0,
    blank: isSilent(samples),
  };
}

/** Says whether no stretch of 64 ms departs from its mean by -80 dB of full scale or more. */
export function isSilent(samples: Float32Array): boolean {
  const length = stretchSeconds * clipRateHz;
  for (let start = 0; start < samples.length; start += length) {
    if (deviation(samples.subarray(start, start + length)) > silence) return false;
  }
  return true;
}

function deviation(values: Float32Array): number {
  let sum = 0, squares = 0;
  for (const x of values) {
    sum += x;
    squares += x * x;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
}
