/** The fourth step: a system fitted on the training part, its epoch or strength chosen on validation. @module */

import * as checks from "../checks.ts";
import { type ExecutorChoice, executorChoices } from "../compile/mod.ts";
import { type PairingProtocol, pairingProtocols } from "../datasets/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { modelChecks } from "../model/config.ts";
import { fold, key } from "../random/mod.ts";
import { type Config, defaults } from "../study/settings.ts";
import {
  type RowSystem,
  rowSystems,
  systemOf,
  systems,
  type TableSystem,
} from "../study/systems.ts";
import { type ModelSettings, type ProposedTraining, trainingChecks } from "../systems/settings.ts";
import type { Fitted, System } from "../systems/system.ts";
import { otherThanPolarities } from "../target.ts";
import type { Checkpoints, Epoch, TrainProgress } from "../training/train.ts";
import type { EncodedDataset } from "./encode.ts";
import { type DividedDataset, split as divide } from "./split.ts";

/** How a system is fitted. */
export interface FitOptions {
  /** The parts; those of {@linkcode divide} with this seed by default. */
  readonly split?: DividedDataset;
  /** Of initial parameters and batches; that of the split, or 1, by default. */
  readonly seed?: number;
  /** The only modality to be learnt; all that the data have by default. */
  readonly modality?: Modality;
  /**
   * How samples are put together: `natural`, the rows of a table as they are, the default where there
   * are such; `label`, three samples of one label, the default of corpora that share none; `single`,
   * each modality alone, the default with `modality`; `random`, three samples of their own labels.
   */
  readonly protocol?: PairingProtocol;
  /** In place of {@linkcode defaults}, of systems that are named: settings of the model. */
  readonly model?: Partial<ModelSettings>;
  /** Likewise settings of the training. */
  readonly training?: Partial<ProposedTraining>;
  /**
   * Whether each class counts alike, however many samples it has: networks weigh their loss by inverse
   * frequency, other named systems move their threshold. No by default; triples that are drawn by label
   * need neither.
   */
  readonly classesAlike?: boolean;
  /** Called after each epoch of a system that has some. */
  readonly onEpoch?: (epoch: Epoch, progress: TrainProgress) => void;
  /** Where a named system's training goes on from, and what it keeps. */
  readonly checkpoints?: Checkpoints;
  /** What executes a named system's graphs, as `compile()` has it; ONNX Runtime by default. */
  readonly executor?: ExecutorChoice;
}

/** A fitted system, with what it was fitted on. */
export interface Model {
  /** The system's name. */
  readonly system: string;
  /** What it has learnt. */
  readonly fitted: Fitted;
  /** What it was fitted on, and is evaluated on. */
  readonly data: EncodedDataset;
  /** The parts of the data. */
  readonly split: DividedDataset;
  /** How samples were put together. */
  readonly protocol: PairingProtocol;
  /** The modalities that it has learnt. */
  readonly present: readonly Modality[];
  /** What initial parameters and batches were drawn from. */
  readonly seed: number;
  /** Frees what was compiled. */
  dispose(): Promise<void>;
}

const optionChecks = checks.record({
  split: checks.anything,
  seed: checks.whole(0),
  modality: checks.choice(modalities),
  protocol: checks.choice([...pairingProtocols, "natural"]),
  model: checks.record(modelChecks, { optional: "all" }),
  training: checks.record(trainingChecks, { optional: "all" }),
  classesAlike: checks.flag,
  executor: checks.choice(executorChoices),
  onEpoch: checks.callable,
  checkpoints: checks.anything,
}, { optional: "all" });

/**
 * Fits a system: one that is named as the tables name it ({@linkcode systems}, {@linkcode rowSystems}),
 * with the settings that they use, or one of the caller's making, such as `proposed({ gate })` or
 * `baselines.msfnet()`. The same seed gives the fit that Table 1 has with it.
 *
 * @throws {RangeError} There is no such system, a setting is unknown or wrong, the system can't
 * learn under this protocol, or the data lack a modality or the features that it needs.
 */
export async function fit(
  system: TableSystem | RowSystem | System,
  data: EncodedDataset,
  options: FitOptions = {},
): Promise<Model> {
  optionChecks(options, "the options of fit");
  const { modality } = options;
  const protocol = options.protocol ?? (modality ? "single" : data.pairs ? "natural" : "label");
  const split = options.split ??
    divide(data, options.seed === undefined ? {} : { seed: options.seed });
  const seed = options.seed ?? split.seed;
  const present = modality ? [modality] : protocol === "single" ? having(data) : modalities;
  assertThere(present, protocol, data);
  const { name, fit } = typeof system === "string" ? named(system, data, options) : system;
  const { classesAlike = false } = options;
  const fitted = await fit({
    features: data.features,
    train: byModality((m) => split.parts[m].train),
    validation: byModality((m) => split.parts[m].validation),
    protocol,
    ...data.pairs && { pairs: data.pairs },
    ...classesAlike && { classesAlike },
    target: otherThanPolarities(data.target),
    present,
    key: fold(key(seed), name, protocol, ...present),
  });
  const dispose = () => fitted.dispose();
  return { system: name, fitted, data, split, protocol, present, seed, dispose };
}

function having({ samples }: EncodedDataset): Modality[] {
  return modalities.filter((m) => samples[m].length > 0);
}

function assertThere(
  present: readonly Modality[],
  protocol: PairingProtocol,
  data: EncodedDataset,
): void {
  const missing = present.find((m) => data.samples[m].length === 0);
  if (missing === undefined || protocol === "natural") return;
  throw new RangeError(
    `Cannot fit under protocol ${protocol}: expected samples of ${present.join(", ")}, ` +
      `got none of ${missing}`,
  );
}

function named(
  name: TableSystem | RowSystem,
  data: EncodedDataset,
  options: FitOptions,
): System {
  checks.choice([...systems, ...rowSystems])(name, "the system");
  const { model, training, onEpoch, checkpoints, executor } = options;
  const config: Config = {
    ...defaults,
    model: { ...defaults.model, ...model },
    training: { ...defaults.training, ...training },
    // What the caller says stands above what tuning chose.
    ...training?.learningRate !== undefined && { tuned: {} },
  };
  const { prompts } = data;
  return systemOf(name, config, {
    classesAlike: options.classesAlike,
    ...prompts && { prompts },
    ...onEpoch && { onEpoch },
    ...checkpoints && { checkpoints },
    ...executor && { executor },
  });
}
