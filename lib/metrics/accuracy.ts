/** The share of right answers, plain and averaged over classes. @module */

import { confusionMatrix } from "./confusion_matrix.ts";
import type { Labels } from "./labels.ts";

/**
 * The share of samples whose predicted class is the actual one (paper, Eq. 1), in [0, 1].
 *
 * @throws {RangeError} Labels that {@linkcode confusionMatrix} refuses.
 */
export function accuracy(labels: Labels): number {
  const counts = confusionMatrix(labels);
  const right = counts.reduce((total, row, k) => total + row[k]!, 0);
  return right / labels.actual.length;
}

/**
 * The mean of the classes' recalls, in [0, 1]: what accuracy would be if every class were as frequent.
 *
 * A class that no sample has is left out, as in scikit-learn.
 *
 * @throws {RangeError} Labels that {@linkcode confusionMatrix} refuses.
 */
export function balancedAccuracy(labels: Labels): number {
  let total = 0;
  let occurring = 0;
  for (const [k, row] of confusionMatrix(labels).entries()) {
    const actual = row.reduce((a, b) => a + b, 0);
    if (actual === 0) continue;
    total += row[k]! / actual;
    occurring++;
  }
  return total / occurring;
}
