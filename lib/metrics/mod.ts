/**
 * Scores of labels and of scores, and the statistics on them: pure functions that know nothing of sentiment.
 *
 * @module
 */

export { accuracy, balancedAccuracy } from "./accuracy.ts";
export { averagePrecision } from "./average_precision.ts";
export {
  type BootstrapInterval,
  bootstrapInterval,
  type PairedBootstrap,
  pairedBootstrap,
  type Resampling,
  type RowStatistic,
} from "./bootstrap.ts";
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
export { fewestClusters, tooFew } from "./clusters.ts";
export { confusionMatrix } from "./confusion_matrix.ts";
export {
  type AucInterval,
  aucInterval,
  type DelongOptions,
  type DelongTest,
  delongTest,
} from "./delong.ts";
export {
  cohensD,
  cohensDz,
  cohensH,
  discordantOddsRatio,
  hedgesCorrection,
  type OddsRatio,
} from "./effect_size.ts";
export { holm } from "./holm.ts";
export { type IndependencePrediction, independencePrediction } from "./independence.ts";
export type { Interval } from "./interval.ts";
export type { Labels } from "./labels.ts";
export { matthewsCorrelation } from "./matthews_correlation.ts";
export {
  type Agreement,
  agreement,
  type Discordant,
  mcnemar,
  type McNemarTest,
} from "./mcnemar.ts";
export { type MeanAndDeviation, meanAndDeviation } from "./mean_and_deviation.ts";
export { mostSignFlips, type PairedTTest, pairedTTest, signFlipTest } from "./paired_seeds.ts";
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
export { isPositive, predictedClasses } from "./predicted_classes.ts";
export {
  type AccuracyInterval,
  accuracyInterval,
  smallestDifferenceIndependent,
  smallestDifferencePaired,
  type TestStrength,
} from "./resolution.ts";
export { aucRoc, type RocCurve, rocCurve, type RocCurveOptions, type Scored } from "./roc.ts";
export { type BinaryScores, scoreBinary, type ScoreBinaryOptions } from "./score_binary.ts";
export {
  areaUnderRiskCoverage,
  type CoverageCurve,
  coverageCurve,
} from "./selective_prediction.ts";
export type { PairedValues, TwoSystems } from "./two_systems.ts";
