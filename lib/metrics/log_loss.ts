/** The log loss of K classes. @module */

import { checkClassProbabilities, type ClassProbabilities } from "./class_probabilities.ts";

/**
 * The mean log loss in nats: Σ −log(the probability of the true class) / n.
 *
 * log K is what equal probabilities get. Infinity as soon as one sample gives
 * its true class 0: nothing is clipped, where scikit-learn clips to the smallest
 * step below 1. Rows are taken as they are, and not divided by their sum.
 *
 * @throws {RangeError} As {@linkcode scoreClasses}.
 */
export function logLoss({ actual, scores, classes }: ClassProbabilities): number {
  checkClassProbabilities({ actual, scores, classes });
  let sum = 0;
  for (let n = 0; n < actual.length; n++) sum -= Math.log(scores[n * classes + actual[n]!]!);
  return sum / actual.length;
}
