/** The baseline MISA. @module */

export { centralMomentDiscrepancy, differenceLoss, reconstructionLoss } from "./losses.ts";
export {
  initMisa,
  type MisaConfig,
  misaForward,
  type MisaOutputs,
  type MisaParams,
  type MisaSubspaces,
  type PerModality,
} from "./model.ts";
export {
  misa,
  misaDefaults,
  type MisaLosses,
  misaLosses,
  misaNetwork,
  type MisaTraining,
  misaTraining,
  type MisaWeights,
  misaWeights,
} from "./network.ts";
export {
  bidirectionalLstm,
  type BidirectionalLstmParams,
  initBidirectionalLstm,
  initRecurrentEncoder,
  recurrentEncoder,
  type RecurrentEncoderParams,
} from "./recurrent_encoder.ts";
export {
  initTransformerLayer,
  type TransformerKeep,
  transformerLayer,
  type TransformerLayerParams,
} from "./transformer_layer.ts";
