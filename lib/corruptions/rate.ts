/** The check that every rate of this folder passes. @module */

/** @throws {RangeError} `rate` is no share of a whole. */
export function assertRate(action: string, rate: number): void {
  if (!(rate >= 0 && rate <= 1)) {
    throw new RangeError(`Cannot ${action}: expected a rate from 0 to 1, got ${rate}`);
  }
}
