/** Systems that train their encoders from raw inputs, and how each branch is trained. @module */

import { sha256 } from "../files.ts";
import { logMelCnn, logMelCnnTraining } from "../baselines/log_mel_cnn.ts";
import { plainCnn, plainCnnTraining } from "../baselines/plain_cnn.ts";
import {
  linearProbeOnEmotions,
  speechRegression,
  speechRegressionOnEmotions,
  wordRegression,
} from "../baselines/mod.ts";
import { type Encoders, spectralFeatures } from "../encoders/mod.ts";
import { pixelFeatures } from "../branches/pixel_features.ts";
import { speechSpectrogram } from "../branches/speech_spectrogram.ts";
import { wordFeatures } from "../branches/word_features.ts";
import { byModality, type Modality } from "../modality.ts";
import { sideBySide } from "../branches/side_by_side.ts";
import { trainedSpeech } from "../branches/speech_branch.ts";
import { trainedOnStates } from "../branches/state_branch.ts";
import { trainedText } from "../branches/text_branch.ts";
import { trainedImage } from "../branches/image_branch.ts";
import {
  type Alike,
  type Classes,
  learntClasses,
  polarityClasses,
  threeClasses,
  withClassTable,
  withNeutral,
} from "../branches/branch.ts";
import { averagedSeeds, averagedSystems } from "../systems/averaged_seeds.ts";
import {
  type BranchDesign,
  branchTraining,
  scratchBranch,
  scratchModel,
} from "../branches/joint.ts";
import type { Problem, System } from "../systems/system.ts";
import type { TrainConfig, TrainOptions } from "../training/train.ts";
import { type EncoderSource, trainedBySplit } from "./encoder_source.ts";
import type { Config } from "./settings.ts";

/** The systems, by the names that tables print. */
const scratchSystems = [
  "Branch on polarity",
  "Branch on emotions",
  "Branch on emotions, averaged",
  "Branch on three classes",
  "Branch on speech states",
  "Branch on spectrogram and states",
  "Speech ensemble",
  "Trained encoder",
  "Proposed on branches",
  "Plain CNN",
  "Log-mel CNN",
  "TF-IDF regression, single words",
  "Regression on speech measurements",
  "Regression on speech measurements, emotions",
  "Linear probe, emotions",
] as const;

/** The name of a system that trains its encoders. */
export type ScratchSystem = (typeof scratchSystems)[number];

/** Says whether a system trains its encoders. */
export function isScratchSystem(name: string): name is ScratchSystem {
  return (scratchSystems as readonly string[]).includes(name);
}

/** Says whether a system has a loss in which each class can count alike: a regression has none. */
export function weighsClasses(name: ScratchSystem): boolean {
  return !/regression|linear probe/i.test(name);
}

/** A branch, and how it is trained. */
export interface Recipe {
  readonly design: BranchDesign;
  readonly training: TrainConfig;
  /** Rate at which the pooled state is dropped. */
  readonly dropout: number;
  /** ε of `crossEntropy`; 0 unless given. */
  readonly smoothing?: number;
  /** As `scratchBranch`. */
  readonly alike?: Alike;
}

/**
 * Each modality's branch. Epochs, batches, learning rates and dropout were chosen on validation parts of
 * other seeds than the tables' (docs/trained_branches.md has the trials).
 */
export const recipes: Readonly<Record<Modality, Recipe>> = {
  text: {
    design: () => trainedText(),
    training: { ...branchTraining, epochs: 8, patience: 8, batch: 32, learningRate: 5e-3 },
    dropout: 0.3,
  },
  image: {
    design: () => trainedImage(),
    training: { ...branchTraining, batch: 32, learningRate: 3e-3, averaging: 0.99 },
    dropout: 0.3,
    smoothing: 0.1,
    alike: "polarities",
  },
  audio: {
    design: () => trainedSpeech(),
    training: { ...branchTraining, epochs: 20, patience: 20, learningRate: 3e-3, keep: "rate" },
    dropout: 0.2,
    smoothing: 0.1,
  },
};

/** Branches of speech upon the frozen encoder's states, and how they are trained. */
const onStates = {
  "Branch on speech states": {
    ...recipes.audio,
    design: (features) => trainedOnStates(features),
    training: { ...recipes.audio.training, epochs: 30, patience: 30 },
  },
  "Branch on spectrogram and states": {
    ...recipes.audio,
    design: (features) => sideBySide(trainedSpeech(), trainedOnStates(features)),
  },
} as const satisfies Record<string, Recipe>;

/** Whose probabilities the speech ensemble averages. */
const ensembleMembers = [
  "Regression on speech measurements, emotions",
  "Branch on emotions",
  "Branch on speech states",
] as const satisfies readonly ScratchSystem[];
/** M, how many fits are averaged: each costs as much as the branch alone. */
const averagedFits = 3;

/** The raw inputs of the branches; for audio, the spectral path's as well. */
export function rawInputEncoders(): Encoders {
  return {
    text: wordFeatures(),
    image: pixelFeatures(),
    audio: [speechSpectrogram(), spectralFeatures()],
  };
}

/** The tables of a modality that only its branch reads. */
export function rawInputsOf(m: Modality): string[] {
  const [first] = [rawInputEncoders()[m]].flat();
  return Object.keys(first!.shapes);
}

