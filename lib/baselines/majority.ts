/** The floor of every table: the usual label of the training part, whatever the sample. @module */

import { mostLikely, polarities, type Target } from "../target.ts";
import type { Fitted, Problem, System } from "../systems/system.ts";
import { repeated, verdictOfLabels } from "./labels.ts";
import { learntModalities, trainingRows } from "./natural_rows.ts";
import { shownIn, unfitted } from "./shown_modalities.ts";

/** A system that says the same of every sample. */
export interface Majority {
  /** The label it predicts: the most frequent class, of two the second where both are, or the median score. */
  readonly label: number;
  /** How often the training part has that label, in [0, 1]; of two classes in [0.5, 1]. */
  readonly share: number;
  /** `n` times the verdict: of classes their shares (of two the second's), of a score the median. */
  readonly scores: (n: number) => Float64Array;
}

/**
 * Learns the usual label: the most frequent class, or the median of scores, which has the least mean
 * absolute error.
 *
 * Scores of two classes are probabilities of class 1, so where class 0 is the majority each
 * score is one minus its share.
 *
 * @throws {RangeError} No labels, or one that the target has not.
 *
 * @example Three of four are negative
 * ```ts
 * import { fitMajority } from "./majority.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual([...fitMajority([0, 1, 0, 0]).scores(2)], [0.25, 0.25]);
 * ```
 */
export function fitMajority(labels: ArrayLike<number>, target: Target = polarities): Majority {
  const verdict = verdictOfLabels(labels, target, { action: "find the majority", plain: true });
  const label = target.kind === "score" ? verdict[0]! : mostLikely(verdict);
  const share = Array.from(labels).filter((other) => other === label).length / labels.length;
  return { label, share, scores: (n) => repeated(verdict, n) };
}

/**
 * The usual training label, whatever the sample: each modality's head says that of its own samples.
 * Under `label` all labels are equally frequent by construction, so `unified` is ½, or 1 / K of
 * each class. Under `natural` it is the usual label of the training rows, whatever a row shows; a
 * modality without training samples has no head.
 */
export function majority(): System {
  return { name: "Majority", fit: fitLabels };
}

// deno-lint-ignore require-await -- what it throws is a rejection, as of any other system.
async function fitLabels(problem: Problem): Promise<Fitted> {
  const { features, train, present, protocol, target = polarities } = problem;
  const isNatural = protocol === "natural";
  const learnt = isNatural ? learntModalities(problem) : present;
  const fits = Object.fromEntries(
    learnt.map((m) => [m, fitMajority(train[m].map((i) => features[m].labels[i]!), target)]),
  );
  const unified = isNatural
    ? fitMajority(trainingRows("Majority", problem).labels, target)
    : target.kind === "classes"
    ? fitMajority([...target.classes.keys()], target)
    : undefined;
  return {
    // deno-lint-ignore require-await
    predict: async (rows) => {
      const shown = shownIn(rows);
      if (!shown.every((m) => present.includes(m))) throw unfitted(shown, present);
      const n = rows[shown[0]!]!.length;
      const heads = shown.filter((m) => fits[m]).map((m) => [m, fits[m]!.scores(n)]);
      return { ...Object.fromEntries(heads), ...unified && { unified: unified.scores(n) } };
    },
    record: {
      protocol,
      labels: Object.fromEntries(learnt.map((m) => [m, fits[m]!.label])),
      ...isNatural && { unified: unified!.label },
    },
    dispose: () => Promise.resolve(),
  };
}
