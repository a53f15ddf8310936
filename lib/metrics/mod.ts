/**
 * Scores of labels and of scores, and the statistics on them: pure functions that know nothing of
 * sentiment.
 *
 * @module
 */

export * from "./accuracy.ts";
export * from "./auc_one_vs_rest.ts";
export * from "./average_precision.ts";
export * from "./bootstrap.ts";
export {
  applyTemperature,
  binaryLogLoss,
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  type ReliabilityBin,
  reliabilityBins,
  type ReliabilityOptions,
} from "./calibration.ts";
export * from "./calibration_line.ts";
export * from "./class_calibration.ts";
export {
  type ClassProbabilities,
  mostProbableClasses,
  type Probabilities,
} from "./class_probabilities.ts";
export * from "./clusters.ts";
export * from "./confusion_matrix.ts";
export * from "./correlation.ts";
export * from "./delong.ts";
export * from "./effect_size.ts";
export * from "./expanded_level.ts";
export * from "./holm.ts";
export * from "./independence.ts";
export type { Interval } from "./interval.ts";
export type { Labels } from "./labels.ts";
export * from "./log_loss.ts";
export * from "./matthews_correlation.ts";
export {
  type Agreement,
  agreement,
  type Discordant,
  mcnemar,
  type McNemarTest,
} from "./mcnemar.ts";
export * from "./mean_absolute_error.ts";
export * from "./mean_and_deviation.ts";
export * from "./modality_equity.ts";
export * from "./modality_learning.ts";
export * from "./paired_seeds.ts";
export * from "./precision_recall_f1.ts";
export * from "./predicted_classes.ts";
export * from "./resolution.ts";
export * from "./roc.ts";
export * from "./score_accuracy.ts";
export * from "./score_binary.ts";
export * from "./score_classes.ts";
export { cutLabels, roundedLabels } from "./score_labels.ts";
export type { ScorePairs } from "./score_pairs.ts";
export * from "./score_regression.ts";
export * from "./selective_prediction.ts";
export type { PairedValues, TwoSystems } from "./two_systems.ts";
