/** Pairs of scores on one scale, and what every measure of them asks. @module */

import { checkPaired } from "./labels.ts";
import { checkFinite } from "./numbers_only.ts";

/** Two scores a sample, in the same order and on the same scale, such as −3 to 3. */
export interface ScorePairs {
  /** What is true of each sample. */
  readonly actual: ArrayLike<number>;
  /** What a system said of it. */
  readonly predicted: ArrayLike<number>;
}

/**
 * Refuses pairs of unequal number, none at all, and what is not a finite number.
 *
 * @throws {RangeError}
 */
export function checkScorePairs({ actual, predicted }: ScorePairs): void {
  checkPaired(actual, predicted, "predicted");
  checkFinite(actual, "score predictions", "actual");
  checkFinite(predicted, "score predictions", "predicted");
}
