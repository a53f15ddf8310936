/** The systems of the tables, by the names that they print. @module */

import * as baselines from "../baselines/mod.ts";
import type { PairingProtocol } from "../datasets/mod.ts";
import { residualFusion } from "../fusion/mod.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { proposed } from "../systems/proposed.ts";
import type { System } from "../systems/system.ts";
import { isBinary, otherThanPolarities, polarities, type Target } from "../target.ts";
import type { TrainOptions } from "../training/train.ts";
import { type Config, type TrainedSystem, trainedSystems, type Tuned } from "./settings.ts";
import { priorMoved } from "./prior_moved.ts";
import type { ShareFits } from "./shared_fits.ts";
import {
  isScratchSystem,
  type ScratchSystem,
  scratchSystemOf,
  weighsClasses,
} from "./scratch_systems.ts";

/** Every system, in the order of a table. */
export const systems = [
  "Proposed",
  "MISA",
  "MSFNet (adaptation)",
  "CLIP",
  "CLIP zero-shot",
  "CLIP+BERT",
  "Concatenation MLP",
  "Late fusion",
  "Learnt late fusion",
  "Late fusion of Proposed",
  "Best single modality",
  "Linear probe",
  "TF-IDF regression",
  "MFCC regression",
  "Majority",
  "Shuffled labels",
] as const;

/** One of {@linkcode systems}. */
export type TableSystem = (typeof systems)[number];

/** Systems that rows which belong together have beside those of the tables, in the order of a table. */
export const rowSystems = [
  "Concatenation regression",
  "Gated fusion",
  "Residual fusion (ours)",
] as const;

/** One of {@linkcode rowSystems}. */
export type RowSystem = (typeof rowSystems)[number];

/** Those of them that learn by epochs. */
export const rowNetworks: readonly SystemName[] = ["Gated fusion", "Residual fusion (ours)"];

/**
 * One of {@linkcode systems} or of {@linkcode rowSystems}, or of those that train their encoders, which have tables of their own,
 * or what scores by chance alone.
 */
export type SystemName = TableSystem | RowSystem | ScratchSystem | "Shuffled probes";

/**
 * Says whether a system can answer under a protocol with these modalities; under `natural`, whether it
 * can answer rows that show them.
 */
export function answers(
  system: SystemName,
  protocol: PairingProtocol,
  present: readonly Modality[],
  target: Target = polarities,
): boolean {
  const isNatural = protocol === "natural";
  // Triples are of one class.
  if (target.kind === "score" && protocol !== "single" && !isNatural) return false;
  const knows = (m: Modality) =>
    isNatural ? present.includes(m) : protocol === "single" && present.join() === m;
  switch (system) {
    case "TF-IDF regression":
      return knows("text");
    case "MFCC regression":
      return knows("audio");
    case "CLIP zero-shot":
      return otherThanPolarities(target) === undefined && (protocol === "single" || isNatural);
    case "Late fusion of Proposed":
      return isBinary(target) && fuses(protocol, present);
    case "Shuffled probes":
      return isBinary(target) && (protocol === "single" || protocol === "label");
    case "Concatenation regression":
      return isNatural;
    case "Late fusion":
    case "Learnt late fusion":
    case "Best single modality":
    case "Gated fusion":
    case "Residual fusion (ours)":
      return fuses(protocol, present);
    default:
      return true;
  }
}

function fuses(protocol: PairingProtocol, present: readonly Modality[]): boolean {
  return protocol === "natural" || protocol === "label" && present.length === modalities.length;
}

/** What {@linkcode systemOf} is given beside the settings. */
export interface SystemOptions extends Omit<TrainOptions, "threads"> {
  /** What CLIP compares samples with where nothing is fitted. */
  readonly prompts?: baselines.ZeroShotPrompts;
  /** Where the linear probes that several systems are made of are fitted once. */
  readonly share?: ShareFits;
  /**
   * Whether classes are to count alike in its training: a network weighs its loss, and the threshold of
   * any other system is moved.
   */
  readonly classesAlike?: boolean | undefined;
}

