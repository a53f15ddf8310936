/** Verdicts as numbers that fusions add up. @module */

import { type Target, verdictWidth } from "../target.ts";
import { logit, sigmoid } from "./logistic_loss.ts";
import { softmax } from "./softmax_regression.ts";

// Probabilities are kept as far from 0 as `logit` keeps them.
const least = 1e-7;

/**
 * What a fusion reads of verdicts, of the same length: of two classes log p / (1 − p) of the second,
 * of more log p of each, of a score the score.
 */
export function evidenceOf(target: Target, verdicts: ArrayLike<number>): Float64Array {
  if (target.kind === "score") return Float64Array.from(verdicts);
  if (verdictWidth(target) === 1) return Float64Array.from(verdicts, logit);
  return Float64Array.from(verdicts, (p) => Math.log(Math.max(p, least)));
}

/**
 * The inverse of {@linkcode evidenceOf}: log-probabilities need not add up to one; scores are kept
 * in range.
 */
export function verdictsOfEvidence(target: Target, evidence: Float64Array): Float64Array {
  if (target.kind === "score") {
    return evidence.map((y) => Math.min(Math.max(y, target.low), target.high));
  }
  const width = verdictWidth(target);
  if (width === 1) return evidence.map(sigmoid);
  const verdicts = evidence.slice();
  for (let at = 0; at < verdicts.length; at += width) softmax(verdicts.subarray(at, at + width));
  return verdicts;
}
