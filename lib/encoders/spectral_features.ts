/** The low-level path of the audio: a log-mel spectrogram and prosody, computed, not learned. @module */

import { logMel } from "../signal/log_mel.ts";
import { prosody, prosodyColumns } from "../signal/prosody.ts";
import { type Clip, clipRateHz, type Encoder, type Features } from "./encoder.ts";
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
  // As long as the speech encoder listens, so that its segments and these are of the same time.
  prosodySeconds: 6,
  version: 1,
} as const;

/**
 * An encoder without a network. Features of a clip:
 *
 * - `logMel [160, 64]`: {@linkcode logMel} of the first 4 s, a frame every 25 ms.
 *   Frame t begins at 25 t ms; what follows the clip is silence, so the frames
 *   of shorter clips end at the log of the floor, ln 10⁻¹⁰.
 * - `frameMask [160]`: 1 for frames that begin within the clip.
 * - `prosody [segments, 8]`: {@linkcode prosody} of the first 6 s; 8 segments by default.
 *
 * Nothing is normalised here: training does it, by the statistics of its own part.
 */
export function spectralFeatures(
  { segments = 8 }: Pick<ModelOptions, "segments"> = {},
): Encoder<Clip> {
  assertSegments(segments);
  const { frames, bands } = settings;
  return {
    modality: "audio",
    id: "spectral",
    digest: digestRecipe("spectral", { segments, clipRateHz, ...settings }),
    shapes: {
      logMel: [frames, bands],
      frameMask: [frames],
      prosody: [segments, prosodyColumns.length],
    },
    encode: (clips) => Promise.resolve(clips.map((clip) => describe(clip, segments))),
    dispose: () => Promise.resolve(),
  };
}

function describe({ samples }: Clip, segments: number): Features {
  const { frames, bands, hopSeconds, windowSeconds, floor, prosodySeconds } = settings;
  const hop = hopSeconds * clipRateHz;
  const begun = Math.min(frames, Math.ceil(samples.length / hop));
  // As long as the frames that begin within the clip.
  const padded = new Float32Array((begun - 1) * hop + windowSeconds * clipRateHz);
  padded.set(samples.subarray(0, padded.length));
  const spectrogram = new Float32Array(frames * bands).fill(Math.log(floor));
  spectrogram.set(logMel(padded, { bands, hopSeconds, windowSeconds, floor }).data);
  return {
    logMel: spectrogram,
    frameMask: new Float32Array(frames).fill(1, 0, begun),
    prosody: prosody(samples.subarray(0, prosodySeconds * clipRateHz), { segments }).data,
  };
}
