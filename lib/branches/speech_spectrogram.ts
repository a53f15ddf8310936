/** Speech as a network learns it from nothing: the log-mel spectrogram of what a clip says. @module */

import { type Clip, clipRateHz, type Encoder } from "../encoders/encoder.ts";
import { digestRecipe } from "../encoders/model_folder.ts";
import {
  speechDescription,
  speechExtent,
  speechSettings,
  speechSize,
} from "./speech_description.ts";

export { type SpectrogramSize, type SpeechSize, speechSize } from "./speech_description.ts";

/**
 * A raw-input encoder: it computes, and what is to be learnt is left to the
 * branch that reads it. Features of a clip without the silence around it
 * ({@linkcode trimSilence}), the first 2.4 s:
 *
 * - `speech [96, 48]`: its {@linkcode logMel}, a frame every 25 ms. Frames after the end are 0.
 * - `speechFrames []`: how many of the frames are the clip.
 * - `speechProsody [8, 8]`: {@linkcode prosody} of eight equal parts.
 * - `speechSummary [1, 69]`: {@linkcode mfccStatistics} of 13 coefficients, mean and deviation
 *   of the prosody over the parts, and the number of frames.
 *
 * Silence is cut since it says when a microphone was switched on, and costs as much as
 * speech. Nothing is normalised here: training does it, by the statistics of its own part.
 */
export function speechSpectrogram(): Encoder<Clip> {
  const { frames, bands, segments, prosody, summary } = speechSize;
  return {
    modality: "audio",
    id: "speech spectrogram",
    digest: digestRecipe("speech spectrogram", { clipRateHz, ...speechSettings }),
    inspect: speechExtent,
    shapes: {
      speech: [frames, bands],
      speechFrames: [],
      speechProsody: [segments, prosody],
      speechSummary: [1, summary],
    },
    encode: (clips) => Promise.resolve(clips.map(speechDescription)),
    dispose: () => Promise.resolve(),
  };
}
