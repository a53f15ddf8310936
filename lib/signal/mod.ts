/**
 * Sound: WAV files, sample rates, log-mel spectrograms and prosody.
 *
 * @module
 */

export * from "./decode_audio.ts";
export * from "./decode_wav.ts";
export * from "./encode_wav.ts";
export * from "./log_mel.ts";
export * from "./mfcc.ts";
export * from "./prosody.ts";
export * from "./resample.ts";
export type { DecodeOptions, Waveform } from "./waveform.ts";
