/** Every score of one task of K classes. @module */

import { accuracy, balancedAccuracy } from "./accuracy.ts";
import { aucOneVsRestMacro } from "./auc_one_vs_rest.ts";
import {
  checkClassProbabilities,
  type ClassProbabilities,
  mostProbableClasses,
} from "./class_probabilities.ts";
import { confusionMatrix } from "./confusion_matrix.ts";
import { logLoss } from "./log_loss.ts";
import {
  type ClassScore,
  classScores,
  f1Macro,
  f1Weighted,
  precisionMacro,
  recallMacro,
} from "./precision_recall_f1.ts";

/** The scores of a task of K classes; all but the log loss and the counts are in [0, 1]. */
export interface MulticlassScores {
  /** The share of right answers; WA in papers on speech. */
  readonly accuracy: number;
  /** Mean recall of the classes that occur; UA or UAR in papers on speech. */
  readonly balancedAccuracy: number;
  /** Mean over the classes that are true or predicted somewhere. */
  readonly precisionMacro: number;
  /** Likewise: a class that is predicted but never true counts 0, which `balancedAccuracy` leaves out. */
  readonly recallMacro: number;
  /** Likewise. */
  readonly f1Macro: number;
  /** Mean over classes, weighted by how often a class is true. */
  readonly f1Weighted: number;
  /** Mean area of each class that occurs against the rest; NaN with one class. */
  readonly aucOneVsRestMacro: number;
  /** In nats, of the probabilities and not of the answers; Infinity after a certain error. */
  readonly logLoss: number;
  /** `[K, K]`, row = actual, column = predicted. */
  readonly confusion: number[][];
  /** Precision, recall and F1 of each of the K classes. */
  readonly byClass: ClassScore[];
}

/**
 * Accuracies, precision, recall, F1, AUC, log loss and the confusion matrix of
 * one task of K classes.
 *
 *     predicted = the most probable class, the first of equally probable ones
 *
 * Macro averages are over the classes that are true or predicted somewhere, as
 * scikit-learn's; a class of the K that a test part lacks does not lower them.
 * It has a row and a column of zeros in `confusion`, and zeros in `byClass`.
 * For two classes with one probability a sample see {@linkcode scoreBinary}.
 *
 * @throws {RangeError} A number of classes below 2, scores that are not a row of K per label, or a
 * row that is not of probabilities: each from 0 to 1, and 1 in all but for 0.02, since they may
 * have been rounded; no samples, a label that is not a class.
 *
 * @example Three classes
 * ```ts
 * import { scoreClasses } from "./mod.ts";
 * import { deepEqual, equal } from "node:assert/strict";
 *
 * const scores = [
 *   ...[0.7, 0.2, 0.1],
 *   ...[0.5, 0.3, 0.2],
 *   ...[0.1, 0.2, 0.7],
 * ];
 * const { accuracy, confusion } = scoreClasses({ actual: [0, 1, 2], scores, classes: 3 });
 * equal(accuracy, 2 / 3);
 * deepEqual(confusion, [[1, 0, 0], [1, 0, 0], [0, 0, 1]]);
 * ```
 */
export function scoreClasses(probabilities: ClassProbabilities): MulticlassScores {
  checkClassProbabilities(probabilities);
  const { actual, classes } = probabilities;
  const labels = { actual, predicted: mostProbableClasses(probabilities) };
  return {
    accuracy: accuracy(labels),
    balancedAccuracy: balancedAccuracy(labels),
    precisionMacro: precisionMacro(labels),
    recallMacro: recallMacro(labels),
    f1Macro: f1Macro(labels),
    f1Weighted: f1Weighted(labels),
    aucOneVsRestMacro: aucOneVsRestMacro(probabilities),
    logLoss: logLoss(probabilities),
    confusion: confusionMatrix({ ...labels, classes }),
    byClass: classScores({ ...labels, classes }),
  };
}
