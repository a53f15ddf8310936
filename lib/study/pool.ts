/** Runs jobs in parallel: one worker a core, one thread a worker. @module */

import type { ZeroShotPrompts } from "../baselines/mod.ts";
import { byModality } from "../modality.ts";
import type { CorpusFeatures, Table } from "../systems/features.ts";
import type { RunExecutor } from "./run_executor.ts";
import type { Config } from "./settings.ts";
import { fitKey } from "./fit_key.ts";
import { type FitWatcher, watchJob } from "./fit_watch.ts";
import type { Job, Outcome } from "./job.ts";
import type { WorkFolder } from "./work_folder.ts";
import { isStored, sendFeatures } from "./stored_tables.ts";
import type { Request, Response } from "./worker.ts";

/** What {@linkcode runJobs} is given beside the jobs. */
export interface PoolOptions {
  /** Of all jobs, or of each. */
  readonly features: CorpusFeatures | ((job: Job) => CorpusFeatures);
  readonly config: Config;
  /** Runs side by side. */
  readonly workers: number;
  /** For systems that need them. */
  readonly prompts?: ZeroShotPrompts;
  /** What executes graphs; ONNX Runtime on the CPU by default. */
  readonly on?: RunExecutor;
  /** Where ended jobs and checkpoints are looked for and kept; nowhere by default. */
  readonly work?: WorkFolder;
  /** What is added to the record of a job that is run now. */
  readonly noteOf?: (job: Job) => Readonly<Record<string, unknown>>;
  /** Called before a job is run now. */
  readonly onStart?: (job: Job) => void;
  /** Called with a job that fails, and why; the others go on. Unless given, the first failure is thrown. */
  readonly onFailure?: (job: Job, reason: string) => void;
  /** Told of the fits that train now. */
  readonly watcher?: FitWatcher | undefined;
  /** Called once for each job, be it run now or found in the work folder. */
  readonly onOutcome?: (outcome: Outcome, done: number) => void;
  /** Told of checkpoints that can't be used. */
  readonly onDamage?: (message: string) => void;
}

/**
 * Runs every job and returns the outcomes in the order of the jobs, whatever
 * the order in which they end; those that fail have none. One thread a run gives the same bits each
 * time, and two runs side by side are faster than one run on two threads. With a work folder, jobs
 * that ended before are not run again, and others go on.
 *
 * @throws {Error} the first failure of a job, unless `onFailure` is told; the other workers are
 * stopped.
 */
export async function runJobs(
  jobs: readonly Job[],
  options: PoolOptions,
): Promise<Outcome[]> {
  const { config, prompts, workers, work, onOutcome = () => {} } = options;
  const { on, noteOf = () => ({}), onStart = () => {} } = options;
  const outcomes: Outcome[] = [];
  const missing: number[] = [];
  let done = 0;
  const end = (at: number, outcome: Outcome) => {
    outcomes[at] = outcome;
    onOutcome(outcome, ++done);
  };
  for (const [at, job] of jobs.entries()) {
    const kept = await work?.outcome(job);
    if (kept) end(at, kept);
    else missing.push(at);
  }
  // One worker has all jobs of a fit: the first trains, the others find it.
  const todo = [...Map.groupBy(missing, (at) => fitKey(jobs[at]!)).values()];
  const shared = new WeakMap<CorpusFeatures, CorpusFeatures>();
  const share = (features: CorpusFeatures) => {
    const known = shared.get(features) ?? shareFeatures(features);
    shared.set(features, known);
    return known;
  };
  const pool = Array.from(
    { length: Math.min(workers, todo.length) },
    () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
  );
  const drain = async (worker: Worker) => {
    let sent: CorpusFeatures | undefined;
    for (let own = todo.shift(); own !== undefined; own = todo.shift()) {
      for (const at of own) {
        const features = featuresOf(jobs[at]!, options);
        if (features !== sent) {
          const data: Request = {
            kind: "data",
            features: sendFeatures(share(features), { threads: pool.length }),
            config,
            ...on && { on },
            ...prompts && { prompts },
          };
          worker.postMessage(data);
          sent = features;
        }
        onStart(jobs[at]!);
        const answer = await ask(worker, jobs[at]!, options);
        if (answer === undefined) continue;
        const { record, ...judged } = answer;
        const arithmetic = on && { arithmetic: on.arithmetic };
        const outcome = { ...judged, record: { ...record, ...arithmetic, ...noteOf(jobs[at]!) } };
        end(at, await work?.keep(outcome) ?? outcome);
      }
    }
  };
  try {
    await Promise.all(pool.map(drain));
  } finally {
    for (const worker of pool) worker.terminate();
  }
  return outcomes.filter((outcome) => outcome !== undefined);
}

function featuresOf(job: Job, { features }: PoolOptions): CorpusFeatures {
  return typeof features === "function" ? features(job) : features;
}

/** The outcome of a job; none if it fails and `onFailure` is told. */
function ask(worker: Worker, job: Job, options: PoolOptions): Promise<Outcome | undefined> {
  const { work, onDamage = () => {}, onFailure } = options;
  const watch = watchJob(job, options);
  const answer = new Promise<Outcome | undefined>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Response>) => {
      if (data.kind === "epoch") watch.onEpoch(data.epoch, data.progress);
      else if (data.kind === "damage") onDamage(data.message);
      else if (data.kind === "outcome") resolve(data.outcome);
      else if (onFailure) resolve(void onFailure(job, data.reason));
      else reject(new Error(`Cannot finish ${data.message}`));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot finish ${job.name}: ${event.message}`));
    };
    const checkpoints = work?.checkpoints(job, featuresOf(job, options));
    worker.postMessage({ kind: "job", job, ...checkpoints && { checkpoints } } satisfies Request);
  });
  return answer.finally(watch.end);
}

/**
 * Features in memory that all workers read: copied once, not once per worker; what is there already, or
 * stays in the feature store, never.
 */
export function shareFeatures(features: CorpusFeatures): CorpusFeatures {
  const share = (table: Table): Table => {
    if (isStored(table)) return table;
    const { shape, data } = table;
    if (data.buffer instanceof SharedArrayBuffer) return { shape, data };
    const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
    copy.set(data);
    return { shape, data: copy };
  };
  return byModality((m) => ({
    ...features[m],
    tables: Object.fromEntries(
      Object.entries(features[m].tables).map(([name, table]) => [name, share(table)]),
    ),
  }));
}
