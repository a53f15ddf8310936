/**
 * Systems that a table compares with.
 *
 * @module
 */

export { bestSingle } from "./best_single.ts";
export type { Branches } from "./branches.ts";
export type { FeatureRows, SparseRows } from "./feature_rows.ts";
export {
  initJoinedVectors,
  joinedVectorsNetwork,
  type JoinedVectorsParams,
  type JoinedVectorsSettings,
  joinVectors,
  type VectorSource,
} from "./joined_vectors.ts";
export { lateFusion, type LateFusionOptions } from "./late_fusion.ts";
export type { MinimiseOptions } from "./lbfgs.ts";
export { learntLateFusion } from "./learnt_late_fusion.ts";
export {
  type ColumnMoments,
  columnMoments,
  fitLinearProbe,
  linearProbe,
  standardise,
} from "./linear_probe.ts";
export {
  chooseStrength,
  type ChosenRegression,
  defaultStrengths,
  fitLogisticRegression,
  type FitOptions,
  type LabelledRows,
  type LogisticRegression,
  type LogisticRegressionFit,
  predictProbability,
  type StrengthChoice,
  type StrengthTrial,
} from "./logistic_regression.ts";
export { logMelBranch, logMelCnn, logMelCnnTraining } from "./log_mel_cnn.ts";
export { fitMajority, type Majority, majority } from "./majority.ts";
export { mfccRegression } from "./mfcc_regression.ts";
export type { ModalitySmoothingParams } from "./msfnet/modality_smoothing.ts";
export type { MultiChannelAttentionParams } from "./msfnet/multi_channel_attention.ts";
export type { PerceptronParams } from "./perceptron.ts";
export { plainCnn, plainCnnBranch, type PlainCnnParams, plainCnnTraining } from "./plain_cnn.ts";
export { shuffledLabels } from "./shuffled_labels.ts";
export type { Seen } from "./single_classifier.ts";
export { fitTfIdf, termsOf, type TfIdf, type TfIdfOptions, tfIdfRows } from "./tf_idf.ts";
export { speechRegression } from "./speech_regression.ts";
export { tfIdfRegression, wordRegression } from "./tf_idf_regression.ts";
export {
  clipProbe,
  clipZeroShot,
  type PolarityPrompts,
  type ZeroShotPrompts,
  zeroShotPrompts,
} from "./clip.ts";
export {
  clipBert,
  clipBertDefaults,
  type ClipBertInputs,
  clipBertInputs,
  clipBertNetwork,
} from "./clip_bert.ts";
export { concatMlp, concatMlpDefaults, concatMlpNetwork } from "./concat_mlp.ts";
export * from "./misa/mod.ts";
export {
  initMsfnet,
  msfnet,
  type MsfnetConfig,
  msfnetDefaults,
  msfnetForward,
  msfnetNetwork,
  type MsfnetParams,
  type MsfnetSettings,
} from "./msfnet.ts";