// One for all, by which fits that systems share are told.
const theProbe = baselines.linearProbe();

/**
 * The system of a name under the configuration's settings.
 *
 * @throws {TypeError} CLIP zero-shot without prompts.
 */
export function systemOf(
  name: SystemName,
  config: Config,
  { classesAlike = false, ...options }: SystemOptions = {},
): System {
  const system = usualSystem(name, config, options);
  const weighs = isScratchSystem(name) && weighsClasses(name) || name.startsWith("Shuffled") ||
    rowNetworks.includes(name) || trainedSystems.includes(name as TrainedSystem);
  return classesAlike && !weighs ? priorMoved(system) : system;
}

function usualSystem(
  name: SystemName,
  config: Config,
  { prompts, share = (system) => system, ...options }: SystemOptions,
): System {
  if (isScratchSystem(name)) return scratchSystemOf(name, config, options);
  const { model } = config;
  const training = trainingOf(name, config);
  const ours = () => proposed(model, training, options);
  const probe = share(theProbe);
  const probes = byModality(() => probe);
  switch (name) {
    case "Proposed":
      return ours();
    case "MISA": {
      // Adam with clipped values, as its authors train it.
      const { clipNorm: _, ...rest } = training;
      const { batch, weightDecay, averaging, clipValue = 1 } = baselines.misaTraining;
      const own = { ...rest, batch, weightDecay, clipValue, averaging };
      return baselines.misa(baselines.misaDefaults, own, options);
    }
    case "MSFNet (adaptation)":
      return baselines.msfnet(baselines.msfnetDefaults, training, options);
    case "CLIP":
      return baselines.clipProbe();
    case "CLIP zero-shot":
      if (prompts) return baselines.clipZeroShot(prompts);
      throw new TypeError("Cannot use CLIP zero-shot: expected prompts, got none");
    case "CLIP+BERT":
      return baselines.clipBert(baselines.clipBertDefaults, training, options);
    case "Concatenation MLP":
      return baselines.concatMlp(baselines.concatMlpDefaults, training, options);
    case "Concatenation regression":
      return baselines.concatRegression();
    case "Gated fusion":
      return baselines.gatedFusion(baselines.gatedFusionDefaults, training, options);
    case "Late fusion":
      return baselines.lateFusion(probes);
    case "Learnt late fusion":
      return baselines.learntLateFusion(probes);
    case "Late fusion of Proposed":
      // Its branches are three fits: checkpoints are of one.
      return baselines.lateFusion(
        byModality(() => proposed(model, training, withoutCheckpoints(options))),
        { calibration: "platt" },
      );
    case "Best single modality":
      return baselines.bestSingle(probes);
    case "Residual fusion (ours)":
      return residualFusion({}, training, options);
    case "Linear probe":
      return probe;
    case "TF-IDF regression":
      return baselines.tfIdfRegression();
    case "MFCC regression":
      return baselines.mfccRegression();
    case "Majority":
      return baselines.majority();
    case "Shuffled labels":
      return baselines.shuffledLabels(ours());
    case "Shuffled probes":
      return baselines.shuffledProbes();
  }
}

// What is not tuned by itself is trained as what it is most like.
const tunedAs: { readonly [S in SystemName]?: TrainedSystem } = {
  "Shuffled labels": "Proposed",
  "Late fusion of Proposed": "Proposed",
  "Gated fusion": "Concatenation MLP",
  "Residual fusion (ours)": "Proposed",
};

function tunedOf(name: SystemName, { tuned }: Config): Tuned {
  return tuned[tunedAs[name] ?? name as TrainedSystem] ?? {};
}

/** The training of a system: what tuning chose for it, the configuration's otherwise. */
export function trainingOf(name: SystemName, config: Config): Config["training"] {
  return { ...config.training, ...tunedOf(name, config) };
}

function withoutCheckpoints({ checkpoints: _, ...options }: Omit<TrainOptions, "threads">) {
  return options;
}
