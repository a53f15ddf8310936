/**
 * A trained model on disk, and its verdicts on new samples.
 *
 * @module
 */

export * from "./check_values.ts";
export * from "./explain.ts";
export * from "./export_onnx.ts";
export * from "./exported_model.ts";
export {
  type InputEncoders,
  type InputEncodersOptions,
  openInputEncoders,
  type ReadSample,
  type ReadSamplesOptions,
  type SampleInput,
} from "./input_encoders.ts";
export * from "./judge.ts";
export * from "./met_samples.ts";
export * from "./model_card.ts";
export * from "./model_folder.ts";
export { trainingMetadata } from "./model_metadata.ts";
export { type OutlierCheck, type PooledMoments, shrunkenCovariance } from "./outlier_check.ts";
export {
  type OutlierDistance,
  type OutlierRecord,
  type OutlierRecords,
  type Reliability,
  reliabilityFile,
  reliabilityFromBytes,
  reliabilityToBytes,
} from "./reliability.ts";
export * from "./shapley.ts";
export {
  type CalibrationRecord,
  type CalibrationRecords,
  describeCalibration,
  type VerdictCalibration,
  type VerdictTemperature,
  type VerdictTemperatures,
} from "./verdict_temperature.ts";
export {
  type BySpeakerRecord,
  knownSpeaker,
  recordBySpeaker,
  speakersFile,
  speakersToBytes,
  type Spoken,
  spokenOf,
  type SpokenOptions,
} from "./speakers.ts";
export type { ClassTarget, ScoreTarget, Target } from "../target.ts";
export type { ClassScoreName, RegressionScoreName, ScoreName } from "./verdict_scores.ts";
