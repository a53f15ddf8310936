/** Do probabilities mean what they say? Calibration of a binary task, and its repair by a temperature. @module */

import { checkPaired, largestClass } from "./labels.ts";
import { isShare, shown } from "./numbers_only.ts";
import type { Scored } from "./roc.ts";

/** The samples whose score falls into one part of [0, 1]. */
export interface ReliabilityBin {
  /** The smallest score of the bin, which belongs to it. */
  readonly low: number;
  /** Where the next bin starts; the last bin holds 1 as well. */
  readonly high: number;
  /** How many samples fall into the bin. */
  readonly count: number;
  /** Their mean score; NaN if there are none. */
  readonly meanScore: number;
  /** The share of them that is positive; NaN if there are none. */
  readonly positiveRate: number;
}

/** Options of {@linkcode reliabilityBins} and {@linkcode expectedCalibrationError}. */
export interface ReliabilityOptions {
  /**
   * How many bins of equal width part [0, 1].
   *
   * @default 15
   */
  readonly bins?: number;
}

/**
 * The reliability diagram: mean score against share of positives, a bin of scores at a time.
 *
 *     bin k holds k / bins ≤ score < (k + 1) / bins, the last one a score of 1 too
 *
 * Of the probability of class 1, and not of the larger class. Empty bins stay
 * in the list. (DeGroot and Fienberg, *The Statistician* 32, 1983.)
 *
 * @throws {RangeError} Lengths that differ, no samples, a label but 0 and 1, a score that is not in
 * [0, 1], a number of bins that is not whole or below 1.
 */
export function reliabilityBins(
  { actual, scores }: Scored,
  { bins = 15 }: ReliabilityOptions = {},
): ReliabilityBin[] {
  checkProbabilities({ actual, scores });
  if (!Number.isSafeInteger(bins) || bins < 1) {
    throw new RangeError(`Cannot bin scores: expected at least one bin, got ${bins}`);
  }
  const sums = Array.from({ length: bins }, () => ({ count: 0, score: 0, positive: 0 }));
  for (let n = 0; n < actual.length; n++) {
    const sum = sums[binOf(scores[n]!, bins)]!;
    sum.count++;
    sum.score += scores[n]!;
    sum.positive += actual[n]!;
  }
  return sums.map(({ count, score, positive }, k) => ({
    low: k / bins,
    high: (k + 1) / bins,
    count,
    meanScore: score / count,
    positiveRate: positive / count,
  }));
}

/**
 * The expected calibration error: how far scores are from frequencies, in [0, 1].
 *
 *     ECE = Σ_k (n_k / n) |meanScore_k − positiveRate_k|
 *
 * over {@linkcode reliabilityBins}: of class 1, 15 bins of equal width and the
 * L1 norm, as torchmetrics' `BinaryCalibrationError`. A score of exactly 1
 * falls into the last bin here and into one of its own there. The value
 * depends on the bins and is above 0 even for calibrated scores of few
 * samples; compare it for equal bins and test sets only. (Naeini, Cooper and
 * Hauskrecht, AAAI 2015.)
 *
 * @throws {RangeError} As {@linkcode reliabilityBins}.
 *
 * @example Two bins
 * ```ts
 * import { expectedCalibrationError } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const actual = [0, 1, 1, 1];
 * const scores = [0.25, 0.25, 0.75, 0.75];
 * equal(expectedCalibrationError({ actual, scores }, { bins: 2 }), 0.25);
 * ```
 */
export function expectedCalibrationError(scored: Scored, options: ReliabilityOptions = {}): number {
  const total = reliabilityBins(scored, options)
    .filter(({ count }) => count > 0)
    .reduce((sum, bin) => sum + bin.count * Math.abs(bin.meanScore - bin.positiveRate), 0);
  return total / scored.actual.length;
}

/**
 * The Brier score: mean squared distance of probability and truth, in [0, 1], 0 being best.
 *
 *     Σ (score − actual)² / n
 *
 * A constant ½ scores 0.25. It rewards calibration and sharpness at once
 * (Brier, *Monthly Weather Review* 78, 1950, in the form for two classes that
 * scikit-learn uses).
 *
 * @throws {RangeError} Lengths that differ, no samples, a label but 0 and 1, a score that is not in
 * [0, 1].
 */
export function brierScore({ actual, scores }: Scored): number {
  checkProbabilities({ actual, scores });
  let sum = 0;
  for (let n = 0; n < actual.length; n++) sum += (scores[n]! - actual[n]!) ** 2;
  return sum / actual.length;
}

