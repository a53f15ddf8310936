/**
 * Our fusion: calibrated evidence of each modality, added up, and what a joint model adds to it.
 *
 * @module
 */

export { calibratedLateFusion } from "./calibrated_late_fusion.ts";
export {
  fitModalityEvidence,
  type ModalityEvidence,
  type ModalityEvidenceOptions,
  type ScorePrecision,
} from "./modality_evidence.ts";
export {
  residualFusion,
  residualFusionDefaults,
  type ResidualFusionOptions,
  residualTraining,
} from "./residual_fusion.ts";
export { fitTemperature, type JudgedEvidence, type Temperature } from "./temperature.ts";
export type { ClassTarget, ScoreTarget, Target } from "../target.ts";
