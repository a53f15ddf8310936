/** A worker that holds the features and trains with one seed at a time. @module */

import { type GraphCache, graphCache } from "../lib/training/graph_cache.ts";
import type { CaseOf } from "./cases.ts";
import { initialOf, trainOnce } from "./ours.ts";
import { makeFeatures, sourceOf } from "./problem.ts";
import type { Session } from "./work.ts";

/** What a worker is sent: for each sweep its beginning, then seeds. */
export type SweepRequest =
  | {
    readonly kind: "begin";
    readonly what: CaseOf<"sweep">;
    readonly session: Session;
  }
  | { readonly kind: "train"; readonly seed: number };

/** What it answers to a seed. */
export type SweepAnswer = { readonly loss: number } | { readonly error: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<SweepRequest>) => void;
  postMessage(answer: SweepAnswer): void;
};

const features = makeFeatures();
// The trainings of a sweep share what is compiled, as the jobs of an experiment do; two sweeps don't.
let sweep: Extract<SweepRequest, { kind: "begin" }> & { graphs: GraphCache };

scope.onmessage = async ({ data: request }) => {
  if (request.kind === "begin") {
    // The next seed may be there before the old graphs are gone.
    const old = sweep?.graphs;
    sweep = { ...request, graphs: graphCache() };
    await old?.dispose();
    return;
  }
  const { what, session, graphs } = sweep, { seed } = request;
  try {
    const source = sourceOf(features, { ...what, seed });
    const initial = initialOf(source, seed);
    const loss = await trainOnce(source, { ...what, initial, session, graphs });
    scope.postMessage({ loss });
  } catch (error) {
    scope.postMessage({ error: (error as Error).message });
  }
};
