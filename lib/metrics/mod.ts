/** Scores of labels and of scores: pure functions that know nothing of sentiment. @module */

export { accuracy, balancedAccuracy } from "./accuracy.ts";
export { confusionMatrix } from "./confusion_matrix.ts";
export type { Labels } from "./labels.ts";
export { matthewsCorrelation } from "./matthews_correlation.ts";
export { type MeanAndDeviation, meanAndDeviation } from "./mean_and_deviation.ts";
export {
  type ClassScore,
  classScores,
  f1Binary,
  f1Macro,
  f1Weighted,
  precisionBinary,
  precisionMacro,
  precisionWeighted,
  recallBinary,
  recallMacro,
  recallWeighted,
} from "./precision_recall_f1.ts";
export { aucRoc, type RocCurve, rocCurve, type RocCurveOptions, type Scored } from "./roc.ts";
export { type BinaryScores, scoreBinary, type ScoreBinaryOptions } from "./score_binary.ts";
