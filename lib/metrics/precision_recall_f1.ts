/**
 * Precision, recall and F1, with the averaging convention in every name.
 *
 * With TP, FP and FN the true positives, false positives and false negatives
 * of one class against the rest (paper, Eqs. 2 to 4):
 *
 *     precision = TP / (TP + FP)
 *     recall    = TP / (TP + FN)
 *     F1        = 2 TP / (2 TP + FP + FN)
 *
 * All lie in [0, 1], and 0 / 0 counts as 0. The conventions:
 *
 * - `Binary`: of class 1, the positive one; any label but 0 and 1 is an error.
 * - `Macro`: the plain mean over classes.
 * - `Weighted`: the mean over classes by how many samples have the class.
 *
 * The mean is over the classes that occur among the actual or the predicted
 * labels, or over all `classes` if that number is given. The paper does not say
 * which convention its tables use; see {@linkcode scoreBinary}.
 *
 * @module
 */

import { confusionMatrix } from "./confusion_matrix.ts";
import type { Labels } from "./labels.ts";

/** How one class fared against the rest. */
export interface ClassScore {
  /** Class index. */
  readonly class: number;
  /** The share of the samples said to have the class that do. */
  readonly precision: number;
  /** The share of the samples with the class that were said to have it. */
  readonly recall: number;
  /** The harmonic mean of both. */
  readonly f1: number;
  /** How many samples have the class. */
  readonly actual: number;
  /** How many samples were said to have it. */
  readonly predicted: number;
}

type Score = "precision" | "recall" | "f1";

/**
 * Precision, recall and F1 of every class, in the order of the classes.
 *
 * @throws {RangeError} Labels that {@linkcode confusionMatrix} refuses.
 */
export function classScores(labels: Labels): ClassScore[] {
  const counts = confusionMatrix(labels);
  return counts.map((row, k) => {
    const right = row[k]!;
    const actual = row.reduce((a, b) => a + b, 0);
    const predicted = counts.reduce((total, other) => total + other[k]!, 0);
    return {
      class: k,
      precision: ratio(right, predicted),
      recall: ratio(right, actual),
      f1: ratio(2 * right, actual + predicted),
      actual,
      predicted,
    };
  });
}

/** Precision of class 1 (paper, Eq. 2), TP / (TP + FP): the share of samples called positive that are, in [0, 1]. */
export function precisionBinary(labels: Labels): number {
  return binary(labels, "precision");
}

/** The mean of the classes' precisions, in [0, 1]; every class counts alike. */
export function precisionMacro(labels: Labels): number {
  return macro(labels, "precision");
}

/** The mean of the classes' precisions, weighted by how often the class occurs, in [0, 1]. */
export function precisionWeighted(labels: Labels): number {
  return weighted(labels, "precision");
}

/** Recall of class 1 (paper, Eq. 3), TP / (TP + FN): the share of positive samples that were called so, in [0, 1]. */
export function recallBinary(labels: Labels): number {
  return binary(labels, "recall");
}

/** The mean of the classes' recalls, in [0, 1]; every class counts alike. */
export function recallMacro(labels: Labels): number {
  return macro(labels, "recall");
}

/** The mean of the classes' recalls, weighted by how often the class occurs: the accuracy. */
export function recallWeighted(labels: Labels): number {
  return weighted(labels, "recall");
}

/** F1 of class 1 (paper, Eq. 4), 2 TP / (2 TP + FP + FN): the harmonic mean of its precision and recall, in [0, 1]. */
export function f1Binary(labels: Labels): number {
  return binary(labels, "f1");
}

/** The mean of the classes' F1 scores (not the F1 of the mean precision and recall), in [0, 1]. */
export function f1Macro(labels: Labels): number {
  return macro(labels, "f1");
}

/** The mean of the classes' F1 scores, weighted by how often the class occurs, in [0, 1]. */
export function f1Weighted(labels: Labels): number {
  return weighted(labels, "f1");
}

function binary({ actual, predicted }: Labels, score: Score): number {
  return classScores({ actual, predicted, classes: 2 })[1]![score];
}

function macro(labels: Labels, score: Score): number {
  const counted = classScores(labels).filter((k) =>
    labels.classes !== undefined || k.actual + k.predicted > 0
  );
  return counted.reduce((total, k) => total + k[score], 0) / counted.length;
}

function weighted(labels: Labels, score: Score): number {
  const total = classScores(labels).reduce((sum, k) => sum + k.actual * k[score], 0);
  return total / labels.actual.length;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
