/**
 * A sweep: fits of one system with many settings on one split, chosen by the validation part.
 *
 *     deno task sweep --set training.learningRate=1e-4,1e-3 --set model.width=32,64
 *
 * Of all fits the chosen one alone is asked about the test part, once, at the end.
 *
 * @module
 */

import type { Arithmetic } from "../compile/mod.ts";
import type { TestScore } from "../inference/mod.ts";
import type { Target } from "../target.ts";
import { meanAndDeviation } from "../metrics/mod.ts";
import { testScores } from "./describe_model.ts";
import { trainedBySplit } from "./encoder_source.ts";
import { type Job, named, type Outcome } from "./job.ts";
import { type ArithmeticRecord, type Mixture, mixtureOf } from "./mixed_arithmetic.ts";
import { runShare } from "./part.ts";
import { runJobs } from "./pool.ts";
import { trainingRecord } from "./proposed_runs.ts";
import { assertTogether, type NamedSettings, settingNames, withSettings } from "./setting_names.ts";
import type { Config, TrainedSystem } from "./settings.ts";
import {
  type PreparedTraining,
  prepareTraining,
  type TrainedFolder,
  type TrainModelOptions,
} from "./train_model.ts";

/** The systems that can be swept: those that learn by epochs, from what every run has. */
export const sweptSystems = [
  "Proposed",
  "MISA",
  "MSFNet (adaptation)",
  "Concatenation MLP",
] as const satisfies readonly TrainedSystem[];

/** One of {@linkcode sweptSystems}. */
export type SweptSystem = (typeof sweptSystems)[number];

/** The settings that decide a system's fit; the others would change nothing. */
export function settingsOf(system: SweptSystem): string[] {
  if (system === "Proposed") return [...settingNames];
  const its = settingNames.filter((name) =>
    !name.startsWith("model.") && name !== "training.headWeight"
  );
  if (system !== "MISA") return its;
  // Those that it is trained with are its authors'.
  const fixed = ["batch", "weightDecay", "averaging", "clipNorm", "clipValue"];
  return its.filter((name) => !fixed.some((one) => name === `training.${one}`));
}

