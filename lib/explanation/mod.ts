/**
 * Why a verdict is what it is: by segment, word, cell and tile, and whether that is to be believed.
 *
 * @module
 */

export * from "./additive_projection.ts";
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
export * from "./explained_page.ts";
export * from "./explainer.ts";
export { gradientTimesInput, integratedGradients, type RowScore } from "./gradients.ts";
export * from "./masked_model.ts";
export * from "./load_word_cutter.ts";
export { occlusion } from "./occlusion.ts";
export * from "./read_sample.ts";
export type { AudioPart, ImagePart } from "./input_sections.ts";
export * from "./sample_page.ts";
export * from "./standardise_sample.ts";
export { defaultTiles, type SegmentPlace, type TileGrid } from "./units.ts";
export {
  spreadOverWords,
  trainedParts,
  wholeMessage,
  type Word,
  type WordCutter,
  type WordScore,
} from "./words.ts";
