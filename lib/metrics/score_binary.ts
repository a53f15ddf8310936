/** Every score of the paper's tables for one binary task. @module */

import { accuracy } from "./accuracy.ts";
import { confusionMatrix } from "./confusion_matrix.ts";
import {
  f1Binary,
  f1Macro,
  precisionBinary,
  precisionMacro,
  recallBinary,
  recallMacro,
} from "./precision_recall_f1.ts";
import { predictedClasses } from "./predicted_classes.ts";
import { aucRoc, type Scored } from "./roc.ts";

/** The scores of a binary task; all but the counts are in [0, 1]. */
export interface BinaryScores {
  /** The share of right answers. */
  readonly accuracy: number;
  /** Macro average over both classes. */
  readonly precision: number;
  /** Macro average over both classes. */
  readonly recall: number;
  /** Macro average over both classes. */
  readonly f1: number;
  /** Area under the ROC curve, of the scores and not of the threshold; NaN with one class. */
  readonly auc: number;
  /** Row = actual, column = predicted: `[[TN, FP], [FN, TP]]`. */
  readonly confusion: number[][];
  /** Of class 1. */
  readonly precisionBinary: number;
  /** Of class 1. */
  readonly recallBinary: number;
  /** Of class 1. */
  readonly f1Binary: number;
}

/** Options of {@linkcode scoreBinary}. */
export interface ScoreBinaryOptions {
  /**
   * The score from which a sample is called positive.
   *
   * @default 0.5
   */
  readonly threshold?: number;
}

/**
 * Accuracy, precision, recall, F1, AUC and the confusion matrix of one binary task.
 *
 *     predicted = 1 if score ≥ threshold, else 0
 *
 * `precision`, `recall` and `f1` are macro averages. The paper does not name
 * its convention, but macro averages fit its Table 1: all four scores agree to
 * two digits, as averages over the classes of a balanced set do, and a precision
 * of 0.25 is what a system gets that always gives one answer: (½ + 0) / 2. The
 * values of the positive class alone stand beside them as `precisionBinary`,
 * `recallBinary` and `f1Binary`.
 *
 * @throws {RangeError} Lengths that differ, no samples, a label but 0 and 1, a score that is not finite.
 *
 * @example A system that always gives one answer
 * ```ts
 * import { scoreBinary } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const { precision, auc } = scoreBinary({ actual: [0, 1], scores: [0.7, 0.7] });
 * equal(precision, 0.25);
 * equal(auc, 0.5);
 * ```
 */
export function scoreBinary(
  { actual, scores, threshold = 0.5 }: Scored & ScoreBinaryOptions,
): BinaryScores {
  const auc = aucRoc({ actual, scores });
  const predicted = predictedClasses(scores, threshold);
  const labels = { actual, predicted };
  return {
    accuracy: accuracy(labels),
    precision: precisionMacro(labels),
    recall: recallMacro(labels),
    f1: f1Macro(labels),
    auc,
    confusion: confusionMatrix({ ...labels, classes: 2 }),
    precisionBinary: precisionBinary(labels),
    recallBinary: recallBinary(labels),
    f1Binary: f1Binary(labels),
  };
}
