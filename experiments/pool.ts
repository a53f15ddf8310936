/** Runs jobs in parallel: one worker a core, one thread a worker. @module */

import { byModality } from "../lib/modality.ts";
import type { CorpusFeatures, Table } from "../lib/training/features.ts";
import type { Epoch } from "../lib/training/train.ts";
import type { Config } from "./config.ts";
import type { Job, Outcome } from "./run.ts";
import type { Request, Response } from "./worker.ts";

/**
 * Runs every job and returns the outcomes in the order of the jobs, whatever
 * the order in which they end. One thread a run gives the same bits each time,
 * and two runs side by side are faster than one run on two threads.
 *
 * @throws {Error} the first failure of a job; the other workers are stopped.
 */
export async function runJobs(
  jobs: readonly Job[],
  { features, config, workers, onEpoch = () => {}, onOutcome = () => {} }: {
    features: CorpusFeatures;
    config: Config;
    workers: number;
    onEpoch?: (job: Job, epoch: Epoch) => void;
    onOutcome?: (outcome: Outcome, done: number) => void;
  },
): Promise<Outcome[]> {
  const shared = shareFeatures(features);
  const outcomes: Outcome[] = [];
  let next = 0, done = 0;
  const pool = Array.from({ length: Math.min(workers, jobs.length) }, () => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.postMessage({ kind: "data", features: shared, config } satisfies Request);
    return worker;
  });
  const drain = async (worker: Worker) => {
    while (next < jobs.length) {
      const at = next++;
      outcomes[at] = await ask(worker, jobs[at]!, onEpoch);
      onOutcome(outcomes[at], ++done);
    }
  };
  try {
    await Promise.all(pool.map(drain));
  } finally {
    for (const worker of pool) worker.terminate();
  }
  return outcomes;
}

function ask(
  worker: Worker,
  job: Job,
  onEpoch: (job: Job, epoch: Epoch) => void,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Response>) => {
      if (data.kind === "epoch") onEpoch(job, data.epoch);
      else if (data.kind === "outcome") resolve(data.outcome);
      else reject(new Error(`Cannot finish ${data.message}`));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot finish ${job.name}: ${event.message}`));
    };
    worker.postMessage({ kind: "job", job } satisfies Request);
  });
}

// Workers read the same memory: features are copied once, not once a worker.
function shareFeatures(features: CorpusFeatures): CorpusFeatures {
  const share = ({ shape, data }: Table): Table => {
    const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
    copy.set(data);
    return { shape, data: copy };
  };
  return byModality((m) => ({
    labels: features[m].labels,
    tables: Object.fromEntries(
      Object.entries(features[m].tables).map(([name, table]) => [name, share(table)]),
    ),
  }));
}
