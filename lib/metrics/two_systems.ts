/** Two systems judged on the same samples, and what a comparison asks of them. @module */

import { checkFinite } from "./numbers_only.ts";

/** The truth of each sample and what two systems said of it, in the same order. */
export interface TwoSystems {
  /** What is true of each sample. */
  readonly actual: ArrayLike<number>;
  /** What the first system said. */
  readonly first: ArrayLike<number>;
  /** What the second system said. */
  readonly second: ArrayLike<number>;
}

/** One value a unit (a seed, a fold) of each system, in the same order. */
export interface PairedValues {
  /** Of the first system. */
  readonly first: ArrayLike<number>;
  /** Of the second system. */
  readonly second: ArrayLike<number>;
}

/**
 * Refuses `values` that are not `count` finite numbers.
 *
 * @throws {RangeError}
 */
export function checkNumbers(values: ArrayLike<number>, name: string, count: number): void {
  if (values.length !== count) {
    throw new RangeError(
      `Cannot compare systems: expected ${count} values in ${name}, got ${values.length}`,
    );
  }
  checkFinite(values, "compare systems", name);
}

/**
 * first − second of every pair.
 *
 * @throws {RangeError} Lengths that differ, fewer than two pairs, a value that is not finite.
 */
export function pairedDifferences({ first, second }: PairedValues): Float64Array {
  if (first.length < 2) {
    throw new RangeError(
      `Cannot compare systems: expected at least two pairs of values, got ${first.length}`,
    );
  }
  checkNumbers(first, "first", first.length);
  checkNumbers(second, "second", first.length);
  return Float64Array.from(first, (value, n) => value - second[n]!);
}
