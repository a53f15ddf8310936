/** Changes the sample rate of a waveform by a band-limited filter. @module */

import { speexResampler } from "../deps/speex_resampler.ts";
import { maxSampleRateHz } from "./waveform.ts";

// Of 0 to 10. On 3 s of sound, 48 kHz to 16 kHz, 7 is within 2e-6 of the true sine in 6 ms;
// 10 is within 1e-7 in 18 ms, which no feature here can tell.
const quality = 7;

// The filter grows with the factor: at 768 kHz to 1 Hz it has 60 million taps.
const largestFactor = 256;

/**
 * The same sound at another rate: `ceil(n · toHz / fromHz)` samples, the first at
 * the time of the first. What lies above half the lower rate is filtered out
 * (a polyphase Kaiser-windowed sinc, the Speex resampler; cutoff at 0.94 of that half).
 * Beyond its ends the sound is taken to be silent.
 *
 * @throws {RangeError} A rate is not an integer from 1 to 768,000, `fromHz` is more than 256 times
 * `toHz`, or the result is larger than memory.
 */
export async function resample(
  samples: Float32Array,
  { fromHz, toHz }: { readonly fromHz: number; readonly toHz: number },
): Promise<Float32Array> {
  assertRates({ fromHz, toHz });
  if (fromHz === toHz || samples.length === 0) return samples.slice();
  const speex = await speexResampler();
  const state = speex._speex_resampler_init(1, fromHz, toHz, quality, 0);
  // The filter looks ahead: the last outputs need this many zeros after the last input.
  const inputLength = samples.length + speex._speex_resampler_get_input_latency(state);
  const outputLength = Math.ceil(samples.length * toHz / fromHz);
  const lengthBytes = 8;
  const wanted = [4 * inputLength, 4 * outputLength, lengthBytes];
  const pointers = wanted.map((bytes) => bytes < 2 ** 31 ? speex._malloc(bytes) : 0);
  const [input, output, lengths] = pointers as [number, number, number];
  try {
    if (pointers.includes(0)) {
      throw new RangeError(
        `Cannot resample: expected sound that fits into memory, got ${outputLength} samples`,
      );
    }
    speex._speex_resampler_skip_zeros(state);
    speex.HEAPF32.fill(0, input / 4, input / 4 + inputLength).set(samples, input / 4);
    speex.HEAPU32.set([inputLength, outputLength], lengths / 4);
    speex._speex_resampler_process_float(state, 0, input, lengths, output, lengths + 4);
    return speex.HEAPF32.slice(output / 4, output / 4 + speex.HEAPU32[lengths / 4 + 1]!);
  } finally {
    speex._speex_resampler_destroy(state);
    pointers.forEach(speex._free);
  }
}

function assertRates(rates: { readonly fromHz: number; readonly toHz: number }): void {
  for (const rate of Object.values(rates)) {
    if (!Number.isInteger(rate) || rate < 1 || rate > maxSampleRateHz) {
      throw new RangeError(
        `Cannot resample: expected rates in whole Hz from 1 to ${maxSampleRateHz}, got ${rate}`,
      );
    }
  }
  const { fromHz, toHz } = rates;
  if (fromHz > largestFactor * toHz) {
    throw new RangeError(
      `Cannot resample: expected at least a ${largestFactor}th of the rate, got ${fromHz} Hz to ${toHz} Hz`,
    );
  }
}
