/** One run: a system, fitted with one seed under one protocol, and its verdicts on the test part. @module */

import {
  type Pair,
  type PairingProtocol,
  pairsAmong,
  pairsByShown,
  pairTriples,
} from "../lib/datasets/mod.ts";
import type { ZeroShotPrompts } from "../lib/baselines/mod.ts";
import { byModality, type Modality } from "../lib/modality.ts";
import { fold, key } from "../lib/tensor/random.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import type { GraphCache } from "../lib/training/graph_cache.ts";
import type { ModelSettings, ProposedTraining } from "../lib/systems/proposed.ts";
import type { Head, Inspected, Rows } from "../lib/systems/system.ts";
import type { Checkpoints, Epoch } from "../lib/training/train.ts";
import type { Config } from "./config.ts";
import { poolSegments } from "./pool_segments.ts";
import type { ShareFits } from "./shared_fits.ts";
import type { Splits } from "./splits.ts";
import { type SystemName, systemOf, type Tuned } from "./systems.ts";

/** What a job has other than its experiment's configuration. */
export interface Variant {
  readonly model?: Partial<ModelSettings>;
  readonly training?: Partial<ProposedTraining>;
  /** In place of what tuning chose for the job's system. */
  readonly tuned?: Tuned;
  /** Most segments a modality; neighbours are averaged. */
  readonly segments?: number;
}

/** What a fitted system is asked. */
export interface Exam {
  /** Unique in its job. */
  readonly name: string;
  readonly head: Head;
  /** The samples shown. */
  readonly rows: Rows;
  /** The true labels. */
  readonly labels: readonly number[];
  /** Whether what the system shows of its inside is kept as well. */
  readonly inspect?: boolean;
}

/** What a worker is asked to do. */
export interface Job {
  /** Names the run's files. */
  readonly name: string;
  readonly system: SystemName;
  readonly protocol: PairingProtocol;
  /** The modalities to learn and to judge; all three under `label`. */
  readonly present: readonly Modality[];
  readonly seed: number;
  readonly split: Splits;
  /** Under `natural`, what belongs together. */
  readonly pairs?: readonly Pair[];
  readonly variant?: Variant;
  /** Asked in place of {@linkcode testExams}. */
  readonly exams?: readonly Exam[];
}

/** A system's verdicts on an exam. */
export interface Verdicts extends Omit<Exam, "inspect"> {
  /** Probabilities of the positive class. */
  readonly scores: ArrayLike<number>;
  /** What the system shows of its inside, if that was asked for. */
  readonly inspected?: Readonly<Record<string, Inspected>>;
}

/** The outcome of a job. */
export interface Outcome {
  readonly job: Job;
  readonly verdicts: readonly Verdicts[];
  readonly record: Readonly<Record<string, unknown>>;
  /**
   * Of fitting and judging, on the thread that did it; after an interruption, since then, and
   * where an earlier job had the same fit, of judging.
   */
  readonly seconds?: number;
  /** Memory that the process held when the job ended: of all that ran side by side. */
  readonly megabytes?: number;
}

/** What {@linkcode runJob} is given beside the job. */
export interface JobOptions {
  readonly features: CorpusFeatures;
  readonly config: Config;
  /** Called after each epoch of a system that has some. */
  readonly onEpoch?: (epoch: Epoch) => void;
  /** Where such a system goes on from, and what it keeps. */
  readonly checkpoints?: Checkpoints;
  /** Compiled graphs of earlier jobs. */
  readonly graphs?: GraphCache;
  /** For {@linkcode systemOf}. */
  readonly prompts?: ZeroShotPrompts;
  /** Fits that systems have in common. */
  readonly share?: ShareFits;
  /** Where ONNX Runtime executes. */
  readonly executionProviders?: readonly string[];
}

/** Fits and judges. The system sees the training and validation rows; only then the test part is read. */
export async function runJob(
  job: Job,
  { features: all, config, ...options }: JobOptions,
): Promise<Outcome> {
  const start = performance.now();
  const { system, protocol, pairs, present, split, seed, variant = {} } = job;
  const features = variant.segments === undefined ? all : poolSegments(all, variant.segments);
  const varied: Config = {
    ...config,
    model: { ...config.model, ...variant.model },
    training: { ...config.training, ...variant.training },
    ...variant.tuned && { tuned: { [system]: variant.tuned } },
  };
  const fitted = await systemOf(system, varied, options)({
    features,
    train: byModality((m) => split[m].train),
    validation: byModality((m) => split[m].validation),
    protocol,
    ...pairs && { pairs },
    present,
    key: fold(key(seed), system, protocol, ...present),
  });
  const verdicts: Verdicts[] = [];
  for (const { inspect = false, ...exam } of job.exams ?? testExams(job, features)) {
    const scores = (await fitted.predict(exam.rows))[exam.head]!;
    const inspected = inspect ? await fitted.inspect?.(exam.rows) : undefined;
    verdicts.push({ ...exam, scores, ...inspected && { inspected } });
  }
  await fitted.dispose();
  const seconds = (performance.now() - start) / 1000;
  const megabytes = Math.round(Deno.memoryUsage().rss / 2 ** 20);
  return { job, verdicts, record: fitted.record, seconds, megabytes };
}

/**
 * What the test part asks of a system: under `single` every test sample
 * alone, by its modality's head; under `natural` every row of the test part,
 * by what it shows; otherwise fixed triples of test samples, as
 * many as the largest test part has samples. The same for every system.
 */
export function testExams(
  { protocol, pairs = [], present, split, seed }: Pick<
    Job,
    "protocol" | "pairs" | "present" | "split" | "seed"
  >,
  features: { readonly [M in Modality]: Pick<CorpusFeatures[M], "labels"> },
): Exam[] {
  if (protocol === "single") {
    return present.map((m) => ({
      name: m,
      head: m,
      rows: { [m]: split[m].test },
      labels: split[m].test.map((i) => features[m].labels[i]!),
    }));
  }
  const indices = byModality((m) => split[m].test);
  const labels = byModality((m) => features[m].labels);
  if (protocol === "natural") {
    return pairsByShown(pairsAmong(pairs, indices), labels).map(({ shown, ...exam }) => ({
      ...{ name: shown.join("+"), head: "unified", ...exam },
    }));
  }
  const triples = pairTriples({
    indices,
    labels,
    protocol,
    count: Math.max(...present.map((m) => split[m].test.length)),
    key: fold(key(seed), "test triples", protocol),
  });
  const rows = byModality((m) => Array.from(triples[m]));
  const exam = (head: Head, labels: ArrayLike<number>) => ({
    name: head,
    head,
    rows,
    labels: Array.from(labels),
  });
  if (triples.unified) return [exam("unified", triples.unified)];
  return present.map((m) => exam(m, triples.labels[m]));
}
