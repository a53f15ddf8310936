/**
 * Systems: what a problem is, how a network is fitted to it and asked, and the proposed model as one.
 *
 * @module
 */

export { type Batches, batches, type BatchSource, type BatchValues } from "./batches.ts";
export {
  applyStandardisation,
  type CorpusFeatures,
  type GatheredInputs,
  gatherInputs,
  inputSizes,
  type ModalityFeatures,
  type Standardisation,
  standardiseFeatures,
  type Table,
  tableOf,
} from "./features.ts";
export {
  type BatchSpecs,
  batchSpecs,
  type Group,
  type GroupShape,
  type GroupSpecs,
  type Mask,
  modalitiesIn,
  type NamedSpecs,
  type NamedTensors,
  type Network,
  objective,
  presenceColumns,
  type Reader,
  repeatViews,
  viewsOf,
} from "./network.ts";
export {
  compileInspector,
  compilePredictor,
  type Forward,
  type Predictor,
  type PredictorOptions,
  type Probabilities,
} from "./predict.ts";
export { proposed } from "./proposed.ts";
export { inputSpecs, proposedNetwork } from "./proposed_network.ts";
export {
  modelDefaults,
  type ModelSettings,
  type ProposedTraining,
  trainingDefaults,
} from "./settings.ts";
export type { Fitted, Head, Inspected, Problem, Rows, System, TrainedModel } from "./system.ts";
export { trained } from "./trained.ts";
