/**
 * Acc-2, Acc-3, Acc-5, Acc-7 and F1 of scores, with the convention in every name.
 *
 * One name means several measures in the papers on multimodal sentiment. `a` is
 * what is true and `p` what was predicted:
 *
 * | here | rows | right if | elsewhere |
 * | --- | --- | --- | --- |
 * | `acc2NegativeNonNegative` | all | (p ≥ 0) = (a ≥ 0) | `Has0_acc_2` of MMSA, the first Acc-2 of "a / b" |
 * | `acc2NegativePositive` | a ≠ 0 | (p > 0) = (a > 0) | `Non0_acc_2` of MMSA, the second; Acc-2 of MulT |
 * | `acc2NonPositivePositive` | all | (p > 0) = (a > 0) | `Mult_acc_2` of MMSA on SIMS |
 * | `acc5Rounded`, `acc7Rounded` | all | equal when clipped to ±2, ±3 and rounded | `Mult_acc_5`, `Mult_acc_7` of MMSA |
 * | `acc3Sims`, `acc5Sims` | all | between the same cuts of CH-SIMS | `Mult_acc_3`, `Mult_acc_5` of MMSA on SIMS |
 *
 * `f1Weighted…` is {@linkcode f1Weighted} of the same two classes: weighted by
 * how often a class is true. MulT, and code that descends from it, hands
 * scikit-learn the predictions as the truth and so weights by how often a class
 * is predicted; MMSA did until 2021. Those numbers differ from these.
 *
 * All are in [0, 1]. Where zeros are left out and nothing else is there, the
 * measure has no samples and is NaN.
 *
 * @module
 */

import { accuracy } from "./accuracy.ts";
import type { Labels } from "./labels.ts";
import { f1Weighted } from "./precision_recall_f1.ts";
import { cutLabels, labelled, roundedLabels } from "./score_labels.ts";
import { checkScorePairs, type ScorePairs } from "./score_pairs.ts";

/**
 * Acc-2, negative against non-negative, zeros included: the share of samples of
 * which both or neither of truth and prediction are 0 or more. `Has0_acc_2` of MMSA.
 *
 * @throws {RangeError} Lengths that differ, no samples, a score that is not finite.
 *
 * @example A zero is with the positive scores here, and counts nowhere there
 * ```ts
 * import { acc2NegativeNonNegative, acc2NegativePositive } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const pairs = { actual: [0, 1, -1], predicted: [-0.5, 2, 0] };
 * equal(acc2NegativeNonNegative(pairs), 1 / 3);
 * equal(acc2NegativePositive(pairs), 1);
 * ```
 */
export function acc2NegativeNonNegative(pairs: ScorePairs): number {
  return accuracy(nonNegative(pairs));
}

/**
 * Weighted F1, negative against non-negative, zeros included. `Has0_F1_score` of MMSA.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function f1WeightedNegativeNonNegative(pairs: ScorePairs): number {
  return f1Weighted(nonNegative(pairs));
}

/**
 * Acc-2, negative against positive, without the samples whose truth is 0: the
 * share of the others of which both or neither of truth and prediction are above
 * 0. A prediction of exactly 0 counts as negative. NaN if every truth is 0.
 * `Non0_acc_2` of MMSA; the Acc-2 that MulT prints.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function acc2NegativePositive(pairs: ScorePairs): number {
  return acc2BelowAbove(pairs, 0);
}

/**
 * Weighted F1, negative against positive, without the samples whose truth is 0;
 * NaN if every truth is. `Non0_F1_score` of MMSA.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function f1WeightedNegativePositive(pairs: ScorePairs): number {
  return f1WeightedBelowAbove(pairs, 0);
}

/**
 * {@linkcode acc2NegativePositive} about another point than 0: below `middle`
 * against above it, without the samples whose truth it is. For stars from 1 to 5
 * and 3 as the middle, 1 and 2 against 4 and 5.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}, or a middle that is not finite.
 */
export function acc2BelowAbove(pairs: ScorePairs, middle: number): number {
  const labels = belowAbove(pairs, middle);
  return labels.actual.length === 0 ? NaN : accuracy(labels);
}

/**
 * {@linkcode f1WeightedNegativePositive} about another point than 0.
 *
 * @throws {RangeError} As {@linkcode acc2BelowAbove}.
 */
export function f1WeightedBelowAbove(pairs: ScorePairs, middle: number): number {
  const labels = belowAbove(pairs, middle);
  return labels.actual.length === 0 ? NaN : f1Weighted(labels);
}

/**
 * Acc-2, non-positive against positive, zeros included: the share of samples of
 * which both or neither of truth and prediction are above 0. It is the Acc-2 of
 * CH-SIMS (`Mult_acc_2` of MMSA), which puts a zero where
 * {@linkcode acc2NegativeNonNegative} does not.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function acc2NonPositivePositive(pairs: ScorePairs): number {
  return accuracy(cutLabels(pairs, [0]));
}

/**
 * Weighted F1, non-positive against positive, zeros included: `F1_score` of MMSA on SIMS.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function f1WeightedNonPositivePositive(pairs: ScorePairs): number {
  return f1Weighted(cutLabels(pairs, [0]));
}

/**
 * Acc-5 of MOSI and MOSEI: the share of samples whose scores, clipped to ±2 and
 * rounded half to even, are equal. `Mult_acc_5` of MMSA on MOSI and MOSEI.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function acc5Rounded(pairs: ScorePairs): number {
  return accuracy(roundedLabels(pairs, 2));
}

/**
 * Acc-7 of MOSI and MOSEI: the share of samples whose scores, clipped to ±3 and
 * rounded half to even, are equal. `Mult_acc_7` of MMSA.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function acc7Rounded(pairs: ScorePairs): number {
  return accuracy(roundedLabels(pairs, 3));
}

/**
 * Acc-3 of CH-SIMS: classes [−1, −0.1], (−0.1, 0.1] and (0.1, 1], cut as by
 * {@linkcode cutLabels}. `Mult_acc_3` of MMSA on SIMS.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function acc3Sims(pairs: ScorePairs): number {
  return accuracy(cutLabels(pairs, [-0.1, 0.1]));
}

/**
 * Acc-5 of CH-SIMS: classes [−1, −0.7], (−0.7, −0.1], (−0.1, 0.1], (0.1, 0.7]
 * and (0.7, 1]. `Mult_acc_5` of MMSA on SIMS; not {@linkcode acc5Rounded}.
 *
 * @throws {RangeError} As {@linkcode acc2NegativeNonNegative}.
 */
export function acc5Sims(pairs: ScorePairs): number {
  return accuracy(cutLabels(pairs, [-0.7, -0.1, 0.1, 0.7]));
}

function nonNegative(pairs: ScorePairs): Labels {
  checkScorePairs(pairs);
  return labelled(pairs, { classes: 2, classOf: (score) => Number(score >= 0) });
}

function belowAbove(pairs: ScorePairs, middle: number): Labels {
  const { actual, predicted, classes } = cutLabels(pairs, [middle]);
  // As float32, like the cut: else a truth of 0.3 that went through float32 would count as below 0.3.
  const kept = (_: unknown, n: number) => Math.fround(pairs.actual[n]!) !== Math.fround(middle);
  return {
    actual: Array.from(actual).filter(kept),
    predicted: Array.from(predicted).filter(kept),
    classes,
  };
}
