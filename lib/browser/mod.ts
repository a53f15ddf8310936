/**
 * A trained model in a browser: text, pixels and sound to a verdict with its reasons, by the
 * arithmetic of `predict`.
 *
 * The page brings what runs ONNX graphs, such as onnxruntime-web, and the files. Nothing here asks for
 * Deno, for modules of Node, or for anything over a network.
 *
 * @module
 */

export type { Pixels } from "../encoders/decode_image.ts";
export type { Clip } from "../encoders/encoder.ts";
export type { ImagePreparation, Size } from "../encoders/image_input.ts";
export type { SpeechPreparation } from "../encoders/prepare_speech.ts";
export type { Fed, GraphSession } from "../inference/run_exported.ts";
export type { WhisperSpectrogram } from "../signal/whisper_log_mel.ts";
export { clipOf } from "../encoders/decode_clip.ts";
export * from "./decode_picture.ts";
export * from "./decode_sound.ts";
export * from "./graph.ts";
export * from "./page_judge.ts";
export * from "./page_model.ts";
export type { EncodedInput, PagePlaces, SampleEncoders } from "./sample_encoders.ts";
export { openSampleEncoders } from "./sample_encoders.ts";
