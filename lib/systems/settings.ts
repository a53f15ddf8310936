/** The settings of the proposed model and of its training, their defaults, and the checks of both. @module */

import * as checks from "../checks.ts";
import type { ModelConfig } from "../model/mod.ts";
import type { TrainConfig } from "../training/train.ts";

/** The model's settings that do not follow from the data. */
export type ModelSettings = Omit<ModelConfig, "inputs">;

/** Settings of a training run, and of the proposed model's loss. */
export interface ProposedTraining extends TrainConfig {
  /** Weight λ of the sentiment heads' losses. */
  readonly headWeight: number;
}

/** The checks of {@linkcode ProposedTraining}. */
export const trainingChecks: Readonly<Record<keyof ProposedTraining, checks.Check>> = {
  epochs: checks.whole(1),
  patience: checks.whole(1),
  batch: checks.whole(1),
  learningRate: checks.between(0, Infinity, { open: true }),
  warmup: checks.between(0, 1),
  weightDecay: checks.between(0, Infinity),
  clipNorm: checks.between(0, Infinity, { open: true }),
  clipValue: checks.between(0, Infinity, { open: true }),
  averaging: checks.between(0, 1, { open: true }),
  headWeight: checks.between(0, Infinity),
  modalityDropout: checks.between(0, 1, { open: true }),
};

/** The model of the tables. */
export const modelDefaults: ModelSettings = {
  width: 64,
  heads: 4,
  channels: [16, 32, 64],
  framePooling: 4,
  gate: "per feature",
  levels: { within: true, across: true, summaries: true },
  residual: true,
  fusionLayers: 2,
  dropout: 0.3,
};

/** The training of the tables. */
export const trainingDefaults: ProposedTraining = {
  epochs: 16,
  patience: 5,
  batch: 16,
  learningRate: 1e-3,
  warmup: 0.1,
  weightDecay: 0.05,
  clipNorm: 1,
  averaging: 0.98,
  headWeight: 1,
  modalityDropout: 0.3,
};