/** One fit of a sweep. */
export interface SweepRun {
  /** From 1. */
  readonly run: number;
  /** What it has other than the sweep's configuration. */
  readonly settings: NamedSettings;
  /** Of initial parameters and batches. */
  readonly seed: number;
  readonly state: "waiting" | "running" | "done" | "failed";
  /** Why it failed. */
  readonly reason?: string;
  /** Of the epoch that was kept. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly bestEpoch?: number;
  readonly epochs?: number;
  readonly seconds?: number;
  readonly chosen?: boolean;
}

/** What a sweep is told beside what a training is. */
export interface SweepOptions extends TrainModelOptions {
  readonly system: SweptSystem;
  /** The settings of each configuration, in place of those of `config`. */
  readonly combinations: readonly NamedSettings[];
  /** Runs of each configuration, with `seed` and on; the split is that of `seed`. */
  readonly seeds: number;
  /** Runs side by side. */
  readonly workers: number;
  /** Called with all runs before the first, and whenever one has another state. */
  readonly onRuns: (runs: readonly SweepRun[]) => void;
}

/** What the chosen model says of the test part. */
export interface TestedRun {
  readonly run: number;
  /** What was learnt, if it is not the paper's two classes. */
  readonly target?: Target;
  readonly scores: readonly TestScore[];
}

/** What came of a sweep. */
export interface Sweep {
  /** What executed the graphs. */
  readonly arithmetic: Arithmetic;
  /** Where the runs were fitted by several kinds, as parts on several machines. */
  readonly mixed?: Mixture;
  readonly runs: readonly SweepRun[];
  /** What the chosen configuration's first run says of the test part; none where every run failed. */
  readonly test?: TestedRun;
  /** Of the proposed model, the folder of that run. */
  readonly folder?: TrainedFolder;
}

/**
 * Fits every combination, chooses, and only then reads the test part, for one fit.
 *
 * @throws {MadeInParts} Of a share of the runs, once its own are fitted.
 */
export async function runSweep(options: SweepOptions): Promise<Sweep> {
  const { onRuns, onProgress, config, workers, share } = options;
  assertShared(options);
  const { combinations, seeds, seed } = options;
  const prepared = await prepareTraining(options);
  const runs = combinations.flatMap((settings, i) =>
    Array.from({ length: seeds }, (_, k): SweepRun => ({
      run: i * seeds + k + 1,
      settings,
      seed: seed + k,
      state: "waiting",
    }))
  );
  const update = (run: number, change: Partial<SweepRun>) => {
    runs[run - 1] = { ...runs[run - 1]!, ...change };
    onRuns([...runs]);
  };
  const jobs: Job[] = [];
  const numbers = new Map<string, number>();
  for (const { run, settings, seed } of runs) {
    try {
      const variant = variantOf(config, settings);
      const exams: Job["exams"] = [];
      const job = { ...planRun(prepared, options, { run, seed }), variant, exams };
      jobs.push(job);
      numbers.set(job.name, run);
    } catch (error) {
      // Settings that do not go together are a result like any other.
      runs[run - 1] = { ...runs[run - 1]!, ...failure((error as Error).message) };
    }
  }
  onRuns([...runs]);
  let ended = runs.length - jobs.length;
  const records: ArithmeticRecord[] = [];
  const count = () => onProgress("fitting", ++ended, runs.length);
  onProgress("fitting", ended, runs.length);
  const fit = (own: readonly Job[]) =>
    runJobs(own, {
      features: prepared.features,
      config,
      workers,
      work: prepared.work,
      on: prepared.on,
      watcher: options.watcher,
      onDamage: onProgress,
      onStart: (job) => update(numbers.get(job.name)!, { state: "running" }),
      onFailure(job, reason) {
        update(numbers.get(job.name)!, failure(reason));
        count();
      },
      onOutcome(outcome) {
        update(numbers.get(outcome.job.name)!, resultOf(outcome));
        records.push(outcome.record);
        count();
      },
    });
  await (share ? runShare(jobs, share, { run: fit }) : fit(jobs));
  const chosen = chooseFirst(runs, seeds);
  const mixed = mixtureOf(records);
  const made = { runs, arithmetic: prepared.on.arithmetic, ...mixed && { mixed } };
  if (chosen === undefined) return made;
  for (const { run } of runs.slice(chosen.run - 1, chosen.run - 1 + seeds)) {
    update(run, { chosen: true });
  }
  return { ...made, runs, ...await judge(chosen, prepared, options) };
}

// All runs of a sweep are upon the encoders of its one split.
function assertShared({ share, encoders }: SweepOptions): void {
  if (share === undefined || trainedBySplit(encoders).length === 0) return;
  throw new RangeError(
    `Cannot sweep in parts with encoders that are yet to be trained, which each part would train: ` +
      `expected frozen ones, such as the folder encoders/ of a model that train has made with this ` +
      `seed, got ${encoders}`,
  );
}

function failure(reason: string): Pick<SweepRun, "state" | "reason"> {
  return { state: "failed", reason };
}

function resultOf(outcome: Outcome): Partial<SweepRun> {
  const { bestEpoch, history } = trainingRecord(outcome);
  const { validationLoss, validationAccuracy } = history[bestEpoch - 1]!;
  return {
    state: "done",
    validationLoss,
    validationAccuracy,
    bestEpoch,
    epochs: history.length,
    seconds: outcome.seconds!,
  };
}

function variantOf(config: Config, settings: NamedSettings): NonNullable<Job["variant"]> {
  const varied = withSettings(config, settings);
  assertTogether(varied);
  const { model, training, tuned } = varied;
  // A learning rate that is given stands above the tuned one.
  return { model, training, ...tuned !== config.tuned && { tuned: {} } };
}

function planRun(
  { job }: PreparedTraining,
  { system }: SweepOptions,
  { run, seed }: Pick<SweepRun, "run" | "seed">,
): Job {
  const { exams, ...planned } = job;
  // Exams that are not the protocol's own are such as the proposed model alone can answer.
  const asked = system === "Proposed" && exams ? { exams } : {};
  return named({ ...planned, ...asked, system, seed, kind: `${job.kind}-run${run}` });
}

/**
 * The first run of the configuration whose mean validation loss is lowest, among those of which no
 * run failed; of equals the first.
 */
function chooseFirst(runs: readonly SweepRun[], seeds: number): SweepRun | undefined {
  const loss = ({ run }: SweepRun) => {
    const ofCombination = runs.slice(run - 1, run - 1 + seeds);
    return meanAndDeviation(ofCombination.map(({ validationLoss = Infinity }) => validationLoss))
      .mean;
  };
  return runs.filter((_, i) => i % seeds === 0).filter((first) => Number.isFinite(loss(first)))
    .sort((a, b) => loss(a) - loss(b))[0];
}

/** The chosen fit, which the work folder has, is asked about the test part. */
async function judge(
  chosen: SweepRun,
  prepared: PreparedTraining,
  options: SweepOptions,
): Promise<Pick<Sweep, "test" | "folder">> {
  options.onProgress("asking the chosen model about the test part");
  const variant = variantOf(options.config, chosen.settings);
  const fit = await prepared.fit({ ...planRun(prepared, options, chosen), variant });
  const { job: { target } } = prepared;
  const scores = testScores(fit.outcome.verdicts, options.protocol, target);
  const folder = options.system === "Proposed" ? await prepared.folderOf(fit) : undefined;
  const test = { run: chosen.run, ...target && { target }, scores };
  return { test, ...folder && { folder } };
}
