/**
 * Systems that a table compares with.
 *
 * @module
 */

export * from "./best_single.ts";
export type { Branches } from "./branches.ts";
export type { FeatureRows, LabelledRows, SparseRows } from "./feature_rows.ts";
export * from "./joined_vectors.ts";
export * from "./late_fusion.ts";
export type { MinimiseOptions } from "./lbfgs.ts";
export * from "./learnt_late_fusion.ts";
export * from "./linear_probe.ts";
export {
  chooseStrength,
  type ChosenRegression,
  fitLogisticRegression,
  type FitOptions,
  type LogisticRegression,
  type LogisticRegressionFit,
  predictProbability,
  type StrengthChoice,
  type StrengthTrial,
} from "./logistic_regression.ts";
export * from "./log_mel_cnn.ts";
export * from "./majority.ts";
export * from "./mfcc_regression.ts";
export type { ModalitySmoothingParams } from "./msfnet/modality_smoothing.ts";
export type { MultiChannelAttentionParams } from "./msfnet/multi_channel_attention.ts";
export type { PerceptronParams } from "./perceptron.ts";
export * from "./plain_cnn.ts";
export * from "./shuffled_labels.ts";
export * from "./shuffled_probes.ts";
export type { Seen } from "./single_classifier.ts";
export * from "./speech_regression.ts";
export {
  type ColumnMoments,
  columnMoments,
  fitLinearProbe,
  standardise,
} from "./standardised_regression.ts";
export { defaultStrengths, type Fit } from "./strengths.ts";
export * from "./tf_idf.ts";
export * from "./tf_idf_regression.ts";
export * from "./clip.ts";
export * from "./clip_bert.ts";
export * from "./concat_mlp.ts";
export * from "./concat_regression.ts";
export * from "./gated_fusion.ts";
export * from "./misa/mod.ts";
export * from "./msfnet.ts";
export type { ClassTarget, ScoreTarget, Target } from "../target.ts";
