/** The sweep: trainings with several seeds, on workers. @module */

import type { CaseOf } from "./cases.ts";
import type { SweepAnswer, SweepRequest } from "./sweep_worker.ts";
import type { Session, Work } from "./work.ts";

/** Trainings with the seeds 1 to `seeds`, on a worker a thread, as experiments run them. */
export function sweepPool(
  what: CaseOf<"sweep">,
  { threads, fresh = false, ...session }: Session,
): Work {
  const pool = Array.from(
    { length: threads },
    () => new Worker(new URL("./sweep_worker.ts", import.meta.url), { type: "module" }),
  );
  const sweep = async (own: Omit<Session, "threads">) => {
    const begin: SweepRequest = { kind: "begin", what, session: { ...own, threads: 1 } };
    for (const worker of pool) worker.postMessage(begin);
    let next = 1, loss = NaN;
    await Promise.all(pool.map(async (worker) => {
      while (next <= what.seeds) loss = await ask(worker, next++);
    }));
    return loss;
  };
  return {
    async run() {
      if (!fresh) return await sweep(session);
      const cache = await Deno.makeTempDir();
      try {
        return await sweep({ ...session, c: { ...session.c, cache } });
      } finally {
        await Deno.remove(cache, { recursive: true });
      }
    },
    close: () => Promise.resolve(pool.forEach((worker) => worker.terminate())),
  };
}

function ask(worker: Worker, seed: number): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<SweepAnswer>) => {
      if ("loss" in data) resolve(data.loss);
      else reject(new Error(data.error));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot train with seed ${seed}: ${event.message}`));
    };
    worker.postMessage({ kind: "train", seed } satisfies SweepRequest);
  });
}
