/** The numbers behind confusion matrices and ROC curves. @module */

import * as metrics from "../../lib/metrics/mod.ts";
import * as compared from "../../lib/study/comparisons.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { paperScores } from "../paper.ts";
import type { Branch } from "../../lib/study/proposed_runs.ts";
import { overSeeds, type Score, scored } from "../tables.ts";

/** What the figure of a branch shows, in numbers. */
export interface CurveRow {
  readonly branch: Branch;
  /** Row = actual, column = predicted, negative first; a matrix a seed. */
  readonly confusion: readonly (readonly (readonly number[])[])[];
  readonly auc: Score;
  /** DeLong's 95 % interval of the first seed's AUC, or why there is none. */
  readonly interval: compared.Ends | null;
  readonly reason?: string;
  /** The AUC that the paper reports, on its own data. */
  readonly paperAuc: number | null;
}

/** The numbers of a branch from its predictions. */
export function curveRow(branch: Branch, answers: compared.Answers, samples: Samples): CurveRow {
  const tests = answers.map(({ predictions }) => scored(predictions));
  const clusters = answers.flatMap(({ predictions }) => compared.clustersOf(predictions, samples));
  const few = metrics.tooFew(
    new Set(clusters).size,
    compared.clusterNames[compared.clusteredBy(answers[0]!.predictions)],
  );
  const interval = few === undefined
    ? compared.orReason(() => metrics.aucInterval(tests[0]!))
    : { value: null, reason: few };
  return {
    branch,
    confusion: tests.map(({ actual, scores }) =>
      metrics.confusionMatrix({ actual, predicted: metrics.predictedClasses(scores), classes: 2 })
    ),
    auc: overSeeds(tests.map((test) => metrics.aucRoc(test))),
    ...interval.value === null
      ? { interval: null, reason: interval.reason }
      : { interval: [interval.value.low, interval.value.high] },
    paperAuc: (paperScores[branch]?.Proposed?.auc as number | undefined) ?? null,
  };
}
