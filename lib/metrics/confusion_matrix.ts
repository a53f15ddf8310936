/** Counts of actual against predicted classes, from which every score of labels follows. @module */

import { checkPaired, type Labels, largestClass, mostClasses } from "./labels.ts";

/**
 * How often each class was taken for each: row = actual, column = predicted.
 *
 *     M[i][j] = |{ n : actual_n = i and predicted_n = j }|
 *
 * `[classes, classes]`. A class that no label shows has a row and a column of
 * zeros, where scikit-learn leaves it out unless it is told of it.
 *
 * @throws {RangeError} Lengths that differ, no samples, or a label that is not a class.
 *
 * @example Two classes
 * ```ts
 * import { confusionMatrix } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const actual = [0, 0, 1, 1, 1];
 * deepEqual(confusionMatrix({ actual, predicted: [0, 1, 1, 1, 0] }), [[1, 1], [1, 2]]);
 * ```
 */
export function confusionMatrix({ actual, predicted, classes }: Labels): number[][] {
  checkPaired(actual, predicted, "predicted");
  if (classes !== undefined) checkClasses(classes);
  const known = classes ?? mostClasses;
  const largest = Math.max(
    largestClass(actual, "actual", known),
    largestClass(predicted, "predicted", known),
  );
  const size = classes ?? largest + 1;
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (let n = 0; n < actual.length; n++) counts[actual[n]!]![predicted[n]!]!++;
  return counts;
}

function checkClasses(classes: number): void {
  if (!Number.isInteger(classes) || classes < 1 || classes > mostClasses) {
    throw new RangeError(
      `Cannot score labels: expected a number of classes from 1 to ${mostClasses}, got ${classes}`,
    );
  }
}
