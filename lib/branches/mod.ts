/**
 * Networks that are trained from raw inputs: one branch per modality, their augmentation, and all of them jointly.
 *
 * @module
 */

export type { ImageAugmentation } from "./augment_image.ts";
export type { SpeechAugmentation } from "./augment_speech.ts";
export type { TextAugmentation } from "./augment_text.ts";
export * from "./branch.ts";
export type { ClipConvolutionsParams } from "./clip_convolutions.ts";
export * from "./image_branch.ts";
export * from "./joint.ts";
export * from "./speech_branch.ts";
export type { SpectrogramSize, SpeechSize } from "./speech_spectrogram.ts";
export * from "./text_branch.ts";
export * from "./trained_encoder.ts";
export type { WordSizes } from "./word_features.ts";
