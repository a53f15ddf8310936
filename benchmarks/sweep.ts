/** The sweep: trainings with several seeds, on workers. @module */

import type { ModelConfig } from "../lib/model/mod.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import { type Side, timed } from "./side.ts";
import type { SweepAnswer, SweepRequest } from "./sweep_worker.ts";

/** Trainings with the seeds 1 to `seeds`, on workers of one thread each, as experiments run them. */
export function sweepSide(
  { features, config, batch, seeds, steps, workers }: {
    features: CorpusFeatures;
    config: ModelConfig;
    batch: number;
    seeds: number;
    steps: number;
    workers: number;
  },
): Side {
  const pool = Array.from({ length: workers }, () => {
    const worker = new Worker(new URL("./sweep_worker.ts", import.meta.url), { type: "module" });
    worker.postMessage({ kind: "data", features, config, batch, steps } satisfies SweepRequest);
    return worker;
  });
  const sweep = async () => {
    let next = 1, loss = NaN;
    for (const worker of pool) worker.postMessage({ kind: "begin" } satisfies SweepRequest);
    await Promise.all(pool.map(async (worker) => {
      while (next <= seeds) loss = await ask(worker, next++);
    }));
    return loss;
  };
  return {
    name: "ours",
    run: (iterations) => timed(iterations, sweep),
    close: () => Promise.resolve(pool.forEach((worker) => worker.terminate())),
  };
}

function ask(worker: Worker, seed: number): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<SweepAnswer>) => resolve(data.loss);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot train with seed ${seed}: ${event.message}`));
    };
    worker.postMessage({ kind: "train", seed } satisfies SweepRequest);
  });
}
