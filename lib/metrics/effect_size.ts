/** Effect sizes: how large a difference is, apart from whether it is there. @module */

import { betaQuantile, logGamma } from "./distributions.ts";
import { checkBetween0And1, type Interval } from "./interval.ts";
import { checkDiscordant, type Discordant } from "./mcnemar.ts";
import { meanAndDeviation } from "./mean_and_deviation.ts";
import { isShare, shown } from "./numbers_only.ts";
import { checkNumbers, pairedDifferences, type PairedValues } from "./two_systems.ts";

/**
 * Cohen's d_z: the mean of paired differences in their own standard deviations.
 *
 *     d_z = mean(first − second) / sd(first − second)
 *
 * Of scores of two systems over shared seeds. It grows with the correlation of
 * the pairs, so it must not be read on the scale of {@linkcode cohensD}. Equal
 * differences give ±Infinity, and 0 if they are all 0.
 *
 * @throws {RangeError} Lengths that differ, fewer than two pairs, a value that is not finite.
 */
export function cohensDz(values: PairedValues): number {
  const { mean, sd } = meanAndDeviation(pairedDifferences(values));
  return mean === 0 ? 0 : mean / sd;
}

/**
 * Cohen's d of two independent groups: the difference of means in pooled standard deviations.
 *
 *     d = (mean₁ − mean₂) / √(((n₁ − 1) s₁² + (n₂ − 1) s₂²) / (n₁ + n₂ − 2))
 *
 * The groups may differ in size. (Cohen, *Statistical power analysis for the
 * behavioral sciences*, 1988.) Groups without spread give ±Infinity, and 0 if their means are equal.
 *
 * @throws {RangeError} A group of fewer than two values, or one that is not finite.
 */
export function cohensD({ first, second }: PairedValues): number {
  checkGroup(first, "first");
  checkGroup(second, "second");
  const [one, other] = [meanAndDeviation(first), meanAndDeviation(second)];
  const squares = (first.length - 1) * one.sd ** 2 + (second.length - 1) * other.sd ** 2;
  const difference = one.mean - other.mean;
  return difference === 0
    ? 0
    : difference / Math.sqrt(squares / (first.length + second.length - 2));
}

/**
 * Hedges' factor J, which takes out the bias of d from few samples: g = J d.
 *
 *     J(m) = Γ(m / 2) / (√(m / 2) Γ((m − 1) / 2))
 *
 * The degrees of freedom m are n − 1 for {@linkcode cohensDz} of n pairs and
 * n₁ + n₂ − 2 for {@linkcode cohensD}. J(4) is 0.798: d of five seeds is a
 * quarter too large on average. (Hedges, *Journal of Educational Statistics* 6,
 * 1981, in its exact form.)
 *
 * @throws {RangeError} Degrees of freedom that are not a whole number from 2.
 */
export function hedgesCorrection(degreesOfFreedom: number): number {
  const m = degreesOfFreedom;
  if (!Number.isSafeInteger(m) || m < 2) {
    throw new RangeError(
      `Cannot correct an effect size: expected at least two degrees of freedom, got ${m}`,
    );
  }
  return Math.exp(logGamma(m / 2) - logGamma((m - 1) / 2) - Math.log(m / 2) / 2);
}

/**
 * Cohen's h of two proportions, such as accuracies.
 *
 *     h = 2 asin √first − 2 asin √second
 *
 * From −π to π. Equal steps of h are equally hard to tell apart, near 0 and 1
 * as in the middle.
 *
 * @throws {RangeError} A proportion that is not in [0, 1].
 */
export function cohensH(
  { first, second }: { readonly first: number; readonly second: number },
): number {
  checkProportion(first, "first");
  checkProportion(second, "second");
  return 2 * Math.asin(Math.sqrt(first)) - 2 * Math.asin(Math.sqrt(second));
}

/** An odds ratio with its interval. */
export interface OddsRatio extends Interval {
  /** The ratio, in [0, Infinity]; NaN if nothing was counted. */
  readonly oddsRatio: number;
}

/**
 * The odds that it is the first of two systems that is right, where exactly one is.
 *
 *     b / c,   b = onlyFirstRight, c = onlySecondRight
 *
 * The effect size that goes with {@linkcode mcnemar}. The interval is exact:
 * that of Clopper and Pearson for b / (b + c), turned into odds. Without
 * discordant samples the ratio is NaN, and the interval is [0, Infinity].
 *
 * @throws {RangeError} A count that is not a whole number from 0, a level that is not between 0 and 1.
 */
export function discordantOddsRatio(
  { onlyFirstRight, onlySecondRight }: Discordant,
  { level = 0.95 }: { readonly level?: number } = {},
): OddsRatio {
  checkDiscordant({ onlyFirstRight, onlySecondRight });
  checkBetween0And1(level, "make an interval", "a level");
  const [b, c] = [onlyFirstRight, onlySecondRight];
  return {
    oddsRatio: b / c,
    low: odds(betaQuantile({ a: b, b: c + 1, p: (1 - level) / 2 })),
    high: odds(betaQuantile({ a: b + 1, b: c, p: (1 + level) / 2 })),
    level,
  };
}

function odds(probability: number): number {
  return probability / (1 - probability);
}

function checkGroup(values: ArrayLike<number>, name: string): void {
  if (values.length < 2) {
    throw new RangeError(
      `Cannot compare groups: expected at least two values in ${name}, got ${values.length}`,
    );
  }
  checkNumbers(values, name, values.length);
}

function checkProportion(value: number, name: string): void {
  if (isShare(value)) return;
  throw new RangeError(
    `Cannot compare proportions: expected ${name} from 0 to 1, got ${shown(value)}`,
  );
}
