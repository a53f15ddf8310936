/** A worker that holds the features and trains with one seed at a time. @module */

import type { ModelConfig } from "../lib/model/mod.ts";
import type { CorpusFeatures } from "../lib/training/features.ts";
import { trainOnce } from "./ours.ts";
import { sourceOf } from "./problem.ts";

/** What a worker is sent: the data once, then seeds. */
export type SweepRequest =
  | {
    readonly kind: "data";
    readonly features: CorpusFeatures;
    readonly config: ModelConfig;
    readonly batch: number;
    readonly steps: number;
  }
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

scope.onmessage = async ({ data: request }) => {
  if (request.kind === "data") {
    data = request;
    return;
  }
  const { features, config, batch, steps } = data!;
  const source = sourceOf(features, { config, batch, seed: request.seed });
  scope.postMessage({ loss: await trainOnce(source, steps, request.seed) });
};
