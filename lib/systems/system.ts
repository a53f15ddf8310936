/** What the rows of a table have in common: a system is fitted on two parts and judges samples. @module */

import type { Pair } from "../datasets/paired.ts";
import type { PairingProtocol } from "../datasets/pairing.ts";
import type { Modality } from "../modality.ts";
import type { Target } from "../target.ts";
import type { Key } from "../tensor/random.ts";
import type { ModelConfig, ModelParams } from "../model/mod.ts";
import type { Init } from "../tensor/parameter.ts";
import type { TrainConfig } from "../training/train.ts";
import type { CorpusFeatures, Standardisation } from "./features.ts";

/** Sample indices by modality: row i is `text[i]`, `image[i]`, `audio[i]`; an absent modality has none. */
export type Rows = { readonly [M in Modality]?: ArrayLike<number> };

/** A row of features that is of a sample under noise, and the row of the sample as it is. */
export interface NoisyCopy {
  /** The copy. */
  readonly row: number;
  /** The sample as it is. */
  readonly of: number;
}

/** What a system is fitted on. The test part is not in it. */
export interface Problem {
  /** Raw features and labels; a system looks at the rows that `train` and `validation` name. */
  readonly features: CorpusFeatures;
  /** Rows of each modality's features to fit on. */
  readonly train: Readonly<Record<Modality, readonly number[]>>;
  /** Rows to choose by: an epoch, a strength. */
  readonly validation: Readonly<Record<Modality, readonly number[]>>;
  /**
   * Further rows of training groups, whose emotion has no polarity: for systems that learn emotions,
   * as one more class. Others pass them over.
   */
  readonly neutral?: { readonly [M in Modality]?: readonly number[] };
  /**
   * Rows of the features that are of training or validation samples, corrupted before they were
   * encoded. Copies count with the part of their sample; those of other samples are passed over. A
   * linear probe learns clean and noisy rows; a network draws for each sample and epoch the clean one
   * or one of its copies: encoders are frozen, so what is drawn anew in each epoch is which of the copies
   * that were encoded. Systems that do not know the field learn from clean rows alone.
   */
  readonly noisy?: { readonly [M in Modality]?: readonly NoisyCopy[] } | undefined;
  /** What is learnt; by default two polarities. */
  readonly target?: Target | undefined;
  /** How samples are put together. */
  readonly protocol: PairingProtocol;
  /** Under `natural`, what belongs together, of all parts: those count whose samples are of one. */
  readonly pairs?: readonly Pair[];
  /** Whether each class counts alike in training, however many samples it has; no by default. */
  readonly classesAlike?: boolean | undefined;
  /** The modalities to learn; all three unless the protocol is `single`. */
  readonly present: readonly Modality[];
  /** All randomness of the fit comes from it. */
  readonly key: Key;
}

/** The heads that give a verdict: one per modality, and the unified one. */
export type Head = Modality | "unified";

/** Numbers a sample: row i has `values[i * width]` and on. */
export interface Inspected {
  /** From 1. */
  readonly width: number;
  /** `[rows, width]`, in row-major order. */
  readonly values: ArrayLike<number>;
}

/** All that inference needs of a fit. */
export interface TrainedModel {
  /** Of the epoch that was kept. */
  readonly parameters: Init<ModelParams>;
  /** Of every modality: what training did to its features before the model saw them. */
  readonly standardisation: Standardisation;
  /** Sizes and choices of the model that the parameters belong to. */
  readonly config: ModelConfig;
}

/** A fitted system. */
export interface Fitted {
  /**
   * Verdicts by head, as many numbers a sample as `verdictWidth` says: of two classes the
   * probability of the second (positive), of more the probabilities of all, of a score the score.
   * They are for samples that show exactly the modalities of `rows`; at least the heads of those
   * modalities, or `unified` where there are several. Rows are of the problem's features, or of
   * other `features` with the same tables, raw as those were: samples that nobody had when it was
   * fitted.
   */
  predict(
    rows: Rows,
    features?: CorpusFeatures,
  ): Promise<{ readonly [H in Head]?: ArrayLike<number> }>;
  /**
   * What figures show of such samples, in systems that can be looked into:
   * numbers by name, `width` of them a sample.
   */
  inspect?(rows: Rows): Promise<Readonly<Record<string, Inspected>>>;
  /** What to keep of the fit: choices, history, sizes. JSON. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Of a trained network, its parameters as `flatten` gives them. */
  readonly parameters?: Float32Array;
  /** Of the proposed model: what can be saved, exported and asked elsewhere. */
  readonly model?: TrainedModel;
  /** Of a trained network, what was done to its features before it saw them. */
  readonly standardisation?: Standardisation;
  /** Of a trained network, the settings of its run. */
  readonly training?: TrainConfig;
  /** Frees what was compiled. */
  dispose(): Promise<void>;
}

/** What a table compares: anything that can be fitted to a problem and then asked. */
export interface System {
  /** As tables and errors call it. */
  readonly name: string;
  /** Fits on the training rows and chooses by the validation rows. */
  fit(problem: Problem): Promise<Fitted>;
}
