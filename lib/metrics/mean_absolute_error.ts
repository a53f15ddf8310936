/** How far predicted scores are from the true ones. @module */

import { checkScorePairs, type ScorePairs } from "./score_pairs.ts";

/**
 * The mean absolute error (MAE), in the unit of the scores and never × 100.
 *
 *     MAE = Σ |predicted − actual| / n
 *
 * Nothing is clipped to a scale: a prediction of 4 on a scale to 3 is as far as it is.
 *
 * @throws {RangeError} Lengths that differ, no samples, a score that is not finite.
 *
 * @example Two samples, half a step and a step away
 * ```ts
 * import { meanAbsoluteError } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(meanAbsoluteError({ actual: [-1, 2], predicted: [-0.5, 1] }), 0.75);
 * ```
 */
export function meanAbsoluteError({ actual, predicted }: ScorePairs): number {
  checkScorePairs({ actual, predicted });
  let sum = 0;
  for (let n = 0; n < actual.length; n++) sum += Math.abs(predicted[n]! - actual[n]!);
  return sum / actual.length;
}
