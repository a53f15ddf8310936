/** A worker that holds the features and trains with one seed at a time. @module */

import type { ModelConfig } from "../lib/model/mod.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import { graphCache } from "../lib/training/graph_cache.ts";
import { trainOnce } from "./ours.ts";
import { sourceOf } from "./problem.ts";

/** What a worker is sent: the data once, then for each sweep its beginning and seeds. */
export type SweepRequest =
  | {
    readonly kind: "data";
    readonly features: CorpusFeatures;
    readonly config: ModelConfig;
    readonly batch: number;
    readonly steps: number;
  }
  | { readonly kind: "begin" }
  | { readonly kind: "train"; readonly seed: number };

/** What it answers to a seed. */
export interface SweepAnswer {
  readonly loss: number;
}

const scope = self as unknown as {
  onmessage: (event: MessageEvent<SweepRequest>) => void;
  postMessage(answer: SweepAnswer): void;
};

let data: Extract<SweepRequest, { kind: "data" }> | undefined;
// The trainings of a sweep share what is compiled, as the jobs of an experiment do; two sweeps don't.
let graphs = graphCache();

scope.onmessage = async ({ data: request }) => {
  if (request.kind === "data") {
    data = request;
    return;
  }
  if (request.kind === "begin") {
    // The next seed may be there before the old graphs are gone.
    const old = graphs;
    graphs = graphCache();
    await old.dispose();
    return;
  }
  const { features, config, batch, steps } = data!;
  const source = sourceOf(features, { config, batch, seed: request.seed });
  scope.postMessage({ loss: await trainOnce(source, { steps, seed: request.seed, graphs }) });
};
