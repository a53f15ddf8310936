/** Pairs of labels, and what every score asks of them. @module */

import { shown } from "./numbers_only.ts";

/** Two labels a sample: class indices 0, 1, 2, …, in the same order. */
export interface Labels {
  /** What is true of each sample. */
  readonly actual: ArrayLike<number>;
  /** What a system said of it. */
  readonly predicted: ArrayLike<number>;
  /** How many classes there are. Default: as many as the labels show, the largest plus one. */
  readonly classes?: number;
}

/** The most classes a score can tell apart: the counts of 4096 by 4096 fill 128 MiB. */
export const mostClasses = 4096;

/**
 * Refuses `values` of another length than `actual`, and empty ones.
 *
 * @throws {RangeError}
 */
export function checkPaired(
  actual: ArrayLike<number>,
  values: ArrayLike<number>,
  name: "predicted" | "scores",
): void {
  if (actual.length !== values.length) {
    throw new RangeError(
      `Cannot score ${name}: expected ${actual.length} values, as in actual, got ${values.length}`,
    );
  }
  if (actual.length === 0) {
    throw new RangeError(`Cannot score ${name}: expected at least one sample, got none`);
  }
}

/**
 * The largest of `labels`, every one of which must be an integer from 0 to `classes` - 1.
 *
 * @throws {RangeError}
 */
export function largestClass(
  labels: ArrayLike<number>,
  name: "actual" | "predicted",
  classes: number,
): number {
  let largest = 0;
  for (let n = 0; n < labels.length; n++) {
    const label = labels[n]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      const wanted = `a class from 0 to ${classes - 1}`;
      throw new RangeError(
        `Cannot score labels: expected ${wanted} in ${name}[${n}], got ${shown(label)}`,
      );
    }
    if (label > largest) largest = label;
  }
  return largest;
}
