/** The low-level path of the audio: a log-mel spectrogram and prosody, computed, not learned. @module */

import { logMel } from "../signal/log_mel.ts";
import { prosody, prosodyColumns } from "../signal/prosody.ts";
import { clipExtent, windowSeconds } from "./clip_extent.ts";
import { type Clip, clipRateHz, type Encoder, type Features } from "./encoder.ts";
import { withOrigin } from "./encoder_origin.ts";
import { digestRecipe, type ModelOptions } from "./model_folder.ts";
import { assertSegments } from "./segments.ts";

// 160 frames at 25 ms cover 4 s; RAVDESS clips last 3.7 s on average. A window of two hops
// makes Hann windows overlap by half, and tells the narrow low bands apart.
const settings = {
  frames: 160,
  bands: 64,
  hopSeconds: 0.025,
  windowSeconds: 0.050,
  floor: 1e-10,
  // The speech encoder's window. What is longer is heard whole, by both.
  prosodySeconds: windowSeconds,
  version: 1,
} as const;

/**
 * An encoder without a network. Features of a clip:
 *
 * - `logMel [160, 64]`: {@linkcode logMel} of the first 4 s, a frame every 25 ms.
 *   Frame t begins at 25 t ms; what follows the clip is silence, so the frames
 *   of shorter clips end at the log of the floor, ln 10⁻¹⁰.
 * - `frameMask [160]`: 1 for frames that begin within the clip.
 * - `prosody [segments, 8]`: {@linkcode prosody} of the clip; 8 segments by default.
 *
 * Of a clip of more than 6 s the spectrogram is of all of it: each of its frames is the mean power
 * of k frames of 25 ms, k = ⌈frames / 160⌉ ({@linkcode framesAFrame}).
 *
 * Nothing is normalised here: training does it, by the statistics of its own part.
 */
export function spectralFeatures(
  { segments = 8 }: Pick<ModelOptions, "segments"> = {},
): Encoder<Clip> {
  assertSegments(segments);
  const { frames, bands } = settings;
  return withOrigin<Encoder<Clip>>({
    modality: "audio",
    id: "spectral",
    digest: digestRecipe("spectral", { segments, clipRateHz, ...settings }),
    longDigest: digestRecipe("spectral", { segments, clipRateHz, ...settings, whole: true }),
    inspect: clipExtent,
    shapes: {
      logMel: [frames, bands],
      frameMask: [frames],
      prosody: [segments, prosodyColumns.length],
    },
    encode: (clips) => Promise.resolve(clips.map((clip) => describe(clip, segments))),
    dispose: () => Promise.resolve(),
  }, { loader: "spectral", segments });
}

/** How many frames of 25 ms a frame of the spectrogram is of; 1 of clips up to 6 s. */
export function framesAFrame({ samples }: Pick<Clip, "samples">): number {
  const { frames, hopSeconds, prosodySeconds } = settings;
  if (samples.length <= prosodySeconds * clipRateHz) return 1;
  return Math.ceil(samples.length / (hopSeconds * clipRateHz) / frames);
}

function describe({ samples }: Clip, segments: number): Features {
  const { frames, bands, hopSeconds, windowSeconds, floor } = settings;
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
