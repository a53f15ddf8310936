/** Holm's correction of p-values for how many there are. @module */

import { isShare, shown } from "./numbers_only.ts";

/**
 * Holm's step-down adjusted p-values, in the order given.
 *
 *     p̃_(i) = max_{j ≤ i} min(1, (m − j + 1) p_(j)),    p_(1) ≤ … ≤ p_(m)
 *
 * Calling significant what lies at or below α keeps the chance of even one
 * false claim among the m at α or less, however the tests depend on each other.
 * A test without a p, null, stays without one and does not count among the m.
 * (Holm, *Scandinavian Journal of Statistics* 6, 1979.)
 *
 * @throws {RangeError} A value that is not in [0, 1].
 *
 * @example Three comparisons
 * ```ts
 * import { holm } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(holm([0.5, 0.125, 0.25]), [0.5, 0.375, 0.5]);
 * ```
 */
export function holm(pValues: ArrayLike<number>): number[];
/** The same, where some tests have no p. */
export function holm(pValues: ArrayLike<number | null>): (number | null)[];
export function holm(pValues: ArrayLike<number | null>): (number | null)[] {
  const tested = Array.from(pValues, (p, n) => ({ p, n })).filter((test) => test.p !== null) as {
    p: number;
    n: number;
  }[];
  tested.forEach(checkPValue);
  const adjusted: (number | null)[] = Array.from(pValues, () => null);
  let largest = 0;
  for (const [rank, { p, n }] of tested.sort((a, b) => a.p - b.p).entries()) {
    largest = Math.max(largest, Math.min(1, (tested.length - rank) * p));
    adjusted[n] = largest;
  }
  return adjusted;
}

function checkPValue({ p, n }: { readonly p: number; readonly n: number }): void {
  if (isShare(p)) return;
  throw new RangeError(
    `Cannot correct p-values: expected a number from 0 to 1 at ${n}, got ${shown(p)}`,
  );
}
