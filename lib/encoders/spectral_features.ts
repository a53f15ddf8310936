/** The low-level path of the audio: a log-mel spectrogram and prosody, computed, not learned. @module */

import { prosodyColumns } from "../signal/prosody.ts";
import { clipExtent } from "./clip_extent.ts";
import { type Clip, clipRateHz, type Encoder } from "./encoder.ts";
import { withOrigin } from "./encoder_origin.ts";
import { digestRecipe, type ModelOptions } from "./model_folder.ts";
import { assertSegments } from "./segments.ts";
import { spectralDescription, spectralSettings as settings } from "./spectral_description.ts";

export { framesAFrame } from "./spectral_description.ts";

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
    encode: (clips) =>
      Promise.resolve(clips.map((clip) => spectralDescription(clip, { segments }))),
    dispose: () => Promise.resolve(),
  }, { loader: "spectral", segments });
}
