/** Every score of the field's tables for one task of regression. @module */

import { pearsonCorrelation, spearmanCorrelation } from "./correlation.ts";
import { meanAbsoluteError } from "./mean_absolute_error.ts";
import { shown } from "./numbers_only.ts";
import * as accuracies from "./score_accuracy.ts";
import { checkScorePairs, type ScorePairs } from "./score_pairs.ts";

/** What can be said on any scale. */
export interface RegressionScores {
  /** Mean absolute error, in the unit of the scores, of predictions as they are. */
  readonly mae: number;
  /** Pearson's correlation, the Corr of papers; NaN if all truths or all predictions are equal. */
  readonly pearson: number;
  /** Spearman's rank correlation; NaN likewise. */
  readonly spearman: number;
}

/** On the scale of CMU-MOSI and CMU-MOSEI, −3 to 3. */
export interface MosiScores extends RegressionScores {
  /** All samples. MMSA: `Has0_acc_2`. */
  readonly acc2NegativeNonNegative: number;
  /** All samples. MMSA: `Has0_F1_score`. */
  readonly f1WeightedNegativeNonNegative: number;
  /** Without truths of 0; NaN if there are no others. MMSA: `Non0_acc_2`. */
  readonly acc2NegativePositive: number;
  /** Without truths of 0; NaN if there are no others. MMSA: `Non0_F1_score`. */
  readonly f1WeightedNegativePositive: number;
  /** How many truths of 0 these two leave out. */
  readonly zeroTruths: number;
  /** Clipped to ±2, rounded half to even. MMSA: `Mult_acc_5`. */
  readonly acc5Rounded: number;
  /** Clipped to ±3, rounded half to even. MMSA: `Mult_acc_7`. */
  readonly acc7Rounded: number;
}

/** On the scale of CH-SIMS, −1 to 1. */
export interface SimsScores extends RegressionScores {
  /** Of predictions clipped to ±1. MMSA: `MAE`. */
  readonly maeClipped: number;
  /** Of predictions clipped to ±1. MMSA: `Corr`. */
  readonly pearsonClipped: number;
  /** All samples, a zero with the negative ones. MMSA: `Mult_acc_2`. */
  readonly acc2NonPositivePositive: number;
  /** Likewise. MMSA: `F1_score`. */
  readonly f1WeightedNonPositivePositive: number;
  /** Cut at ±0.1. MMSA: `Mult_acc_3`. */
  readonly acc3Sims: number;
  /** Cut at ±0.1 and ±0.7. MMSA: `Mult_acc_5`. */
  readonly acc5Sims: number;
}

/** On any other scale; its middle is what lies halfway from the least score to the greatest. */
export interface GeneralScores extends RegressionScores {
  /** Below the middle against above it, without truths at the middle; NaN if there are no others. */
  readonly acc2BelowAboveMiddle: number;
  /** Of these two classes, likewise. */
  readonly f1WeightedBelowAboveMiddle: number;
  /** How many truths at the middle these two leave out. */
  readonly middleTruths: number;
}

/** The record of scores by the name of the scale. */
export interface ScoresByScale {
  /** Of −3 to 3. */
  readonly mosi: MosiScores;
  /** Of −1 to 1. */
  readonly sims: SimsScores;
  /** Of any other. */
  readonly general: GeneralScores;
}

/** A scale: one of the two for which the field has measures of its own, or any from `low` to `high`. */
export type RegressionScale =
  | { readonly scale: "mosi" | "sims" }
  | { readonly scale: "general"; readonly low: number; readonly high: number };

/**
 * The scale of scores from `low` to `high`: that of CMU-MOSI if these are −3 and
 * 3, that of CH-SIMS if they are −1 and 1, else a general one.
 */
export function regressionScale(
  { low, high }: { readonly low: number; readonly high: number },
): RegressionScale {
  if (low === -3 && high === 3) return { scale: "mosi" };
  if (low === -1 && high === 1) return { scale: "sims" };
  return { scale: "general", low, high };
}

