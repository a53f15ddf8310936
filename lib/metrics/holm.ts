/** Holm's correction of p-values for how many there are. @module */

/**
 * Holm's step-down adjusted p-values, in the order given.
 *
 *     p̃_(i) = max_{j ≤ i} min(1, (m − j + 1) p_(j)),    p_(1) ≤ … ≤ p_(m)
 *
 * Calling significant what lies at or below α keeps the chance of even one
 * false claim among the m at α or less, however the tests depend on each other.
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
export function holm(pValues: ArrayLike<number>): number[] {
  checkPValues(pValues);
  const order = Array.from(pValues, (_, n) => n).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, n] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[n]!));
    adjusted[n] = largest;
  }
  return adjusted;
}

function checkPValues(pValues: ArrayLike<number>): void {
  for (let n = 0; n < pValues.length; n++) {
    const p = pValues[n]!;
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(
        `Cannot correct p-values: expected a number from 0 to 1 at ${n}, got ${p}`,
      );
    }
  }
}
