/** Probabilities of K classes, and what every score of them asks. @module */

import { largestClass, mostClasses } from "./labels.ts";
import { isShare, shown } from "./numbers_only.ts";

/** K probabilities per sample. */
export interface Probabilities {
  /** `[N, K]` by rows: the probability of every class for the first sample, then for the second. */
  readonly scores: ArrayLike<number>;
  /** K, at least 2. */
  readonly classes: number;
}

/** A class and K probabilities per sample, in the same order. */
export interface ClassProbabilities extends Probabilities {
  /** The true class of each sample, from 0 to K − 1. */
  readonly actual: ArrayLike<number>;
}

/**
 * The most probable class of each sample; of equally probable ones the first, as with numpy's `argmax`.
 *
 * Of two classes a tie is class 0 here, and class 1 for {@linkcode predictedClasses}, which has one
 * score per sample.
 *
 * @throws {RangeError} Scores that are not rows of probabilities: each from 0 to 1, and 1 in all
 * but for 0.02, since they may have been rounded.
 *
 * @example Two samples of three classes
 * ```ts
 * import { mostProbableClasses } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const scores = [0.2, 0.7, 0.1, 0.4, 0.2, 0.4];
 * deepEqual(mostProbableClasses({ scores, classes: 3 }), [1, 0]);
 * ```
 */
export function mostProbableClasses({ scores, classes }: Probabilities): number[] {
  checkProbabilityRows({ scores, classes });
  return Array.from({ length: scores.length / classes }, (_, n) => {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if (scores[n * classes + k]! > scores[n * classes + best]!) best = k;
    }
    return best;
  });
}

/**
 * Refuses scores that are not rows of probabilities, and labels that are not one class a row.
 *
 * @throws {RangeError}
 */
export function checkClassProbabilities({ actual, scores, classes }: ClassProbabilities): void {
  checkProbabilityRows({ scores, classes });
  if (actual.length * classes !== scores.length) {
    throw new RangeError(
      `Cannot score classes: expected ${actual.length} rows of ${classes} scores, as many as in ` +
        `actual, got ${scores.length / classes} rows`,
    );
  }
  largestClass(actual, "actual", classes);
}

/** How far the probabilities of a sample may be from 1 in all: they may have been rounded to two digits. */
const slack = 0.02;

function checkProbabilityRows({ scores, classes }: Probabilities): void {
  if (!Number.isSafeInteger(classes) || classes < 2 || classes > mostClasses) {
    const got = shown(classes);
    throw new RangeError(
      `Cannot score classes: expected a number of classes from 2 to ${mostClasses}, got ${got}`,
    );
  }
  if (scores.length === 0 || scores.length % classes !== 0) {
    throw new RangeError(
      `Cannot score classes: expected one or more rows of ${classes} scores, got ${scores.length} scores`,
    );
  }
  for (let n = 0; n < scores.length / classes; n++) checkRow(scores, n, classes);
}

function checkRow(scores: ArrayLike<number>, n: number, classes: number): void {
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const score = scores[n * classes + k];
    if (!isShare(score)) {
      const place = `scores[${n * classes + k}]`;
      throw new RangeError(
        `Cannot score classes: expected a number from 0 to 1 in ${place}, got ${shown(score)}`,
      );
    }
    sum += score;
  }
  if (Math.abs(sum - 1) <= slack) return;
  throw new RangeError(
    `Cannot score classes: expected the probabilities of sample ${n} to sum to 1, got ${sum}`,
  );
}
