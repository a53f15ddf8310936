/**
 * Networks that are trained from raw inputs: one branch per modality, their augmentation, and all of them jointly.
 *
 * @module
 */

export {
  augmentImages,
  coverImage,
  type ImageAugmentation,
  type ImageSize,
  placeImage,
  type Placement,
} from "./augment_image.ts";
export {
  augmentSpeech,
  changeVoice,
  type Spectrograms,
  type SpeechAugmentation,
  type Voice,
} from "./augment_speech.ts";
export { hideWords, type NumberedWords, type TextAugmentation } from "./augment_text.ts";
export {
  type Branch,
  branchNetwork,
  type BranchNetworkOptions,
  type BranchNetworkParams,
  type Classes,
  emotionClasses,
  learntClasses,
  polarityClasses,
  polarityLogits,
  threeClasses,
  withClassTable,
  withEmotionTables,
} from "./branch.ts";
export {
  clipConvolutions,
  type ClipConvolutionsParams,
  groupNorm,
  initClipConvolutions,
} from "./clip_convolutions.ts";
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
} from "./image_branch.ts";
export {
  type BranchDesign,
  branchParameters,
  jointNetwork,
  type JointOptions,
  type JointParams,
  jointSizes,
  scratchBranch,
  type ScratchBranchOptions,
  scratchModel,
  type ScratchModelOptions,
  type Target,
} from "./joint.ts";
export { pixelFeatures, resampleSquare } from "./pixel_features.ts";
export {
  initSpeechBranch,
  speechBranch,
  speechBranchDefaults,
  type SpeechBranchInputs,
  type SpeechBranchMasks,
  type SpeechBranchParams,
  type SpeechBranchSettings,
  type SpeechBranchSizes,
  trainedSpeech,
} from "./speech_branch.ts";
export {
  type SpectrogramSize,
  type SpeechSize,
  speechSize,
  speechSpectrogram,
} from "./speech_spectrogram.ts";
export {
  initTextBranch,
  textBranch,
  textBranchDefaults,
  type TextBranchInputs,
  type TextBranchParams,
  type TextBranchSettings,
  type TextBranchSizes,
  trainedText,
} from "./text_branch.ts";
export {
  type InputOf,
  loadTrainedBranch,
  loadTrainedEncoders,
  trainedBranches,
  type TrainedEncoders,
} from "./trained_branches.ts";
export {
  type BranchParts,
  loadTrainedEncoder,
  saveTrainedEncoder,
  type TrainedBranch,
  type TrainedEncoder,
  type TrainedEncoderFiles,
  trainedEncoderFiles,
  trainedEncoderNames,
} from "./trained_encoder.ts";
export {
  piecesOf,
  wordFeatures,
  wordIds,
  type WordSizes,
  wordSizes,
  wordsOf,
} from "./word_features.ts";
