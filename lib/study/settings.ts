/** The settings of every experiment. A variant is a spread of these. @module */

import * as checks from "../checks.ts";
import type { TrainConfig } from "../training/train.ts";
import {
  modelDefaults,
  type ModelSettings,
  type ProposedTraining,
  trainingDefaults,
} from "../systems/settings.ts";

/** The systems that learn by gradient descent: each is tuned by the same number of trials. */
export const trainedSystems: readonly TrainedSystem[] = [
  "Proposed",
  "MISA",
  "MSFNet (adaptation)",
  "CLIP+BERT",
  "Concatenation MLP",
];

/** One of {@linkcode trainedSystems}. */
export type TrainedSystem =
  | "Proposed"
  | "MISA"
  | "MSFNet (adaptation)"
  | "CLIP+BERT"
  | "Concatenation MLP";

/** How a tuned system's training differs from the configuration's. */
export type Tuned = Partial<Pick<TrainConfig, "learningRate">>;

/** Everything that decides a result, apart from the data and the seed. */
export interface Config {
  /** Of the proposed model. */
  readonly model: ModelSettings;
  /** Of every system that trains by gradient descent. */
  readonly training: ProposedTraining;
  /** What tuning chose for each trained system; what it leaves out is as in `training`. */
  readonly tuned: { readonly [S in TrainedSystem]?: Tuned };
  /** Which samples, and how divided. */
  readonly data: DataConfig;
  /** Whether experiments try every variant; otherwise one of each kind. */
  readonly thorough: boolean;
}

/** Which samples are used, and how they are divided. */
export interface DataConfig {
  /** Most samples of a modality, half of each polarity, or `none` for all; the paper's 10,000. */
  readonly cap: number | "none";
  /**
   * Whether samples are drawn as frequent as their classes are, and each class counts alike in
   * training; of rows, which are always as frequent as they are, the latter. Absent if not.
   */
  readonly unbalanced?: boolean;
  /** The paper's 2,000 of 10,000. */
  readonly testFraction: number;
  /** Carved from the paper's 8,000; the paper mentions no validation part. */
  readonly validationFraction: number;
}

/** Most samples of a modality, as a number. */
export function capOf({ cap }: Pick<DataConfig, "cap">): number {
  return cap === "none" ? Infinity : cap;
}

const fraction = checks.between(0, 1, { open: true });

/** The checks of {@linkcode DataConfig}. */
export const dataChecks: Readonly<Record<keyof DataConfig, checks.Check>> = {
  cap: (value, name) => value === "none" || checks.whole(2)(value, name),
  unbalanced: checks.flag,
  testFraction: fraction,
  validationFraction: fraction,
};

/** The setting of the tables. */
export const defaults: Config = {
  model: modelDefaults,
  training: trainingDefaults,
  // By `deno task reproduce tuning` on the embedded corpus; docs/tuning.md has every trial.
  tuned: {
    "Proposed": { learningRate: 1e-3 },
    "MISA": { learningRate: 5e-4 },
    "MSFNet (adaptation)": { learningRate: 3e-3 },
    "CLIP+BERT": { learningRate: 3e-3 },
    "Concatenation MLP": { learningRate: 3e-3 },
  },
  // The paper's 10,000 and 2,000 (Data section); 1,000 of its 8,000 to choose by is our choice.
  data: { cap: 10_000, testFraction: 0.2, validationFraction: 0.1 },
  thorough: true,
};

/**
 * Small, but enough to learn from the small embedded corpus; of `train --quick` and the notebooks.
 * Not tuned.
 */
export const quick: Config = {
  ...defaults,
  training: { ...defaults.training, epochs: 12 },
  thorough: false,
};

/** Of `reproduce --quick`: every experiment runs in a few minutes; its scores mean nothing. */
export const smoke: Config = { ...quick, training: { ...quick.training, epochs: 2 } };
