/** What a test set of a given size can tell: intervals of an accuracy, and the smallest difference seen. @module */

import { normalCdf, normalQuantile } from "./distributions.ts";
import { checkBetween0And1, type Interval, normalReach } from "./interval.ts";
import { isShare, shown } from "./numbers_only.ts";

/** An accuracy with its interval. */
export interface AccuracyInterval extends Interval {
  /** Half of high − low: the number after "±". */
  readonly halfWidth: number;
}

/**
 * Wilson's interval of an accuracy over `count` independent samples.
 *
 *     (p + z² / 2n ± z √(p (1 − p) / n + z² / 4n²)) / (1 + z² / n)
 *
 * In [0, 1], and of sensible width at 0 and 1, where the plain normal interval
 * has none. Its middle lies nearer to ½ than the accuracy. (Wilson, *JASA* 22, 1927.)
 *
 * @throws {RangeError} An accuracy that is not in [0, 1], no samples, a level that is not between 0
 * and 1.
 */
export function accuracyInterval(
  { accuracy, count }: { readonly accuracy: number; readonly count: number },
  { level = 0.95 }: { readonly level?: number } = {},
): AccuracyInterval {
  if (!isShare(accuracy)) {
    throw new RangeError(
      `Cannot make an interval: expected an accuracy from 0 to 1, got ${shown(accuracy)}`,
    );
  }
  checkCount(count);
  const z = normalReach(level);
  const scale = 1 + z ** 2 / count;
  const middle = (accuracy + z ** 2 / (2 * count)) / scale;
  const variance = accuracy * (1 - accuracy) / count + z ** 2 / (4 * count ** 2);
  const halfWidth = z * Math.sqrt(variance) / scale;
  return {
    // At the ends rounding may leave the accuracy outside.
    low: Math.max(0, Math.min(accuracy, middle - halfWidth)),
    high: Math.min(1, Math.max(accuracy, middle + halfWidth)),
    level,
    halfWidth,
  };
}

/** How sure a test should be. */
export interface TestStrength {
  /**
   * How likely the test is to see a difference that is there.
   *
   * @default 0.8
   */
  readonly power?: number;
  /**
   * How likely it is, two-sided, to see one that is not.
   *
   * @default 0.05
   */
  readonly alpha?: number;
}

/**
 * The smallest difference of two accuracies that two separate test sets of `count` samples each
 * can resolve: how far below `accuracy` the other system must be.
 *
 *     d √n = z_{1 − α/2} √(2 p̄ (1 − p̄)) + z_power √(p₁ (1 − p₁) + p₂ (1 − p₂))
 *
 * with p₁ = accuracy, p₂ = p₁ − d, p̄ their mean. This is the case of a number
 * from another paper, whose answers are not at hand. Infinity if not even
 * p₂ = 0 would be seen. (Fleiss, *Statistical methods for rates and proportions*,
 * without his continuity correction.)
 *
 * @throws {RangeError} No samples; an accuracy, power or α that is not between 0 and 1.
 */
export function smallestDifferenceIndependent(
  { accuracy, count }: { readonly accuracy: number; readonly count: number },
  { power = 0.8, alpha = 0.05 }: TestStrength = {},
): number {
  checkCount(count);
  checkBetween0And1(accuracy, "find a difference", "an accuracy");
  checkStrength(power, alpha);
  const reached = (difference: number) =>
    powerIndependent({ accuracy, count, difference, alpha }) >= power;
  if (!reached(accuracy)) return Infinity;
  let [low, high] = [0, accuracy];
  // Sixty halvings leave less than a float64 can tell from the result.
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * The smallest difference of two accuracies on one test set that McNemar's test can resolve.
 *
 *     d √n = z_{1 − α/2} √ψ + z_power √(ψ − d²)
 *
 * with n = `count` and ψ = `discordantRate`, the share of samples on which
 * exactly one of the two systems is right. Systems that agree on more samples
 * can be told apart with fewer. No difference exceeds ψ: Infinity if the
 * formula asks for one that does. (Connor, *Biometrics* 43, 1987.)
 *
 * @throws {RangeError} No samples; a rate, power or α that is not between 0 and 1.
 *
 * @example Two thousand clips, one in ten discordant
 * ```ts
 * import { smallestDifferencePaired } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(smallestDifferencePaired({ count: 2000, discordantRate: 0.1 }).toFixed(4), "0.0198");
 * ```
 */
export function smallestDifferencePaired(
  { count, discordantRate }: { readonly count: number; readonly discordantRate: number },
  { power = 0.8, alpha = 0.05 }: TestStrength = {},
): number {
  checkCount(count);
  checkBetween0And1(discordantRate, "find a difference", "a discordant rate");
  checkStrength(power, alpha);
  const [zAlpha, zPower] = [normalQuantile(1 - alpha / 2), normalQuantile(power)];
  // The equation squared is quadratic in d; this is the root that the equation has.
  const radicand = count + zPower ** 2 - zAlpha ** 2;
  if (radicand < 0) return Infinity;
  const difference = Math.sqrt(discordantRate) *
    (zAlpha * Math.sqrt(count) + zPower * Math.sqrt(radicand)) / (count + zPower ** 2);
  return difference <= discordantRate ? difference : Infinity;
}

function powerIndependent(
  { accuracy, count, difference, alpha }: {
    readonly accuracy: number;
    readonly count: number;
    readonly difference: number;
    readonly alpha: number;
  },
): number {
  const other = accuracy - difference;
  const mean = (accuracy + other) / 2;
  const equal = Math.sqrt(2 * mean * (1 - mean));
  const unequal = Math.sqrt(accuracy * (1 - accuracy) + other * (1 - other));
  const excess = difference * Math.sqrt(count) - normalQuantile(1 - alpha / 2) * equal;
  return normalCdf(excess / unequal);
}

function checkCount(count: number): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new RangeError(`Cannot judge a test set: expected at least one sample, got ${count}`);
}

function checkStrength(power: number, alpha: number): void {
  checkBetween0And1(power, "find a difference", "a power");
  checkBetween0And1(alpha, "find a difference", "an alpha");
}
