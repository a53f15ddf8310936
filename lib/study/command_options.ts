/** What commands of experiments and trainings are told. @module */

import type { ExecutionProvider } from "../backends/mod.ts";
import type { ExecutorChoice } from "../compile/mod.ts";
import type { GraphPrecision, OwnEncoders, SpeechLayers, SpeechName } from "../encoders/mod.ts";
import type { Failure } from "./encode_samples.ts";
import type { EncoderSource } from "./encoder_source.ts";
import type { FitWatcher } from "./fit_watch.ts";
import type { Share } from "./part.ts";
import type { Protocol } from "./protocol.ts";
import type { Config } from "./settings.ts";
import type { OpenWork } from "./with_work_folder.ts";

/** What a command is told, whatever it trains. */
export interface CommandOptions extends OwnEncoders {
  readonly config: Config;
  /** The folder with `emotions/`, `faces/` and `ravdess/`. */
  readonly data: string;
  /** A folder from which paths of a table may lead too, beside its own. */
  readonly from?: string | undefined;
  /** For captions: what these data are; `embedded` for the embedded corpus. */
  readonly dataLabel: string;
  readonly encoders: EncoderSource;
  /** As `loadEncoders` takes them. */
  readonly speech?: SpeechName | undefined;
  readonly speechLayers?: SpeechLayers | undefined;
  readonly precision?: GraphPrecision | undefined;
  /** Where models, features and what is compiled are kept between runs. */
  readonly cache: string;
  /**
   * Features of more bytes stay in the cache's store, of which so many are kept in memory; by default all
   * are in memory. What is made of them is the same.
   */
  readonly memory?: number | undefined;
  /** What executes graphs; `auto` by default, which is C where it can be had and pays. */
  readonly executor?: ExecutorChoice | undefined;
  /** Told in one line why it is not C, where `auto` was asked for. */
  readonly onFallback?: ((reason: string) => void) | undefined;
  /** Opens the folder for unfinished work of a command that all this decides; the caller ends it. */
  readonly openWork: OpenWork;
  /** Where other processes make some of the work: what is made here, and no results; all by default. */
  readonly share?: Share | undefined;
  readonly commit: string | null;
  /** The digest of the code, by which work and results of other code are told from its own. */
  readonly code: string | null;
  /** What is under way: `step` names it; without `total` it cannot be counted. */
  readonly onProgress: (step: string, done?: number, total?: number) => void;
  /** Told of fits while they train. */
  readonly watcher?: FitWatcher | undefined;
  /**
   * Told of each sample that can't be read or encoded, which is then left out; without it, the
   * first is thrown.
   */
  readonly onFailure?: ((failure: Failure) => void) | undefined;
}

/** What a command of experiments is told. */
export interface Options extends CommandOptions {
  readonly seeds: readonly number[];
  /** Runs side by side. */
  readonly jobs: number;
  /** Where ONNX Runtime executes training and tests. */
  readonly provider: ExecutionProvider;
  /** Which modalities, and how they are divided; all three, with the seed, by default. */
  readonly protocol?: Protocol | undefined;
  /** A table with texts of another corpus, which experiments on text may ask about. */
  readonly elsewhere?: string | undefined;
  /** Of rows in an order: how many neighbours on each side are their context beside none; 0 by default. */
  readonly context?: number | undefined;
  /** Of rows with given features: whether such as know the labels are used all the same; no by default. */
  readonly leakingFeatures?: boolean | undefined;
  /** For the record. */
  readonly command: string;
}
