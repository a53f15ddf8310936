/** The proposed model as a system. @module */

import type { ModelConfig } from "../model/mod.ts";
import { inputSizes } from "./features.ts";
import { proposedNetwork } from "./proposed_network.ts";
import type { System } from "./system.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import { trained } from "./trained.ts";

/** The model's settings that do not follow from the data. */
export type ModelSettings = Omit<ModelConfig, "inputs">;

/** Settings of a training run, and of the proposed model's loss. */
export interface ProposedTraining extends TrainConfig {
  /** Weight λ of the sentiment heads' losses. */
  readonly headWeight: number;
}

/**
 * The proposed model as a system: its sizes are read off the features, its loss is that of
 * {@linkcode proposedNetwork}, and {@linkcode trained} fits it and keeps the best epoch. The paper
 * gives no settings of training.
 */
export function proposed(
  settings: ModelSettings,
  training: ProposedTraining,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  return trained(
    "Proposed",
    (features) => proposedNetwork({ ...settings, inputs: inputSizes(features) }, training),
    training,
    options,
  );
}