/**
 * The mean log loss in nats: Σ −log(the score of what is true) / n.
 *
 * Infinity as soon as one sample scores 0 for what is true. Nothing is clipped.
 *
 * @throws {RangeError} As {@linkcode brierScore}.
 */
export function binaryLogLoss({ actual, scores }: Scored): number {
  checkProbabilities({ actual, scores });
  let sum = 0;
  for (let n = 0; n < actual.length; n++) {
    sum -= actual[n] === 1 ? Math.log(scores[n]!) : Math.log1p(-scores[n]!);
  }
  return sum / actual.length;
}

/** The range in which {@linkcode fitTemperature} looks. */
const [coldest, hottest] = [0.01, 100];

/** Scores count as no nearer to 0 and 1 than this, the step of float32 just below 1. */
const nearest = 2 ** -24;

/**
 * The temperature T that makes scores fit labels best: the least log loss of σ(logit(score) / T).
 *
 * Fit it on validation samples, then {@linkcode applyTemperature} to the test
 * scores. Above 1 it softens scores that are too sure, below 1 it sharpens; the
 * ranking and the answers at ½ stay. The loss is convex in 1 / T, and its slope
 *
 *     Σ (σ(logit / T) − actual) logit / n
 *
 * is bisected to 0. If no T from 0.01 to 100 does that, the result is the end
 * with the lower loss: 0.01 if every sample is on its side of ½, 100 if scores
 * are no better than a coin; 1 if every score is ½. Scores nearer to 0 or 1 than 2⁻²⁴ are taken to be
 * that near, since float32 sigmoids reach 1. (Guo et al., *On calibration of
 * modern neural networks*, ICML 2017.)
 *
 * @throws {RangeError} As {@linkcode brierScore}.
 */
export function fitTemperature({ actual, scores }: Scored): number {
  checkProbabilities({ actual, scores });
  const logits = Float64Array.from(scores, logit);
  if (logits.every((z) => z === 0)) return 1;
  const slope = (temperature: number) =>
    logits.reduce((sum, z, n) => sum + (sigmoid(z / temperature) - actual[n]!) * z, 0);
  let [low, high] = [coldest, hottest];
  // The slope is in 1 / T: positive where scores are too sharp, so T must rise.
  if (slope(low) <= 0) return low;
  if (slope(high) >= 0) return high;
  // Sixty halvings of the logarithm leave less than a float64 can tell from the result.
  for (let halving = 0; halving < 60; halving++) {
    const middle = Math.sqrt(low * high);
    if (slope(middle) > 0) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/**
 * σ(logit(score) / T) of every score, in [0, 1].
 *
 * Scores nearer to 0 or 1 than 2⁻²⁴ are taken to be that near first, as in {@linkcode fitTemperature}.
 *
 * @throws {RangeError} A temperature that is not above 0 and finite, a score that is not in [0, 1].
 */
export function applyTemperature(
  { scores, temperature }: { readonly scores: ArrayLike<number>; readonly temperature: number },
): Float64Array {
  if (!(Number.isFinite(temperature) && temperature > 0)) {
    throw new RangeError(
      `Cannot apply a temperature: expected a finite number above 0, got ${shown(temperature)}`,
    );
  }
  checkRange(scores);
  return Float64Array.from(scores, (score) => sigmoid(logit(score) / temperature));
}

function logit(score: number): number {
  const inside = Math.min(Math.max(score, nearest), 1 - nearest);
  return Math.log(inside) - Math.log1p(-inside);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function binOf(score: number, bins: number): number {
  const k = Math.min(Math.floor(score * bins), bins - 1);
  // The product may round across an edge; the edges as listed decide.
  if (score < k / bins) return k - 1;
  return k + 1 < bins && score >= (k + 1) / bins ? k + 1 : k;
}

/**
 * Refuses labels but 0 and 1, and scores that are not probabilities.
 *
 * @throws {RangeError}
 */
export function checkProbabilities({ actual, scores }: Scored): void {
  checkPaired(actual, scores, "scores");
  largestClass(actual, "actual", 2);
  checkRange(scores);
}

function checkRange(scores: ArrayLike<number>): void {
  for (let n = 0; n < scores.length; n++) {
    if (!isShare(scores[n])) {
      throw new RangeError(
        `Cannot judge probabilities: expected a number from 0 to 1 in scores[${n}], ` +
          `got ${shown(scores[n])}`,
      );
    }
  }
}
