/** Does a confidence of 0.8 in the answer mean that 8 of 10 are right? Calibration of K classes. @module */

import { expectedCalibrationError, type ReliabilityOptions } from "./calibration.ts";
import {
  checkClassProbabilities,
  type ClassProbabilities,
  mostProbableClasses,
} from "./class_probabilities.ts";
import type { Scored } from "./roc.ts";

/**
 * The answers as a binary task: was the most probable class right, and how probable was it?
 *
 * `actual` is 1 where the answer is right, `scores` has the probability of the
 * answer, from 1 / K to 1. {@linkcode reliabilityBins} of it is the reliability
 * diagram of K classes. Of equally probable classes the first is the answer.
 *
 * @throws {RangeError} As {@linkcode scoreClasses}.
 *
 * @example One answer of two is right
 * ```ts
 * import { topLabel } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { actual, scores } = topLabel({
 *   actual: [2, 1],
 *   scores: [0.1, 0.2, 0.7, 0.5, 0.3, 0.2],
 *   classes: 3,
 * });
 * deepEqual([actual, scores], [[1, 0], [0.7, 0.5]]);
 * ```
 */
export function topLabel(probabilities: ClassProbabilities): Scored {
  checkClassProbabilities(probabilities);
  const { actual, scores, classes } = probabilities;
  const answers = mostProbableClasses(probabilities);
  return {
    actual: answers.map((answer, n) => Number(answer === actual[n])),
    scores: answers.map((answer, n) => scores[n * classes + answer]!),
  };
}

/**
 * The expected calibration error of the answers, in [0, 1]: how far the probability of the most
 * probable class is from how often it is right (Guo et al., ICML 2017).
 *
 *     ECE = Σ_b (n_b / n) |mean confidence_b − accuracy_b|
 *
 * It is {@linkcode expectedCalibrationError} of {@linkcode topLabel}: 15 bins of
 * equal width and the L1 norm, as torchmetrics' `MulticlassCalibrationError`. It
 * says nothing of the probabilities of the other classes, and of two classes it
 * is another number than the error of class 1. Compare it for equal bins and
 * test sets only.
 *
 * @throws {RangeError} As {@linkcode scoreClasses}, or a number of bins that is not whole or below 1.
 */
export function topLabelCalibrationError(
  probabilities: ClassProbabilities,
  options: ReliabilityOptions = {},
): number {
  return expectedCalibrationError(topLabel(probabilities), options);
}
