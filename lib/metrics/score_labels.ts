/** Scores sorted into classes: rounded to whole ones, or cut at given points. @module */

import type { Labels } from "./labels.ts";
import { checkFinite, shown } from "./numbers_only.ts";
import { checkScorePairs, type ScorePairs } from "./score_pairs.ts";

/**
 * Scores clipped to −most … most and rounded to whole ones, as the classes 0 … 2 most.
 *
 *     class = round(min(max(score, −most), most)) + most
 *
 * A half is rounded to the even neighbour, as numpy does: 0.5 and −0.5 to 0,
 * 1.5 and 2.5 to 2. With `most` 3 these are the seven classes of Acc-7, with 2
 * the five of Acc-5; {@linkcode confusionMatrix} counts them.
 *
 * @throws {RangeError} Lengths that differ, no samples, a score that is not finite, a `most` that
 * is not whole or below 1.
 *
 * @example Halves and what is beyond the scale
 * ```ts
 * import { roundedLabels } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { actual, predicted } = roundedLabels({ actual: [0.5, 1.5, 2.5], predicted: [-0.5, 9, -9] }, 3);
 * deepEqual([actual, predicted], [[3, 5, 5], [3, 6, 0]]);
 * ```
 */
export function roundedLabels(pairs: ScorePairs, most: number): Required<Labels> {
  checkScorePairs(pairs);
  if (!Number.isSafeInteger(most) || most < 1) {
    throw new RangeError(
      `Cannot round scores: expected a whole number from 1 to clip at, got ${shown(most)}`,
    );
  }
  return labelled(pairs, {
    classes: 2 * most + 1,
    classOf: (score) => roundHalfToEven(Math.max(-most, Math.min(most, score))) + most,
  });
}

/**
 * The class of each score between rising `cuts`, from 0: how many of them lie below it.
 *
 *     class = |{cut : score > cut}|
 *
 * A score that is a cut belongs to the class below. Scores and cuts are compared
 * as float32, in which MMSA and this toolkit have them: else a label of 0.1 that
 * went through float32 would lie above the cut of 0.1, and one of −0.7 above that of −0.7.
 *
 * @throws {RangeError} Lengths that differ, no samples, a score that is not finite, no cuts, or
 * cuts that are not finite and rising.
 */
export function cutLabels(pairs: ScorePairs, cuts: readonly number[]): Required<Labels> {
  checkScorePairs(pairs);
  checkFinite(cuts, "cut scores", "cuts");
  const narrow = cuts.map(Math.fround);
  if (narrow.length === 0 || narrow.some((cut, k) => k > 0 && cut <= narrow[k - 1]!)) {
    throw new RangeError(`Cannot cut scores: expected rising cuts, got [${cuts.join(", ")}]`);
  }
  return labelled(pairs, {
    classes: cuts.length + 1,
    classOf: (score) => narrow.filter((cut) => Math.fround(score) > cut).length,
  });
}

/** Classes of actual and predicted scores by one rule; nothing is checked. */
export function labelled(
  { actual, predicted }: ScorePairs,
  { classes, classOf }: {
    readonly classes: number;
    readonly classOf: (score: number) => number;
  },
): Required<Labels> {
  const labels = (scores: ArrayLike<number>) => Array.from(scores, classOf);
  return { actual: labels(actual), predicted: labels(predicted), classes };
}

function roundHalfToEven(x: number): number {
  const up = Math.round(x);
  return up - x === 0.5 && up % 2 !== 0 ? up - 1 : up;
}
