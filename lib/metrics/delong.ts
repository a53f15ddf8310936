/**
 * DeLong's variance of the area under the ROC curve, and the test of two areas.
 *
 * A positive sample's placement is the share of negatives that score below it,
 * a negative's the share of positives that score above, a tie counting half:
 *
 *     V10_i = (R_i − R⁺_i) / N          V01_j = 1 − (R_j − R⁻_j) / P
 *     AUC   = mean V10 = mean V01       var AUC = s²(V10) / P + s²(V01) / N
 *
 * with P positives, N negatives, midranks R among all samples and R⁺, R⁻ within
 * the class; s² has n − 1 in the denominator. Ranks make it O(n log n).
 * (DeLong, DeLong and Clarke-Pearson, *Biometrics* 44, 1988; Sun and Xu, *IEEE
 * Signal Processing Letters* 21, 2014, for the ranks.) Samples must be
 * independent; where speakers or sets repeat, resample clusters instead, with
 * {@linkcode bootstrapInterval} or {@linkcode pairedBootstrap}.
 *
 * @module
 */

import { normalTails } from "./distributions.ts";
import { type Interval, normalReach } from "./interval.ts";
import { largestClass } from "./labels.ts";
import { meanAndDeviation } from "./mean_and_deviation.ts";
import type { Scored } from "./roc.ts";
import { checkNumbers, type TwoSystems } from "./two_systems.ts";

/** An area under the ROC curve with its standard error. */
export interface AucInterval extends Interval {
  /** The area, in [0, 1]. */
  readonly auc: number;
  /** The square root of its variance. */
  readonly standardError: number;
}

/** Two areas under ROC curves over the same samples. */
export interface DelongTest extends Interval {
  /** The first system's area. */
  readonly firstAuc: number;
  /** The second system's area. */
  readonly secondAuc: number;
  /** first − second; the interval is of this. */
  readonly difference: number;
  /** Of the difference. */
  readonly standardError: number;
  /** Covariance of the two areas, which the same samples make positive as a rule. */
  readonly covariance: number;
  /** difference / standardError; 0 if both are 0. */
  readonly z: number;
  /** Two-sided: how likely a difference as large as this is if the areas are equal. */
  readonly p: number;
}

/** Options of {@linkcode aucInterval} and {@linkcode delongTest}. */
export interface DelongOptions {
  /**
   * The confidence of the interval, between 0 and 1.
   *
   * @default 0.95
   */
  readonly level?: number;
}

/**
 * The area under the ROC curve with DeLong's standard error and a normal interval, cut to [0, 1].
 *
 * An area of exactly 0 or 1 has no estimated variance, and an interval of no
 * width; that is the method's limit and not certainty.
 *
 * @throws {RangeError} Lengths that differ, a label but 0 and 1, a score that is not finite,
 * fewer than two samples of a class, a level that is not between 0 and 1.
 */
export function aucInterval(
  { actual, scores }: Scored,
  { level = 0.95 }: DelongOptions = {},
): AucInterval {
  const classes = rowsByClass(actual);
  checkNumbers(scores, "scores", actual.length);
  const { auc, ofPositives, ofNegatives } = placements(scores, classes);
  const standardError = Math.sqrt(spread(ofPositives) + spread(ofNegatives));
  const reach = normalReach(level) * standardError;
  return {
    auc,
    standardError,
    low: Math.max(0, auc - reach),
    high: Math.min(1, auc + reach),
    level,
  };
}

/**
 * DeLong's test of two areas under ROC curves over the same samples.
 *
 *     z = (AUC₁ − AUC₂) / √(var AUC₁ + var AUC₂ − 2 cov(AUC₁, AUC₂))
 *
 * `first` and `second` are scores that grow with the belief in class 1. The
 * variance of the difference is that of the differences of placements, so two
 * systems that rank alike get exactly z = 0 and p = 1.
 *
 * @throws {RangeError} As {@linkcode aucInterval}.
 *
 * @example The same ranking
 * ```ts
 * import { delongTest } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const first = [0.2, 0.6, 0.4, 0.9];
 * const second = first.map((score) => score ** 2);
 * equal(delongTest({ actual: [0, 0, 1, 1], first, second }).p, 1);
 * ```
 */
export function delongTest(
  { actual, first, second }: TwoSystems,
  { level = 0.95 }: DelongOptions = {},
): DelongTest {
  const classes = rowsByClass(actual);
  checkNumbers(first, "first", actual.length);
  checkNumbers(second, "second", actual.length);
  const [one, other] = [placements(first, classes), placements(second, classes)];
  const difference = one.auc - other.auc;
  const standardError = Math.sqrt(
    spread(minus(one.ofPositives, other.ofPositives)) +
      spread(minus(one.ofNegatives, other.ofNegatives)),
  );
  const z = difference === 0 ? 0 : difference / standardError;
  const reach = normalReach(level) * standardError;
  return {
    firstAuc: one.auc,
    secondAuc: other.auc,
    difference,
    standardError,
    covariance: cospread(one.ofPositives, other.ofPositives) +
      cospread(one.ofNegatives, other.ofNegatives),
    z,
    p: normalTails(z),
    low: difference - reach,
    high: difference + reach,
    level,
  };
}

interface Classes {
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
}

interface Placements {
  readonly auc: number;
  readonly ofPositives: Float64Array;
  readonly ofNegatives: Float64Array;
}

function rowsByClass(actual: ArrayLike<number>): Classes {
  largestClass(actual, "actual", 2);
  const rows = Uint32Array.from(actual, (_, n) => n);
  const positives = rows.filter((n) => actual[n] === 1);
  const negatives = rows.filter((n) => actual[n] === 0);
  if (positives.length < 2 || negatives.length < 2) {
    throw new RangeError(
      "Cannot estimate the variance of an area: expected at least two samples of each class, " +
        `got ${positives.length} positive and ${negatives.length} negative`,
    );
  }
  return { positives, negatives };
}

function placements(scores: ArrayLike<number>, { positives, negatives }: Classes): Placements {
  const rank = midranks(Float64Array.from(scores));
  const rankOfPositive = midranks(Float64Array.from(positives, (n) => scores[n]!));
  const rankOfNegative = midranks(Float64Array.from(negatives, (n) => scores[n]!));
  // Midranks are halves of whole numbers, so the differences and their sum are exact.
  const below = Float64Array.from(positives, (n, i) => rank[n]! - rankOfPositive[i]!);
  const above = Float64Array.from(
    negatives,
    (n, j) => positives.length - (rank[n]! - rankOfNegative[j]!),
  );
  return {
    auc: below.reduce((sum, v) => sum + v, 0) / (positives.length * negatives.length),
    ofPositives: below.map((v) => v / negatives.length),
    ofNegatives: above.map((v) => v / positives.length),
  };
}

/** The rank of each value from 1, equal values sharing the mean of their ranks. */
function midranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, n) => n).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** The squared standard error of a mean of `values`. */
function spread(values: Float64Array): number {
  return meanAndDeviation(values).sd ** 2 / values.length;
}

/** The covariance of the means of `a` and `b`. */
function cospread(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [meanAndDeviation(a).mean, meanAndDeviation(b).mean];
  const products = a.reduce((sum, v, i) => sum + (v - meanA) * (b[i]! - meanB), 0);
  return products / (a.length - 1) / a.length;
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((v, i) => v - b[i]!);
}