/** What of the recipes decides a result. */
export function recipeRecord(config: Config): Record<string, unknown> {
  return {
    ...byModality((m) => settingsOf(recipes[m], config)),
    ...Object.fromEntries(
      Object.entries(onStates).map(([name, recipe]) => [name, settingsOf(recipe, config)]),
    ),
    "Speech ensemble": ensembleMembers,
    "Branch on emotions, averaged": averagedFits,
    joint: config.training,
  };
}

function settingsOf({ design: _, training, ...rest }: Recipe, config: Config): RecipeSettings {
  return { ...rest, training: inTime(training, config) };
}

// A quick look trains no longer than all else does.
function inTime(training: TrainConfig, { thorough, training: { epochs } }: Config): TrainConfig {
  return thorough ? training : { ...training, epochs: Math.min(epochs, training.epochs) };
}

/** How a branch is trained. */
export type RecipeSettings = Omit<Recipe, "design">;

/** How the encoder of a modality is trained. */
export interface EncoderTraining extends RecipeSettings {
  /** What it tells apart. */
  readonly learns: string;
}

/** What of the recipes decides the encoders that a split's training part trains. */
function encoderRecord(config: Config): Record<Modality, EncoderTraining> {
  return byModality((m) => ({
    learns: "the emotions of the training part, or else what its labels are learnt as",
    ...settingsOf(recipes[m], config),
  }));
}

/** The same of the encoders of a source that are yet to be trained, if there are such, for a record. */
export function encodersTrained(
  source: EncoderSource,
  config: Config,
): { encodersTrained?: Partial<Record<Modality, EncoderTraining>> } {
  const trained = trainedBySplit(source);
  if (trained.length === 0) return {};
  const all = encoderRecord(config);
  return { encodersTrained: Object.fromEntries(trained.map((m) => [m, all[m]])) };
}

// Whatever emotions the part has, each of the polarity that its labels say: of any valence map, and
// of a corpus of one's own. What is learnt in place of polarities is learnt as it is.
function trainedEncoder(config: Config, options: Omit<TrainOptions, "threads">): System {
  const fit = async (problem: Problem) => {
    const m = problem.present[0]!;
    const { design } = recipes[m];
    const { training, ...settings } = settingsOf(recipes[m], config);
    const target = problem.target ? "polarity" : classesOf(problem, m);
    const features = typeof target === "string" || target === polarityClasses
      ? problem.features
      : { ...problem.features, [m]: withClassTable(problem.features[m], target) };
    const system = scratchBranch(design, training, { ...options, ...settings, target });
    const fitted = await system.fit({ ...problem, features });
    const { buffer, byteOffset, byteLength } = fitted.parameters!;
    const digest = sha256(new Uint8Array(buffer, byteOffset, byteLength));
    return { ...fitted, record: { ...fitted.record, digest } };
  };
  return { name: "Trained encoder", fit };
}

function classesOf({ features, train, validation, neutral }: Problem, m: Modality): Classes {
  const known = learntClasses(features[m], [...train[m], ...validation[m]]);
  if (known === polarityClasses) return known;
  return withNeutral(known, (neutral?.[m] ?? []).map((row) => features[m].emotions![row]!));
}

type BranchTarget = "polarity" | "emotions" | typeof threeClasses;

/** The system of a name under the configuration's settings. */
export function scratchSystemOf(
  name: ScratchSystem,
  config: Config,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  const trainedBy = (recipe: Recipe, target: BranchTarget) => {
    const { training, ...settings } = settingsOf(recipe, config);
    return scratchBranch(recipe.design, training, { ...options, ...settings, target });
  };
  const branch = (target: BranchTarget): System => ({
    name,
    fit: (problem) => trainedBy(recipes[problem.present[0]!], target).fit(problem),
  });
  switch (name) {
    case "Branch on polarity":
      return branch("polarity");
    case "Branch on emotions":
      return branch("emotions");
    case "Branch on emotions, averaged":
      return averagedSeeds(
        name,
        (own) => scratchSystemOf("Branch on emotions", config, own),
        { ...options, seeds: averagedFits },
      );
    case "Branch on three classes":
      return branch(threeClasses);
    case "Branch on speech states":
    case "Branch on spectrogram and states":
      return { ...trainedBy(onStates[name], "emotions"), name };
    case "Speech ensemble":
      return averagedSystems(
        name,
        ensembleMembers.map((member) => (own) => scratchSystemOf(member, config, own)),
        options,
      );
    case "Trained encoder":
      return trainedEncoder(config, options);
    case "Proposed on branches":
      return scratchModel(
        byModality((m) => recipes[m].design),
        config.model,
        config.training,
        {
          ...options,
          alone: byModality((m) => inTime(recipes[m].training, config)),
          dropout: byModality((m) => recipes[m].dropout),
        },
      );
    case "Plain CNN":
      return plainCnn(inTime(plainCnnTraining, config), options);
    case "Log-mel CNN":
      return logMelCnn(inTime(logMelCnnTraining, config), options);
    case "TF-IDF regression, single words":
      return wordRegression();
    case "Regression on speech measurements":
      return speechRegression();
    case "Regression on speech measurements, emotions":
      return speechRegressionOnEmotions();
    case "Linear probe, emotions":
      return linearProbeOnEmotions();
  }
}
