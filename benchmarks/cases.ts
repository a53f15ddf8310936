/** What is timed. @module */

import type { Gate } from "../lib/model/mod.ts";

/** A training step, a forward pass, or several trainings. */
export type Case =
  | { readonly kind: "step"; readonly gate: Gate; readonly batch: number }
  | { readonly kind: "inference"; readonly gate: Gate; readonly rows: number }
  | {
    readonly kind: "sweep";
    readonly gate: Gate;
    readonly batch: number;
    readonly seeds: number;
    readonly steps: number;
  };

/** Every case by name, with the iterations of one repetition: some tenths of a second each. */
export const cases: Readonly<Record<string, { readonly what: Case; readonly iterations: number }>> =
  {
    step_cnn_32: { what: { kind: "step", gate: "per feature", batch: 32 }, iterations: 10 },
    step_cnn_128: { what: { kind: "step", gate: "per feature", batch: 128 }, iterations: 4 },
    // Without the spectral path nothing is convolved: what is left when its features are cached.
    step_cached_32: { what: { kind: "step", gate: "contextual only", batch: 32 }, iterations: 40 },
    step_cached_128: {
      what: { kind: "step", gate: "contextual only", batch: 128 },
      iterations: 15,
    },
    inference_1: { what: { kind: "inference", gate: "per feature", rows: 1 }, iterations: 100 },
    inference_256: { what: { kind: "inference", gate: "per feature", rows: 256 }, iterations: 4 },
    sweep_8: {
      what: { kind: "sweep", gate: "per feature", batch: 16, seeds: 8, steps: 40 },
      iterations: 1,
    },
  };
