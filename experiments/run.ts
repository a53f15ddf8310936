/** One run: a system, fitted with one seed under one protocol, and its verdicts on the test part. @module */

import { linearProbe, majority, shuffledLabels } from "../lib/baselines/systems.ts";
import { type PairingProtocol, pairTriples, type Split } from "../lib/datasets/mod.ts";
import { byModality, type Modality } from "../lib/modality.ts";
import { fold, key } from "../lib/tensor/random.ts";
import type { CorpusFeatures } from "../lib/training/features.ts";
import type { GraphCache } from "../lib/training/graph_cache.ts";
import { proposed } from "../lib/training/proposed.ts";
import type { Head, Rows, System } from "../lib/training/system.ts";
import type { Checkpoints, Epoch, TrainOptions } from "../lib/training/train.ts";
import type { Config } from "./config.ts";

/** The systems of a table, by the name that it prints. */
export const systems = ["Proposed", "Majority", "Shuffled labels", "Linear probe"] as const;

/** One of {@linkcode systems}. */
export type SystemName = (typeof systems)[number];

/** What a worker is asked to do. */
export interface Job {
  /** Names the run's files. */
  readonly name: string;
  readonly system: SystemName;
  readonly protocol: PairingProtocol;
  /** The modalities to learn and to judge; all three under `label`. */
  readonly present: readonly Modality[];
  readonly seed: number;
  readonly split: Readonly<Record<Modality, Split>>;
}

/** A system's verdicts on test samples. */
export interface Verdicts {
  readonly head: Head;
  /** Which samples were shown. */
  readonly rows: Rows;
  /** The true labels. */
  readonly labels: ArrayLike<number>;
  /** Probabilities of the positive class. */
  readonly scores: ArrayLike<number>;
}

/** The outcome of a job. */
export interface Outcome {
  readonly job: Job;
  readonly verdicts: readonly Verdicts[];
  readonly record: Readonly<Record<string, unknown>>;
  /** Of fitting and judging, on the thread that did it; after an interruption, since then. */
  readonly seconds: number;
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
  /** Where ONNX Runtime executes. */
  readonly executionProviders?: readonly string[];
}

/** Fits and judges. The system sees the training and validation rows; only then the test part is read. */
export async function runJob(
  job: Job,
  { features, config, ...training }: JobOptions,
): Promise<Outcome> {
  const start = performance.now();
  const runKey = fold(key(job.seed), job.system, job.protocol, ...job.present);
  const fitted = await systemOf(job.system, config, training)({
    features,
    train: byModality((m) => job.split[m].train),
    validation: byModality((m) => job.split[m].validation),
    protocol: job.protocol,
    present: job.present,
    key: runKey,
  });
  const verdicts: Verdicts[] = [];
  for (const { head, rows, labels } of testRows(job, features)) {
    verdicts.push({ head, rows, labels, scores: (await fitted.predict(rows))[head]! });
  }
  await fitted.dispose();
  return { job, verdicts, record: fitted.record, seconds: (performance.now() - start) / 1000 };
}

function systemOf(
  name: SystemName,
  { model, training }: Config,
  options: Pick<TrainOptions, "onEpoch" | "checkpoints" | "executionProviders" | "graphs">,
): System {
  const ours = proposed(model, training, options);
  switch (name) {
    case "Proposed":
      return ours;
    case "Majority":
      return majority;
    case "Shuffled labels":
      return shuffledLabels(ours);
    case "Linear probe":
      return linearProbe;
  }
}

/**
 * What the test part asks of a system: under `single` every test sample
 * alone, by its modality's head; otherwise fixed triples of test samples, as
 * many as the largest test part has samples. The same for every system.
 */
function testRows(
  { protocol, present, split, seed }: Job,
  features: CorpusFeatures,
): Omit<Verdicts, "scores">[] {
  if (protocol === "single") {
    return present.map((m) => ({
      head: m,
      rows: { [m]: split[m].test },
      labels: split[m].test.map((i) => features[m].labels[i]!),
    }));
  }
  const triples = pairTriples({
    indices: byModality((m) => split[m].test),
    labels: byModality((m) => features[m].labels),
    protocol,
    count: Math.max(...present.map((m) => split[m].test.length)),
    key: fold(key(seed), "test triples", protocol),
  });
  const rows = { text: triples.text, image: triples.image, audio: triples.audio };
  if (triples.unified) return [{ head: "unified", rows, labels: triples.unified }];
  return present.map((m) => ({ head: m, rows, labels: triples.labels[m] }));
}
