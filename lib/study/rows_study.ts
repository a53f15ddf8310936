/** What experiments on rows that belong together share: sets with their features, and how jobs are run. @module */

import { sha256 } from "../files.ts";
import { byModality } from "../modality.ts";
import type { PairedCorpora } from "../datasets/mod.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import { dataHash } from "./corpora.ts";
import { trainedBySplit } from "./encoder_source.ts";
import type { Job, Outcome } from "./job.ts";
import { runShare } from "./part.ts";
import { runJobs } from "./pool.ts";
import {
  assertEncodersFit,
  featuresOfRows,
  type GivenOfRows,
  type RowFeatures,
} from "./row_features.ts";
import { encodersTrained } from "./scratch_systems.ts";
import {
  assertExecutor,
  rowCounts,
  type RunExecutor,
  settleExecutor,
  stepsOf,
} from "./run_executor.ts";
import type { Samples } from "./splits.ts";
import type { Options, RunOptions } from "./study.ts";
import { encodersKey, runOnTrained, trainedStates } from "./trained_encoders.ts";

/** A set of rows that an experiment has read and divided. */
export interface SetOfRows {
  readonly name: string;
  readonly rows: Pick<PairedCorpora, "corpora"> & GivenOfRows;
  /** All that will be run on it: no encoder may have met their test parts. */
  readonly jobs: readonly Job[];
}

/** A set with what systems read of it. */
export interface EncodedSet {
  readonly samples: Samples;
  /** A row for each sample. */
  readonly features: CorpusFeatures;
}

/** Sets of rows, read and encoded, and what an experiment on them needs to go on. */
export interface RowsStudy<Set extends SetOfRows = SetOfRows> {
  readonly options: Options;
  readonly sets: readonly (Set & EncodedSet)[];
  /** By the id of each encoder or given modality. */
  readonly digests: Readonly<Record<string, string>>;
  /** What encoders tell of themselves. */
  readonly encoderNotes?: readonly string[] | undefined;
  /** Of all samples of all sets. */
  readonly hash: string;
  /** How many times an encoder has met a sample. */
  readonly encoded: number;
  /** An earlier file of the result by its path, where that is to be used in place of a new one. */
  readonly saved?: (path: string) => Promise<string>;
  /** All that decides a result beside the experiment's name. */
  readonly decides: Readonly<Record<string, unknown>>;
  /** What executes its graphs. */
  readonly on: RunExecutor;
  /** Where its unfinished work is. */
  readonly workFolder?: string;
  /** Runs jobs on features, or finds them done; the order stays. */
  run(jobs: readonly Job[], options: Required<RunOptions>): Promise<Outcome[]>;
}

/**
 * Encodes the sets. Nothing is written but models and features in the cache; the work folder is opened
 * once for all sets.
 *
 * @throws {Error} As `featuresOfRows`.
 */
export async function openRowsStudy<Set extends SetOfRows>(
  options: Options,
  sets: readonly Set[],
  { also, attempt = (_, encode) => encode() }: {
    /** Of what the experiment reads beside the sets: a digest. */
    readonly also?: string | undefined;
    /** Encodes a set; without an answer the set is left out. */
    readonly attempt?: (set: Set, encode: () => Promise<RowFeatures>) => Promise<
      RowFeatures | undefined
    >;
  } = {},
): Promise<RowsStudy<Set>> {
  const { config, onProgress } = options;
  await assertExecutor(options);
  const all: (Set & EncodedSet)[] = [];
  let digests: Record<string, string> = {}, encoded = 0;
  let encoderNotes: readonly string[] | undefined;
  for (const set of sets) {
    const samples = byModality((m) => set.rows.corpora[m].samples);
    const made = await attempt(set, async () => {
      // An encoder of one's own is of all sets: what one brings as features, another may not.
      assertEncodersFit({ encoders: options.encoders }, set.rows.features);
      return await featuresOfRows(options, { samples, jobs: set.jobs, given: set.rows });
    });
    if (made === undefined) continue;
    digests = { ...digests, ...made.digests };
    encoderNotes = made.encoderNotes ?? encoderNotes;
    encoded += made.encoded;
    all.push({ ...set, samples, features: made.features });
  }
  const ofSets = dataHash(byModality((m) => all.flatMap(({ samples }) => samples[m])));
  const hash = also === undefined ? ofSets : sha256(`${ofSets} ${also}`);
  const trained = encodersTrained(options.encoders, config);
  const shared = { code: options.code, data: hash, encoders: digests, ...trained };
  const decides = { ...shared, configuration: config, provider: options.provider };
  const work = await options.openWork(decides);
  const counts = all.flatMap(({ features }) => rowCounts(features));
  const on = await settleExecutor(options, { work, steps: stepsOf(counts, config) });
  const { share } = options;
  const yetToTrain = trainedBySplit(options.encoders);
  const run: RowsStudy["run"] = async (jobs, { features }) => {
    const count = (done: number) => onProgress("training and judging", done, jobs.length);
    const told = {
      ...{ config, work, features, workers: options.jobs, onDamage: onProgress },
      ...{ on, watcher: options.watcher },
      onOutcome: (_: Outcome, done: number) => count(done),
    };
    count(0);
    if (yetToTrain.length === 0) return await runJobs(jobs, told);
    return await runOnTrained(jobs, trainedStates(yetToTrain), {
      ...told,
      onEncoder: (done, total) => onProgress("training encoders", done, total),
    });
  };
  return {
    ...{ options, sets: all, digests, encoderNotes, hash, encoded },
    on,
    workFolder: work.folder,
    decides: { ...decides, executor: on.executor, label: options.dataLabel, seeds: options.seeds },
    run: share === undefined ? run : (jobs, own) =>
      runShare(jobs, share, {
        run: (ours) => run(ours, own),
        ...yetToTrain.length > 0 && { keyOf: encodersKey },
      }),
  };
}

/** The features of samples under other labels. */
export function labelledAs(features: CorpusFeatures, samples: Samples): CorpusFeatures {
  return byModality((m): ModalityFeatures => ({
    ...features[m],
    labels: samples[m].map(({ label }) => label),
  }));
}
