/** A clip's spectrogram drawn as a picture, for encoders that see and do not hear. @module */

import { logMel } from "../signal/log_mel.ts";
import type { Pixels } from "./decode_image.ts";
import { type Clip, clipRateHz } from "./encoder.ts";
import { gridMeans } from "./segments.ts";

/** What decides a picture beside the clip and the size; part of the digest of what is made from it. */
export const spectrogramSettings = {
  // Bands, frames and hop are those of the spectral path: 160 frames of 25 ms cover 4 s.
  bands: 64,
  frames: 160,
  hopSeconds: 0.025,
  windowSeconds: 0.050,
  // ln 10⁻⁶ is the noise of a quiet room, ln 10⁴ a loud voice close to full scale.
  lowest: Math.log(1e-6),
  highest: Math.log(1e4),
  // Log-mel units from grey to full colour: a change of 20 dB from a frame or band to the next.
  slope: Math.log(100),
  version: 1,
} as const;

/**
 * The log-mel spectrogram of the first 4 s as an RGB picture of `size` by `size` pixels: time
 * runs to the right, pitch upwards, and silence follows the clip.
 *
 *     red[t, b]   = 255 (S[t, b] - ln 10⁻⁶) / (ln 10⁴ - ln 10⁻⁶)      how loud
 *     green[t, b] = 127.5 (1 + (S[t, b] - S[t - 1, b]) / ln 100)       how it changes in time
 *     blue[t, b]  = 127.5 (1 + (S[t, b] - S[t, b - 1]) / ln 100)       and in pitch
 *
 * S is not below its lowest value. All are cut off at 0 and 255, and averaged over the cells of a grid of `size` by
 * `size`. The scale is fixed, so that a loud clip is a bright picture. How speech may be
 * shown to CLIP, the paper does not say; the three channels are ours.
 *
 * @throws {RangeError} The clip is empty.
 */
export function spectrogramPicture({ path, samples }: Clip, size: number): Pixels {
  if (samples.length === 0) {
    throw new RangeError(`Cannot draw "${path}": expected a clip with samples, got none`);
  }
  const { bands, frames, hopSeconds, windowSeconds, lowest, highest, slope } = spectrogramSettings;
  const padded = new Float32Array(((frames - 1) * hopSeconds + windowSeconds) * clipRateHz);
  padded.set(samples.subarray(0, padded.length));
  const floor = Math.exp(lowest);
  const { data: level } = logMel(padded, { bands, hopSeconds, windowSeconds, floor });
  const at = (t: number, b: number) => level[Math.max(0, t) * bands + Math.max(0, b)]!;
  const channels = [
    (t: number, b: number) => 255 * (at(t, b) - lowest) / (highest - lowest),
    (t: number, b: number) => 127.5 * (1 + (at(t, b) - at(t - 1, b)) / slope),
    (t: number, b: number) => 127.5 * (1 + (at(t, b) - at(t, b - 1)) / slope),
  ];
  const map = new Float32Array(channels.length * bands * frames);
  channels.forEach((value, c) => {
    for (let b = 0; b < bands; b++) {
      for (let t = 0; t < frames; t++) {
        const row = bands - 1 - b; // The first row of a picture is its top.
        map[(c * bands + row) * frames + t] = Math.min(255, Math.max(0, value(t, b)));
      }
    }
  });
  const grid = { data: map, channels: channels.length, height: bands, width: frames };
  const { states } = gridMeans(grid, size * size);
  return { data: Uint8ClampedArray.from(states!), width: size, height: size };
}
