/**
 * Networks that are trained from raw inputs: one branch per modality, their augmentation, and all of them jointly.
 *
 * @module
 */

export * from "./augment_image.ts";
export * from "./augment_speech.ts";
export * from "./augment_text.ts";
export * from "./branch.ts";
export * from "./clip_convolutions.ts";
export {
  imageBranch,
  imageBranchDefaults,
  type ImageBranchInputs,
  type ImageBranchParams,
  type ImageBranchSettings,
  initImageBranch,
  mirroredImageBranch,
  standardisedConvolution,
  type StandardisedConvolutionParams,
  trainedImage,
  zoomedImages,
} from "./image_branch.ts";
export * from "./joint.ts";
export * from "./pixel_features.ts";
export * from "./pooled_convolutions.ts";
export * from "./side_by_side.ts";
export * from "./speech_branch.ts";
export * from "./speech_spectrogram.ts";
export * from "./state_branch.ts";
export * from "./text_branch.ts";
export * from "./trained_branches.ts";
export * from "./trained_encoder.ts";
export * from "./word_features.ts";
