/** What is computed of a clip without a network: its log-mel spectrogram and its prosody. @module */

import { logMel } from "../signal/log_mel.ts";
import { prosody } from "../signal/prosody.ts";
import { windowSeconds } from "./clip_extent.ts";
import { type Clip, clipRateHz, type Features } from "./encoder.ts";

/** How sound is cut and weighed. */
// 160 frames at 25 ms cover 4 s; RAVDESS clips last 3.7 s on average. A window of two hops
// makes Hann windows overlap by half, and tells the narrow low bands apart.
export const spectralSettings = {
  frames: 160,
  bands: 64,
  hopSeconds: 0.025,
  windowSeconds: 0.050,
  floor: 1e-10,
  // The speech encoder's window. What is longer is heard whole, by both.
  prosodySeconds: windowSeconds,
  version: 1,
} as const;

/** How many frames of 25 ms a frame of the spectrogram is of; 1 of clips up to 6 s. */
export function framesAFrame({ samples }: Pick<Clip, "samples">): number {
  const { frames, hopSeconds, prosodySeconds } = spectralSettings;
  if (samples.length <= prosodySeconds * clipRateHz) return 1;
  return Math.ceil(samples.length / (hopSeconds * clipRateHz) / frames);
}

/** `logMel [160, 64]`, `frameMask [160]` and `prosody [segments, 8]` of a clip, as `spectralFeatures` has them. */
export function spectralDescription(
  { samples }: Pick<Clip, "samples">,
  { segments }: { readonly segments: number },
): Features {
  const { frames, bands, hopSeconds, windowSeconds, floor } = spectralSettings;
  const hop = hopSeconds * clipRateHz;
  const merged = framesAFrame({ samples });
  const begun = Math.min(merged * frames, Math.ceil(samples.length / hop));
  // As long as the frames that begin within the clip.
  const padded = new Float32Array((begun - 1) * hop + windowSeconds * clipRateHz);
  padded.set(samples.subarray(0, padded.length));
  const { data } = logMel(padded, { bands, hopSeconds, windowSeconds, floor });
  const spectrogram = new Float32Array(frames * bands).fill(Math.log(floor));
  spectrogram.set(merged === 1 ? data : meanPowers(data, { merged, bands }));
  return {
    logMel: spectrogram,
    frameMask: new Float32Array(frames).fill(1, 0, Math.ceil(begun / merged)),
    prosody: prosody(samples, { segments }).data,
  };
}

/** Each run of `merged` frames as one, the last run may be shorter: ln of the mean of exp. */
function meanPowers(
  logMel: Float32Array,
  { merged, bands }: { readonly merged: number; readonly bands: number },
): Float32Array {
  const frames = logMel.length / bands;
  const means = new Float32Array(Math.ceil(frames / merged) * bands);
  for (let start = 0, row = 0; start < frames; start += merged, row++) {
    const end = Math.min(start + merged, frames);
    for (let b = 0; b < bands; b++) {
      let power = 0;
      for (let t = start; t < end; t++) power += Math.exp(logMel[t * bands + b]!);
      means[row * bands + b] = Math.log(power / (end - start));
    }
  }
  return means;
}
