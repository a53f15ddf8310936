/** What is timed. @module */

import type { DesignName } from "./problem.ts";

/** A training step, an epoch, a forward pass, several trainings, or a product of two matrices. */
export type Case =
  | { readonly kind: "step"; readonly design: DesignName; readonly batch: number }
  | Training & { readonly kind: "epoch" }
  | Training & { readonly kind: "sweep"; readonly seeds: number }
  | { readonly kind: "inference"; readonly design: DesignName; readonly rows: number }
  | { readonly kind: "product"; readonly size: number };

/** What is trained, on how much. */
interface Training {
  readonly design: DesignName;
  readonly batch: number;
  /** Samples of each modality, and triples an epoch. */
  readonly samples: number;
  readonly epochs: number;
}

/** A case of one kind. */
export type CaseOf<Kind extends Case["kind"]> = Extract<Case, { readonly kind: Kind }>;

/** A case as it is run. */
interface TimedCase {
  readonly what: Case;
  /** Of one repetition: some tenths of a second. */
  readonly iterations: number;
  /** The most repetitions, where one takes seconds. */
  readonly most?: number;
}

/** Every case by name. */
export const cases: Readonly<Record<string, TimedCase>> = {
  step_cnn_32: { what: { kind: "step", design: "cnn", batch: 32 }, iterations: 8 },
  step_cnn_128: { what: { kind: "step", design: "cnn", batch: 128 }, iterations: 3 },
  step_cached_32: { what: { kind: "step", design: "cached", batch: 32 }, iterations: 15 },
  step_cached_128: { what: { kind: "step", design: "cached", batch: 128 }, iterations: 5 },
  step_misa_32: { what: { kind: "step", design: "misa", batch: 32 }, iterations: 10 },
  step_msfnet_32: { what: { kind: "step", design: "msfnet", batch: 32 }, iterations: 20 },
  inference_1: { what: { kind: "inference", design: "cnn", rows: 1 }, iterations: 100 },
  inference_256: { what: { kind: "inference", design: "cnn", rows: 256 }, iterations: 4 },
  epoch_cnn_32: {
    what: { kind: "epoch", design: "cnn", batch: 32, samples: 256, epochs: 1 },
    iterations: 4,
  },
  sweep_8: {
    what: { kind: "sweep", design: "cnn", batch: 16, samples: 128, epochs: 5, seeds: 8 },
    iterations: 1,
    most: 3,
  },
  product_1024: { what: { kind: "product", size: 1024 }, iterations: 10 },
};
