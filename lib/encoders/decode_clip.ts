/** Sound as encoders of speech take it. @module */

import { resample } from "../signal/resample.ts";
import type { Waveform } from "../signal/waveform.ts";
import { type Clip, clipRateHz } from "./encoder.ts";

// Half of it is the highest pitch that there can be: nothing of speech but its melody is left.
const leastRateHz = 1000;

/**
 * A waveform as encoders take it, at 16 kHz.
 *
 * @throws {RangeError} It has fewer than 1000 samples a second.
 */
export async function clipOf(
  { samples, sampleRateHz }: Waveform,
  { path }: { readonly path: string },
): Promise<Clip> {
  if (sampleRateHz < leastRateHz) {
    throw new RangeError(
      `Cannot read "${path}": expected a sample rate of ${leastRateHz} Hz or more, in which ` +
        `speech can be heard, got ${sampleRateHz} Hz`,
    );
  }
  return { path, samples: await resample(samples, { fromHz: sampleRateHz, toHz: clipRateHz }) };
}
