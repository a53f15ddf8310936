/** Mean and spread of one score over several runs. @module */

import { checkNumber } from "./numbers_only.ts";

/** A mean with its standard deviation, in the unit of the values. */
export interface MeanAndDeviation {
  /** Arithmetic mean. */
  readonly mean: number;
  /** Sample standard deviation, n − 1 in the denominator. */
  readonly sd: number;
}

/**
 * The mean and the sample standard deviation of `values`, such as one score over seeds.
 *
 *     mean = Σ x / n        sd = √(Σ (x − mean)² / (n − 1))
 *
 * One value has no spread to estimate; its `sd` is 0. NaN in gives NaN out.
 *
 * @throws {RangeError} No values, or one that is not a number.
 *
 * @example Three seeds
 * ```ts
 * import { meanAndDeviation } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(meanAndDeviation([1, 2, 3]), { mean: 2, sd: 1 });
 * ```
 */
export function meanAndDeviation(values: ArrayLike<number>): MeanAndDeviation {
  const n = values.length;
  if (n === 0) throw new RangeError("Cannot average values: expected at least one, got none");
  let sum = 0;
  for (let i = 0; i < n; i++) {
    checkNumber(values[i], "average values", `values[${i}]`);
    sum += values[i]!;
  }
  const mean = sum / n;
  // A second pass: the difference of the sum of squares and n mean² loses every digit when sd << mean.
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  return { mean, sd: n === 1 ? 0 : Math.sqrt(squares / (n - 1)) };
}
