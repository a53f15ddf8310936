/** The floor of every table: the most frequent label of the training part, whatever the sample. @module */

import { isPositive } from "../metrics/mod.ts";
import type { Fitted, Problem, System } from "../systems/system.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** A system that says the same of every sample. */
export interface Majority {
  /** The label it predicts; 1 where both are equally frequent. */
  readonly label: 0 | 1;
  /** How often the training part has that label, in [0.5, 1]. */
  readonly share: number;
  /** `n` times the score of class 1: the share of ones, so that `predictedClasses` are `label`. */
  readonly scores: (n: number) => Float64Array;
}

/**
 * Learns the more frequent of two labels.
 *
 * Scores are probabilities of class 1, so where class 0 is the majority each
 * score is one minus its share.
 *
 * @throws {RangeError} No labels, or a label but 0 and 1.
 *
 * @example Three of four are negative
 * ```ts
 * import { fitMajority } from "./majority.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual([...fitMajority([0, 1, 0, 0]).scores(2)], [0.25, 0.25]);
 * ```
 */
export function fitMajority(labels: ArrayLike<number>): Majority {
  if (labels.length === 0) {
    throw new RangeError("Cannot find the majority: expected at least one label, got none");
  }
  let ones = 0;
  for (let n = 0; n < labels.length; n++) {
    const label = labels[n]!;
    if (label !== 0 && label !== 1) {
      throw new RangeError(
        `Cannot find the majority: expected 0 or 1 in labels[${n}], got ${label}`,
      );
    }
    ones += label;
  }
  const positive = ones / labels.length;
  return {
    label: isPositive(positive) ? 1 : 0,
    share: Math.max(positive, 1 - positive),
    scores: (n) => new Float64Array(n).fill(positive),
  };
}

/** The most frequent training label, whatever the sample. */
export function majority(): System {
  return { name: "Majority", fit: fitLabels };
}

// deno-lint-ignore require-await -- what it throws is a rejection, as of any other system.
async function fitLabels({ features, train, present, protocol }: Problem): Promise<Fitted> {
  const fits = Object.fromEntries(
    present.map((m) => [m, fitMajority(train[m].map((i) => features[m].labels[i]!))]),
  );
  // Under `label` both labels are equally frequent by construction.
  const unified = fitMajority([0, 1]);
  return {
    // deno-lint-ignore require-await
    predict: async (rows) => {
      const shown = shownIn(rows);
      if (!shown.every((m) => present.includes(m))) throw unfitted(shown, present);
      const n = rows[shown[0]!]!.length;
      const heads = shown.map((m) => [m, fits[m]!.scores(n)]);
      return { ...Object.fromEntries(heads), unified: unified.scores(n) };
    },
    record: { protocol, labels: Object.fromEntries(present.map((m) => [m, fits[m]!.label])) },
    dispose: () => Promise.resolve(),
  };
}
