/**
 * Tests of two systems that were trained with the same few seeds.
 *
 * Five seeds are few: the t-test then rests on the differences being normal,
 * and the exact test cannot give less than p = 2 / 2⁵ = 0.0625. All seeds share
 * one test set (and, as a rule, one training set), so both tests ask whether
 * another seed would keep the order of the systems on these data. Whether other
 * data would is what {@linkcode pairedBootstrap} and {@linkcode mcnemar} ask; a
 * claim needs both. Where each seed draws its own split of one corpus, the
 * splits overlap, and the t-test is too sure of itself (Dietterich, *Neural
 * Computation* 10, 1998).
 *
 * @module
 */

import { studentQuantile, studentTails } from "./distributions.ts";
import { checkBetween0And1, type Interval } from "./interval.ts";
import { meanAndDeviation } from "./mean_and_deviation.ts";
import { pairedDifferences, type PairedValues } from "./two_systems.ts";

/** The result of {@linkcode pairedTTest}. */
export interface PairedTTest extends Interval {
  /** Mean of first − second; the interval is of this. */
  readonly difference: number;
  /** Sample standard deviation of first − second. */
  readonly sd: number;
  /** The mean in its standard errors; 0 if both are 0. */
  readonly t: number;
  /** Pairs − 1. */
  readonly degreesOfFreedom: number;
  /** Two-sided: how likely a mean as far from 0 is if the systems do not differ. */
  readonly p: number;
}

/** The most pairs of which {@linkcode signFlipTest} tries every flip. */
export const mostSignFlips = 12;

/**
 * Student's t-test of the differences between two systems' scores, a pair a seed.
 *
 *     t = mean(d) √n / sd(d),    d = first − second,    n − 1 degrees of freedom
 *
 * Differences that are all equal and not 0 give t = ±Infinity and p = 0.
 *
 * @throws {RangeError} Lengths that differ, fewer than two pairs, a value that is not finite,
 * a level that is not between 0 and 1.
 */
export function pairedTTest(
  values: PairedValues,
  { level = 0.95 }: { readonly level?: number } = {},
): PairedTTest {
  checkBetween0And1(level, "make an interval", "a level");
  const differences = pairedDifferences(values);
  const { mean: difference, sd } = meanAndDeviation(differences);
  const degreesOfFreedom = differences.length - 1;
  const standardError = sd / Math.sqrt(differences.length);
  const t = difference === 0 ? 0 : difference / standardError;
  const reach = studentQuantile({ p: (1 + level) / 2, degreesOfFreedom }) * standardError;
  return {
    difference,
    sd,
    t,
    degreesOfFreedom,
    p: studentTails({ t, degreesOfFreedom }),
    low: difference - reach,
    high: difference + reach,
    level,
  };
}

/**
 * The exact sign-flip test: if the systems do not differ, each seed's difference
 * could as well have had the other sign.
 *
 *     p = |{s ∈ {−1, 1}ⁿ : |Σ s_i d_i| ≥ |Σ d_i|}| / 2ⁿ,    d = first − second
 *
 * Two-sided, assumes no distribution, and never gives less than 2 / 2ⁿ (Fisher,
 * *The design of experiments*, 1935).
 *
 * @throws {RangeError} Lengths that differ, fewer than two pairs or more than
 * {@linkcode mostSignFlips}, a value that is not finite.
 *
 * @example Five seeds, the first system always ahead
 * ```ts
 * import { signFlipTest } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const first = [0.81, 0.84, 0.8, 0.83, 0.82];
 * const second = [0.78, 0.8, 0.79, 0.8, 0.8];
 * equal(signFlipTest({ first, second }), 2 / 32);
 * ```
 */
export function signFlipTest(values: PairedValues): number {
  const differences = pairedDifferences(values);
  if (differences.length > mostSignFlips) {
    throw new RangeError(
      `Cannot try every flip of a sign: expected at most ${mostSignFlips} pairs, ` +
        `got ${differences.length}`,
    );
  }
  const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
  // Sums that are equal on paper differ in the last digits with the order of their signs.
  const slack = 1e-12 * differences.reduce((sum, d) => sum + Math.abs(d), 0);
  const flips = 2 ** differences.length;
  let asFar = 0;
  for (let flip = 0; flip < flips; flip++) {
    const sum = differences.reduce((total, d, i) => total + (flip >> i & 1 ? -d : d), 0);
    if (Math.abs(sum) >= observed - slack) asFar++;
  }
  return asFar / flips;
}
