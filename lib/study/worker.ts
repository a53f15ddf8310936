/** A worker that holds the features and runs one job at a time. @module */

import type { ZeroShotPrompts } from "../baselines/mod.ts";
import { openCheckpoints } from "../training/checkpoint.ts";
import { graphCache } from "../training/graph_cache.ts";
import type { Epoch, TrainProgress } from "../training/train.ts";
import type { RunExecutor } from "./run_executor.ts";
import type { Config } from "./settings.ts";
import { type JobOptions, runJob } from "./run.ts";
import type { Job, Outcome } from "./job.ts";
import { sharedFits } from "./shared_fits.ts";
import { receiveFeatures, type SentFeatures } from "./stored_tables.ts";
import type { JobCheckpoints } from "./work_folder.ts";

/** What a worker is sent: data, then jobs upon them, then maybe other data and more jobs. */
export type Request =
  | {
    readonly kind: "data";
    readonly features: SentFeatures;
    readonly config: Config;
    readonly prompts?: ZeroShotPrompts;
    readonly on?: RunExecutor;
  }
  | {
    readonly kind: "job";
    readonly job: Job;
    /** Where the job's checkpoints are; without, it keeps none. */
    readonly checkpoints?: JobCheckpoints;
  };

/** What it answers. */
export type Response =
  | { readonly kind: "epoch"; readonly epoch: Epoch; readonly progress: TrainProgress }
  | { readonly kind: "damage"; readonly message: string }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | {
    readonly kind: "error";
    /** With the job's name and the stack. */
    readonly message: string;
    /** The error's own message. */
    readonly reason: string;
  };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(response: Response): void;
};

let data: Promise<JobOptions> | undefined;

async function receive(
  { features, ...others }: Extract<Request, { kind: "data" }>,
): Promise<JobOptions> {
  return { ...others, features: await receiveFeatures(features) };
}

// Jobs that differ in their seed share what is compiled.
const graphs = graphCache();

// Each holds the memory of all that it computes between. Jobs of one setting come one after the other,
// and have a graph of their step and some of verdicts.
const mostGraphs = 8;

const share = sharedFits();

const onDamage = (message: string) => scope.postMessage({ kind: "damage", message });

scope.onmessage = async ({ data: request }) => {
  if (request.kind === "data") {
    data = receive(request);
    data.catch(() => {}); // Told to the jobs upon it.
    return;
  }
  try {
    const { job, checkpoints: kept } = request;
    const options = await data!;
    await graphs.trim(mostGraphs);
    const outcome = await runJob(job, {
      ...options,
      graphs,
      share,
      onEpoch: (epoch, progress) => scope.postMessage({ kind: "epoch", epoch, progress }),
      ...kept && {
        checkpoints: openCheckpoints(kept.folder, {
          ...kept,
          arithmetic: options.on?.arithmetic,
          onDamage,
        }),
      },
    });
    scope.postMessage({ kind: "outcome", outcome });
  } catch (error) {
    const message = error instanceof Error ? error.stack ?? error.message : String(error);
    const reason = error instanceof Error ? error.message : message;
    scope.postMessage({ kind: "error", message: `${request.job.name}: ${message}`, reason });
  }
};
