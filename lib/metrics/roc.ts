/** The receiver operating characteristic of a score, and the area under it. @module */

import { checkPaired, largestClass } from "./labels.ts";
import { checkFinite } from "./numbers_only.ts";

/** A label and a score per sample, in the same order. */
export interface Scored {
  /** 1 for the positive class, 0 for the other. */
  readonly actual: ArrayLike<number>;
  /** How much a system believes in class 1: a probability, or any finite number that grows with it. */
  readonly scores: ArrayLike<number>;
}

/** One point a threshold, from the strictest to the most lenient. */
export interface RocCurve {
  /** The score from which a sample counts as positive, falling; the first is Infinity. */
  readonly thresholds: number[];
  /** The share of negative samples at or above the threshold; NaN if there are none. */
  readonly falsePositiveRate: number[];
  /** The share of positive samples at or above the threshold; NaN if there are none. */
  readonly truePositiveRate: number[];
}

/**
 * The false and true positive rates at every threshold that tells samples apart
 * (paper, Eqs. 5 and 6, as we read them).
 *
 * Equal scores make one point. The curve starts at (0, 0) with the threshold
 * Infinity and ends at (1, 1). Points on a straight line between their
 * neighbours stay, as with scikit-learn's `drop_intermediate=False`.
 *
 * @throws {RangeError} Lengths that differ, no samples, a label but 0 and 1, a score that is not
 * finite.
 *
 * @example Four samples, one pair in the wrong order
 * ```ts
 * import { rocCurve } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const curve = rocCurve({ actual: [0, 0, 1, 1], scores: [0.1, 0.4, 0.35, 0.8] });
 * deepEqual(curve.thresholds, [Infinity, 0.8, 0.4, 0.35, 0.1]);
 * deepEqual(curve.falsePositiveRate, [0, 0, 0.5, 0.5, 1]);
 * deepEqual(curve.truePositiveRate, [0, 0.5, 0.5, 1, 1]);
 * ```
 */
export function rocCurve({ actual, scores }: Scored): RocCurve {
  const steps = cumulativeCounts({ actual, scores });
  const { positives, negatives } = steps.at(-1)!;
  return {
    thresholds: steps.map(({ score }) => score),
    falsePositiveRate: steps.map((step) => step.negatives / negatives),
    truePositiveRate: steps.map((step) => step.positives / positives),
  };
}

/**
 * The area under the ROC curve, in [0, 1]: how likely a positive sample scores
 * above a negative one, a tie counting half.
 *
 *     (|{(p, n) : s_p > s_n}| + ½ |{(p, n) : s_p = s_n}|) / (P N)
 *
 * 0.5 is chance. With samples of one class only the area is undefined, and the
 * result is NaN; scikit-learn adds a warning to it.
 *
 * @throws {RangeError} As {@linkcode rocCurve}.
 */
export function aucRoc({ actual, scores }: Scored): number {
  checkScored({ actual, scores });
  // Sorted without a comparator, which takes a fraction of the time: bootstraps ask a thousand times.
  const rising = (label: number) =>
    Float64Array.from(scores).filter((_, n) => actual[n] === label).sort();
  const [negatives, positives] = [rising(0), rising(1)];
  // Twice the number of pairs in the right order: whole, so nothing is rounded before the end.
  let [below, notAbove, twicePairs] = [0, 0, 0];
  for (const score of positives) {
    while (below < negatives.length && negatives[below]! < score) below++;
    while (notAbove < negatives.length && negatives[notAbove]! <= score) notAbove++;
    twicePairs += below + notAbove;
  }
  return twicePairs / (2 * positives.length * negatives.length);
}

interface Step {
  readonly score: number;
  /** How many positive samples score as much or more. */
  readonly positives: number;
  /** How many negative samples score as much or more. */
  readonly negatives: number;
}

function cumulativeCounts({ actual, scores }: Scored): Step[] {
  checkScored({ actual, scores });
  const order = Uint32Array.from(scores, (_, n) => n).sort((a, b) => scores[b]! - scores[a]!);
  const steps: Step[] = [{ score: Infinity, positives: 0, negatives: 0 }];
  let positives = 0;
  for (const [rank, n] of order.entries()) {
    positives += actual[n]!;
    const score = scores[n]!;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === score) continue;
    steps.push({ score, positives, negatives: rank + 1 - positives });
  }
  return steps;
}

function checkScored({ actual, scores }: Scored): void {
  checkPaired(actual, scores, "scores");
  largestClass(actual, "actual", 2);
  checkFinite(scores, "rank scores", "scores");
}
