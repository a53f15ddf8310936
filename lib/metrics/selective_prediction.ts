/** What a system gains by answering only when it is sure. @module */

import { checkProbabilities } from "./calibration.ts";
import { isPositive } from "./predicted_classes.ts";
import type { Scored } from "./roc.ts";

/** One point a confidence, from the surest samples alone to all. */
export interface CoverageCurve {
  /** The confidence from which the system answers, falling, in [0.5, 1]. */
  readonly confidence: number[];
  /** The share of samples that it answers, rising to 1. */
  readonly coverage: number[];
  /** The share of those that it gets right. */
  readonly accuracy: number[];
}

/**
 * Accuracy against coverage when the least sure samples go unanswered.
 *
 *     answer = 1 if score ≥ ½, else 0        confidence = max(score, 1 − score)
 *
 * Samples of equal confidence are answered together and make one point. The
 * last point is the plain accuracy.
 *
 * @throws {RangeError} Lengths that differ, no samples, a label but 0 and 1, a score that is not in [0, 1].
 */
export function coverageCurve({ actual, scores }: Scored): CoverageCurve {
  const groups = byConfidence({ actual, scores });
  const answered = running(groups.map(({ count }) => count));
  const wrong = running(groups.map((group) => group.wrong));
  return {
    confidence: groups.map(({ confidence }) => confidence),
    coverage: answered.map((count) => count / actual.length),
    accuracy: answered.map((count, i) => 1 - wrong[i]! / count),
  };
}

/**
 * The area under the risk-coverage curve, in [0, 1], 0 being best.
 *
 *     AURC = (1 / n) Σ_{k = 1}^{n} (errors among the k surest samples) / k
 *
 * Low if errors are few or come with low confidence. Samples of equal
 * confidence count with their mean over every order of them, so the order of
 * the input does not matter. (Geifman, Uziel and El-Yaniv, ICLR 2019.)
 *
 * @throws {RangeError} As {@linkcode coverageCurve}.
 *
 * @example The one error is the least sure
 * ```ts
 * import { areaUnderRiskCoverage } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * const area = areaUnderRiskCoverage({ actual: [1, 0, 1, 0], scores: [0.9, 0.2, 0.7, 0.6] });
 * equal(area, 1 / 16);
 * ```
 */
export function areaUnderRiskCoverage({ actual, scores }: Scored): number {
  let [answered, wrong, area] = [0, 0, 0];
  for (const group of byConfidence({ actual, scores })) {
    for (let k = 1; k <= group.count; k++) {
      area += (wrong + group.wrong * k / group.count) / (answered + k);
    }
    answered += group.count;
    wrong += group.wrong;
  }
  return area / answered;
}

interface Group {
  readonly confidence: number;
  count: number;
  wrong: number;
}

/** Samples of equal confidence, the surest first. */
function byConfidence({ actual, scores }: Scored): Group[] {
  checkProbabilities({ actual, scores });
  const groups = new Map<number, Group>();
  for (let n = 0; n < actual.length; n++) {
    const score = scores[n]!;
    const confidence = Math.max(score, 1 - score);
    const group = groups.get(confidence) ?? { confidence, count: 0, wrong: 0 };
    groups.set(confidence, group);
    group.count++;
    if (Number(isPositive(score)) !== actual[n]) group.wrong++;
  }
  return [...groups.values()].sort((a, b) => b.confidence - a.confidence);
}

function running(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => sum += value);
}
