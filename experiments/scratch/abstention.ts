/** Answering only from a confidence on. @module */

import { isPositive, type Scored } from "../../lib/metrics/mod.ts";

/** The confidence from which the share `wanted` of these samples is answered. */
export function confidenceFor({ scores }: Pick<Scored, "scores">, wanted: number): number {
  if (wanted === 1) return 0.5;
  const confidences = Array.from(scores, confidence).sort((a, b) => b - a);
  return confidences[Math.ceil(wanted * confidences.length) - 1]!;
}

/** Coverage, and accuracy of what is answered, from a confidence on; 1 where nothing is answered. */
export function answeredFrom(
  { actual, scores }: Scored,
  least: number,
): { coverage: number; accuracy: number } {
  const rows = Array.from(scores).keys().filter((i) => confidence(scores[i]!) >= least).toArray();
  const right = rows.filter((i) => Number(isPositive(scores[i]!)) === actual[i]);
  return {
    coverage: rows.length / scores.length,
    accuracy: rows.length === 0 ? 1 : right.length / rows.length,
  };
}

function confidence(score: number): number {
  return Math.max(score, 1 - score);
}
