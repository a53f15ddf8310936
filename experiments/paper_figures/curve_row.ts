/** The numbers behind confusion matrices and ROC curves. @module */

import {
  aucInterval,
  aucRoc,
  confusionMatrix,
  predictedClasses,
  type Scored,
  tooFew,
} from "../../lib/metrics/mod.ts";
import {
  type Answers,
  clusteredBy,
  clusterNames,
  clustersOf,
  type Ends,
  orReason,
} from "../../lib/study/comparisons.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { paperScores } from "../paper.ts";
import type { Branch } from "../../lib/study/proposed_runs.ts";
import { overSeeds, type Score } from "../tables.ts";

/** What the figure of a branch shows, in numbers. */
export interface CurveRow {
  readonly branch: Branch;
  /** Row = actual, column = predicted, negative first; a matrix a seed. */
  readonly confusion: readonly (readonly (readonly number[])[])[];
  readonly auc: Score;
  /** DeLong's 95 % interval of the first seed's AUC, or why there is none. */
  readonly interval: Ends | null;
  readonly reason?: string;
  /** The AUC that the paper reports, on its own data. */
  readonly paperAuc: number | null;
}

/** The numbers of a branch from its predictions. */
export function curveRow(branch: Branch, answers: Answers, samples: Samples): CurveRow {
  const tests = answers.map(scoredOf);
  const clusters = answers.flatMap(({ predictions }) => clustersOf(predictions, samples));
  const few = tooFew(new Set(clusters).size, clusterNames[clusteredBy(answers[0]!.predictions)]);
  const interval = few === undefined
    ? orReason(() => aucInterval(tests[0]!))
    : { value: null, reason: few };
  return {
    branch,
    confusion: tests.map(({ actual, scores }) =>
      confusionMatrix({ actual, predicted: predictedClasses(scores), classes: 2 })
    ),
    auc: overSeeds(tests.map((test) => aucRoc(test))),
    ...interval.value === null
      ? { interval: null, reason: interval.reason }
      : { interval: [interval.value.low, interval.value.high] },
    paperAuc: (paperScores[branch]?.Proposed?.auc as number | undefined) ?? null,
  };
}

export function scoredOf({ predictions: { labels, scores } }: Answers[number]): Scored {
  return { actual: labels, scores };
}
