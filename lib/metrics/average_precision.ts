/** The area under the precision-recall curve, as average precision. @module */

import { rocCurve, type Scored } from "./roc.ts";

/**
 * Average precision: the precision at each threshold, weighted by the recall it adds, in [0, 1].
 *
 *     AP = Σ_k (R_k − R_{k − 1}) P_k
 *
 * over the falling thresholds, equal scores making one. This is the step form
 * of scikit-learn; joining the points by straight lines would promise too much.
 * Chance is the share of positives. Without positives there is no recall, and
 * the result is NaN, where scikit-learn gives 0 and a warning.
 *
 * @throws {RangeError} As {@linkcode rocCurve}.
 *
 * @example Four samples, one pair in the wrong order
 * ```ts
 * import { averagePrecision } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * // Recall ½ at precision 1, then 1 at precision 2 / 3.
 * const ap = averagePrecision({ actual: [0, 0, 1, 1], scores: [0.1, 0.4, 0.35, 0.8] });
 * equal(ap.toFixed(12), (1 / 2 + 1 / 3).toFixed(12));
 * ```
 */
export function averagePrecision({ actual, scores }: Scored): number {
  const { truePositiveRate, falsePositiveRate } = rocCurve({ actual, scores });
  let positives = 0;
  for (let n = 0; n < actual.length; n++) positives += actual[n]!;
  const negatives = actual.length - positives;
  let area = 0;
  for (let k = 1; k < truePositiveRate.length; k++) {
    const right = truePositiveRate[k]! * positives;
    // Without negatives the rate is 0 / 0, and every precision is 1.
    const wrong = negatives === 0 ? 0 : falsePositiveRate[k]! * negatives;
    area += (truePositiveRate[k]! - truePositiveRate[k - 1]!) * right / (right + wrong);
  }
  return area;
}
