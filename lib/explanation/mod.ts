/**
 * Why a verdict is what it is: by segment, word, cell and tile, and whether that is to be believed.
 *
 * @module
 */

export {
  type Attribution,
  type Attributor,
  compileAttributor,
  completenessError,
  completenessTolerance,
  type GradientMethod,
  sumOfAttributions,
} from "./attributor.ts";
export {
  type Deletion,
  deletionCurves,
  deletionInsertion,
  type Faithfulness,
  faithfulness,
  type FaithfulnessVerdict,
  faithfulnessVerdict,
  type PartsProbability,
  type RandomDeletion,
  resampledCurve,
} from "./deletion.ts";
export { explainedPage, type PageWords, type RawSample } from "./explained_page.ts";
export {
  type DeletionTest,
  type ExplainedParts,
  type Explainer,
  type ExplanationMethod,
  openExplainer,
  type PartScores,
  type SampleExplanation,
} from "./explainer.ts";
export { gradientTimesInput, integratedGradients, type RowScore } from "./gradients.ts";
export { compileMaskedModel, type Hiding, type MaskedModel } from "./masked_model.ts";
export { occlusion } from "./occlusion.ts";
export { readSample } from "./read_sample.ts";
export { type AudioPart, type ImagePart, type SamplePage, samplePage } from "./sample_page.ts";
export { standardiseSample } from "./standardise_sample.ts";
export { defaultTiles, type SegmentPlace, type TileGrid } from "./units.ts";
export {
  loadWordCutter,
  spreadOverWords,
  type TokenizerPlace,
  trainedParts,
  wholeMessage,
  type Word,
  type WordCutter,
  type WordScore,
} from "./words.ts";
