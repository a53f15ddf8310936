/** How evenly the modalities of rows contribute to what systems get right. @module */

import { predictedLabels } from "../../lib/inference/verdict_scores.ts";
import * as metrics from "../../lib/metrics/mod.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import { shownOfWholeRows } from "../../lib/study/whole_rows.ts";
import type { Target } from "../../lib/target.ts";
import { overSeeds, type Score } from "../tables.ts";

/** `modalityEquity` of balanced accuracies on every subset of whole rows. */
export interface RowEquity {
  readonly equity: Score;
  readonly contributions: { readonly [M in Modality]?: Score };
}

/**
 * Of the runs of one system; undefined where they were not asked of parts, and of scores, whose
 * guesses have no common measure with the contributions of modalities.
 */
export function equityOf(judged: readonly JudgedJob[], target: Target): RowEquity | undefined {
  if (target.kind === "score") return undefined;
  const bySeed = judged.toSorted((a, b) => a.job.seed - b.job.seed).flatMap(({ exams }) => {
    const scores = exams.flatMap((exam) => {
      const shown = shownOfWholeRows(exam.exam);
      return shown ? [{ shown, score: recallOf(exam, target.classes.length) }] : [];
    });
    if (scores.length === 0) return [];
    const { labels } = exams.find(({ exam }) => shownOfWholeRows(exam))!;
    // Who is shown nothing says one class: right in one of those that there are.
    return [metrics.modalityEquity(scores, { chance: 1 / new Set(labels).size })];
  });
  if (bySeed.length === 0) return undefined;
  const there = modalities.filter((m) => bySeed.every(({ contributions }) => m in contributions));
  return {
    equity: overSeeds(bySeed.map(({ equity }) => equity)),
    contributions: Object.fromEntries(
      there.map((m) => [m, overSeeds(bySeed.map(({ contributions }) => contributions[m]!))]),
    ),
  };
}

function recallOf({ labels, scores }: Predictions, classes: number): number {
  return metrics.balancedAccuracy({
    actual: labels,
    predicted: predictedLabels({ labels, scores }),
    classes,
  });
}