/**
 * Error, correlation and accuracies of one task of regression, each under a name
 * that says its convention; what MMSA calls them stands with each in the record's type.
 *
 * Accuracies and F1 are in [0, 1], errors in the unit of the scores. Truths have
 * to be on the scale; predictions may be beyond it, and are clipped only where a
 * name or its description says so. Where a measure is undefined it is NaN.
 *
 * @throws {RangeError} Lengths that differ, no samples, a score that is not finite, a truth that is
 * not on the scale, an unknown scale, or one whose ends are not finite and rising.
 *
 * @example Three measures called Acc-2
 * ```ts
 * import { scoreRegression } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const pairs = { actual: [-1, 0, 0, 1], predicted: [-0.5, 0.25, -0.25, 0.5] };
 * const { acc2NegativeNonNegative, acc2NegativePositive } = scoreRegression(pairs, { scale: "mosi" });
 * equal(acc2NegativeNonNegative, 3 / 4);
 * equal(acc2NegativePositive, 1);
 * equal(scoreRegression(pairs, { scale: "sims" }).acc2NonPositivePositive, 3 / 4);
 * ```
 */
export function scoreRegression<Scale extends RegressionScale>(
  pairs: ScorePairs,
  scale: Scale,
): ScoresByScale[Scale["scale"]];
export function scoreRegression(
  pairs: ScorePairs,
  options: RegressionScale,
): ScoresByScale[keyof ScoresByScale] {
  const { low, high } = endsOf(options);
  checkScorePairs(pairs);
  checkOnScale(pairs.actual, low, high);
  const shared = {
    mae: meanAbsoluteError(pairs),
    pearson: pearsonCorrelation(pairs),
    spearman: spearmanCorrelation(pairs),
  };
  if (options.scale === "mosi") return { ...shared, ...mosiScores(pairs) };
  if (options.scale === "sims") return { ...shared, ...simsScores(pairs) };
  const middle = low / 2 + high / 2;
  return {
    ...shared,
    acc2BelowAboveMiddle: accuracies.acc2BelowAbove(pairs, middle),
    f1WeightedBelowAboveMiddle: accuracies.f1WeightedBelowAbove(pairs, middle),
    middleTruths: countOf(pairs.actual, middle),
  };
}

function mosiScores(pairs: ScorePairs): Omit<MosiScores, keyof RegressionScores> {
  return {
    acc2NegativeNonNegative: accuracies.acc2NegativeNonNegative(pairs),
    f1WeightedNegativeNonNegative: accuracies.f1WeightedNegativeNonNegative(pairs),
    acc2NegativePositive: accuracies.acc2NegativePositive(pairs),
    f1WeightedNegativePositive: accuracies.f1WeightedNegativePositive(pairs),
    zeroTruths: countOf(pairs.actual, 0),
    acc5Rounded: accuracies.acc5Rounded(pairs),
    acc7Rounded: accuracies.acc7Rounded(pairs),
  };
}

function simsScores(pairs: ScorePairs): Omit<SimsScores, keyof RegressionScores> {
  const clipped = {
    actual: pairs.actual,
    predicted: Float64Array.from(pairs.predicted, (score) => Math.max(-1, Math.min(1, score))),
  };
  return {
    maeClipped: meanAbsoluteError(clipped),
    pearsonClipped: pearsonCorrelation(clipped),
    acc2NonPositivePositive: accuracies.acc2NonPositivePositive(pairs),
    f1WeightedNonPositivePositive: accuracies.f1WeightedNonPositivePositive(pairs),
    acc3Sims: accuracies.acc3Sims(pairs),
    acc5Sims: accuracies.acc5Sims(pairs),
  };
}

function countOf(scores: ArrayLike<number>, wanted: number): number {
  return Array.from(scores).filter((score) => Math.fround(score) === Math.fround(wanted)).length;
}

function endsOf(options: RegressionScale): { readonly low: number; readonly high: number } {
  if (options.scale === "mosi") return { low: -3, high: 3 };
  if (options.scale === "sims") return { low: -1, high: 1 };
  if (options.scale !== "general") {
    const { scale } = options as { readonly scale: unknown };
    throw new RangeError(
      `Cannot score predictions: expected the scale mosi, sims or general, got ${shown(scale)}`,
    );
  }
  const { low, high } = options;
  if (Number.isFinite(low) && Number.isFinite(high) && low < high) return { low, high };
  throw new RangeError(
    "Cannot score predictions: expected a scale from a number to a greater one, " +
      `got ${shown(low)} to ${shown(high)}`,
  );
}

function checkOnScale(actual: ArrayLike<number>, low: number, high: number): void {
  for (let n = 0; n < actual.length; n++) {
    if (actual[n]! >= low && actual[n]! <= high) continue;
    throw new RangeError(
      `Cannot score predictions: expected a score from ${low} to ${high} in actual[${n}], ` +
        `got ${actual[n]}`,
    );
  }
}
