/** An interval, and the confidence that it claims. @module */

import { normalQuantile } from "./distributions.ts";
import { isShare, shown } from "./numbers_only.ts";

/** Where a quantity lies, with confidence `level`. */
export interface Interval {
  /** Lower end, in the unit of the quantity. */
  readonly low: number;
  /** Upper end, in the unit of the quantity. */
  readonly high: number;
  /** How often such intervals hold the quantity, between 0 and 1. */
  readonly level: number;
}

/**
 * How many standard errors an interval of confidence `level` reaches to each side, if errors are
 * normal.
 *
 * @throws {RangeError} A level that is not between 0 and 1.
 */
export function normalReach(level: number): number {
  checkBetween0And1(level, "make an interval", "a level");
  return normalQuantile((1 + level) / 2);
}

/**
 * Refuses a value that is not strictly between 0 and 1.
 *
 * @throws {RangeError}
 */
export function checkBetween0And1(value: number, action: string, name: string): void {
  if (isShare(value) && value > 0 && value < 1) return;
  throw new RangeError(`Cannot ${action}: expected ${name} between 0 and 1, got ${shown(value)}`);
}
