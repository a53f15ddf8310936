/**
 * From data to verdict: read, encode, split, fit, evaluate, predict, save, load.
 *
 * @module
 */

export type { InputOf, TrainedEncoders } from "../branches/trained_branches.ts";
export type { Corpora, Failure } from "../study/corpora.ts";
export type { Exam, Verdicts } from "../study/job.ts";
export type { Config, DataConfig, TrainedSystem, Tuned } from "../study/settings.ts";
export type { Samples, Splits } from "../study/splits.ts";
export {
  type Dataset,
  readCorpora,
  type ReadCorporaOptions,
  type ReadOptions,
  readTable,
  type ReadTableOptions,
} from "./dataset.ts";
export { encode, type EncodedDataset, type EncodeOptions } from "./encode.ts";
export {
  type Estimate,
  evaluate,
  type EvaluatedRow,
  type EvaluatedScore,
  type EvaluateOptions,
  type Evaluation,
} from "./evaluate.ts";
export { fit, type FitOptions, type Model } from "./fit.ts";
export { predict, type Verdict } from "./predict.ts";
export {
  loadModel,
  type LoadOptions,
  type SavedModel,
  saveModel,
  type SaveOptions,
} from "./save.ts";
export { type DividedDataset, split, type SplitOptions } from "./split.ts";
