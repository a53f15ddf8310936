/** One run: a system, fitted with one seed under one protocol, and its verdicts on the test part. @module */

import { learntOf, onlyOf, pairsAmong, pairsByShown, shownBy } from "../datasets/paired.ts";
import { pairTriples } from "../datasets/pairing.ts";
import type { ZeroShotPrompts } from "../baselines/mod.ts";
import { byModality, type Modality } from "../modality.ts";
import { fold, key } from "../tensor/random.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { GraphCache } from "../training/graph_cache.ts";
import type { Fitted, Head } from "../systems/system.ts";
import type { Checkpoints, Epoch, TrainProgress } from "../training/train.ts";
import { type RunExecutor, sessionOf } from "./run_executor.ts";
import type { Config } from "./settings.ts";
import { poolSegments } from "./pool_segments.ts";
import type { ShareFits } from "./shared_fits.ts";
import { systemOf } from "./systems.ts";
import { type AdditiveRecord, controlExams, controlOf, judgeAdditive } from "./controls.ts";
import type { Exam, Job, Outcome, Verdicts } from "./job.ts";
import { wholeRowExams } from "./whole_rows.ts";

/** What {@linkcode runJob} is given beside the job. */
export interface JobOptions {
  readonly features: CorpusFeatures;
  readonly config: Config;
  /** Called after each epoch of a system that has some. */
  readonly onEpoch?: (epoch: Epoch, progress: TrainProgress) => void;
  /** Where such a system goes on from, and what it keeps. */
  readonly checkpoints?: Checkpoints;
  /** Compiled graphs of earlier jobs. */
  readonly graphs?: GraphCache;
  /** For {@linkcode systemOf}. */
  readonly prompts?: ZeroShotPrompts;
  /** Fits that systems have in common. */
  readonly share?: ShareFits;
  /** What executes graphs; ONNX Runtime on the CPU by default. */
  readonly on?: RunExecutor;
}

/** A job's outcome, and what its system has learnt; what it had compiled is freed. */
export interface JobFit {
  readonly fitted: Pick<Fitted, "model" | "training" | "parameters" | "standardisation">;
  readonly outcome: Outcome;
}

/** The configuration that a job is run with: what its variant says, the experiment's otherwise. */
export function configOf(
  { system, variant = {} }: Pick<Job, "system" | "variant">,
  config: Config,
): Config {
  return {
    ...config,
    model: { ...config.model, ...variant.model },
    training: { ...config.training, ...variant.training },
    ...variant.tuned && { tuned: { [system]: variant.tuned } },
  };
}

/** {@linkcode fitJob}, for its outcome alone: that can be sent from worker to worker. */
export async function runJob(job: Job, options: JobOptions): Promise<Outcome> {
  return (await fitJob(job, options)).outcome;
}

/** Fits and judges. The system sees the training and validation rows; only then the test part is read. */
export async function fitJob(
  job: Job,
  { features: all, config, on, ...options }: JobOptions,
): Promise<JobFit> {
  const start = performance.now();
  const { system, protocol, pairs, neutral, noisy, target, present, split, seed } = job;
  const { variant = {} } = job;
  const features = variant.segments === undefined ? all : poolSegments(all, variant.segments);
  const fitted = await systemOf(system, configOf(job, config), {
    ...options,
    ...on && sessionOf(on),
    gradients: job.gradients,
    classesAlike: job.classesAlike,
  }).fit({
    features,
    train: byModality((m) => split[m].train),
    validation: byModality((m) => split[m].validation),
    protocol,
    ...pairs && { pairs },
    ...neutral && { neutral },
    ...noisy && { noisy },
    ...job.classesAlike && { classesAlike: true },
    target,
    present,
    key: fold(key(seed), system, protocol, ...present),
  });
  const verdicts: Verdicts[] = [];
  const additive: Record<string, AdditiveRecord> = {};
  for (const { inspect = false, ...exam } of examsOf(job, features)) {
    if (controlOf(exam.name) === "additive") {
      const { scores, record } = await judgeAdditive(fitted, exam, job);
      additive[exam.name] = record;
      verdicts.push({ ...exam, scores });
      continue;
    }
    const scores = (await fitted.predict(exam.rows))[exam.head]!;
    const shown = inspect ? await fitted.inspect?.(exam.rows) : undefined;
    const inspected = shown && onlyNamed(shown, inspect);
    verdicts.push({ ...exam, scores, ...inspected && { inspected } });
  }
  await fitted.dispose();
  const seconds = (performance.now() - start) / 1000;
  const megabytes = Math.round(Deno.memoryUsage().rss / 2 ** 20);
  // What went on elsewhere than it began has the bytes of neither.
  const arithmetics = options.checkpoints?.arithmetics?.() ?? [];
  const record = {
    ...fitted.record,
    ...Object.keys(additive).length > 0 && { additive },
    ...arithmetics.length > 1 && { arithmetics },
  };
  return { fitted, outcome: { job, verdicts, record, seconds, megabytes } };
}

/** All that a job asks of its system: its exams and, behind them, those of its controls and of parts. */
export function examsOf(
  job: Job,
  features: Parameters<typeof testExams>[1],
): Exam[] {
  const exams = job.exams ?? testExams(job, features);
  const parts = job.parts ? wholeRowExams(job, features) : [];
  return [...exams, ...controlExams(job, exams), ...parts];
}

function onlyNamed<Shown>(
  shown: Readonly<Record<string, Shown>>,
  names: NonNullable<Exam["inspect"]>,
): Readonly<Record<string, Shown>> | undefined {
  if (typeof names === "boolean") return shown;
  const named = Object.entries(shown).filter(([name]) => names.includes(name));
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

/**
 * What the test part asks of a system: under `single` every test sample
 * alone, by its modality's head; under `natural` every row of the test part,
 * by what it shows and the training part has; otherwise fixed triples of test samples, as
 * many as the largest test part has samples. The same for every system.
 */
export function testExams(
  { protocol, pairs = [], target, present, split, seed }: Pick<
    Job,
    "protocol" | "pairs" | "target" | "present" | "split" | "seed"
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
    const learnt = learntOf(split);
    const rows = pairsAmong(pairs, indices).map((pair) => onlyOf(pair, learnt))
      .filter((pair) => shownBy(pair).length > 0);
    return pairsByShown(rows, labels).map(({ shown, ...exam }) => ({
      name: shown.join("+"),
      head: "unified",
      ...exam,
    }));
  }
  const triples = pairTriples({
    indices,
    labels,
    protocol,
    count: Math.max(...present.map((m) => split[m].test.length)),
    target,
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
