/**
 * From data to verdict: read, encode, split, fit, evaluate, predict, save, load.
 *
 * @module
 */

export type { InputOf } from "../encoders/encoder.ts";
export type { Estimate, ScoreName } from "../inference/verdict_scores.ts";
export type { TrainedEncoders } from "../branches/trained_branches.ts";
export type { Corpora, Extents, Failure, Transforms } from "../study/corpora.ts";
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
export * from "./encode.ts";
export * from "./evaluate.ts";
export * from "./features.ts";
export * from "./explain.ts";
export * from "./fit.ts";
export { predict, type PredictOptions, type Verdict } from "./predict.ts";
export * from "./save.ts";
export * from "./split.ts";
export type { ClassTarget, ScoreTarget, Target } from "../target.ts";
