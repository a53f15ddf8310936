/** From sound to what a network of speech takes, as its `preprocessor_config.json` says. @module */

import { whisperLogMel, type WhisperSpectrogram } from "../signal/whisper_log_mel.ts";

/** Of wav2vec 2.0, which takes the waveform, or of Whisper, which takes a spectrogram. */
export type SpeechPreparation =
  | { readonly takes: "waveform"; readonly normalise: boolean }
  | { readonly takes: "spectrogram"; readonly spectrogram: WhisperSpectrogram };

/**
 * Reads a `preprocessor_config.json`.
 *
 * @throws {RangeError} It is of another feature extractor.
 */
export function readSpeechPreparation(
  config: Readonly<Record<string, unknown>>,
  { model }: { readonly model: string },
): SpeechPreparation {
  const kind = config.feature_extractor_type;
  if (kind === "Wav2Vec2FeatureExtractor") {
    return { takes: "waveform", normalise: config.do_normalize !== false };
  }
  if (kind === "WhisperFeatureExtractor") {
    return { takes: "spectrogram", spectrogram: config as unknown as WhisperSpectrogram };
  }
  throw new RangeError(
    `Cannot prepare sound for ${model}: expected a Wav2Vec2FeatureExtractor or a ` +
      `WhisperFeatureExtractor in preprocessor_config.json, got ${JSON.stringify(kind)}`,
  );
}

/** A waveform of mean 0 and variance 1: (x − m) / √(σ² + 1e-7), as Transformers.js has it. */
export function normalisedWaveform(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, x) => sum + x, 0) / samples.length;
  const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / samples.length;
  const scale = Math.sqrt(variance + 1e-7);
  return samples.map((x) => (x - mean) / scale);
}

/** What the network takes of a window, by the name of its input, with its shape. */
export function speechInput(
  window: Float32Array,
  preparation: SpeechPreparation,
): { readonly name: string; readonly data: Float32Array; readonly dims: readonly number[] } {
  if (preparation.takes === "waveform") {
    return { name: "input_values", data: window, dims: [1, window.length] };
  }
  const { spectrogram } = preparation;
  const data = whisperLogMel(window, spectrogram);
  const bands = spectrogram.feature_size;
  return { name: "input_features", data, dims: [1, bands, data.length / bands] };
}
