/** From scores to classes, by a threshold. @module */

import { checkNumber } from "./numbers_only.ts";

/** Says whether a score predicts class 1; by default from 0.5 on, where both classes are as probable. */
export function isPositive(score: number, threshold = 0.5): boolean {
  return score >= threshold;
}

/**
 * The class that each score predicts: 1 where {@linkcode isPositive}, else 0.
 *
 * @throws {RangeError} A score or a threshold that is not a number.
 *
 * @example A score at the threshold is positive
 * ```ts
 * import { predictedClasses } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(predictedClasses([0.2, 0.5, 0.9]), [0, 1, 1]);
 * deepEqual(predictedClasses([0.2, 0.5, 0.9], 0.6), [0, 0, 1]);
 * ```
 */
export function predictedClasses(scores: ArrayLike<number>, threshold = 0.5): (0 | 1)[] {
  checkNumber(threshold, "predict classes", "threshold");
  return Array.from(scores, (score, n) => {
    checkNumber(score, "predict classes", `scores[${n}]`);
    return isPositive(score, threshold) ? 1 : 0;
  });
}
