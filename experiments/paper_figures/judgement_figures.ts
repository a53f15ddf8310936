/**
 * Figs. 9 to 12: confusion matrices and ROC curves of the whole model and of
 * each branch.
 *
 *     deno task reproduce fig_9 fig_10 fig_11 fig_12
 *
 * @module
 */

import { judgementFigure, rocRow } from "../../lib/figures/mod.ts";
import {
  aucInterval,
  aucRoc,
  confusionMatrix,
  meanAndDeviation,
  tooFew,
} from "../../lib/metrics/mod.ts";
import {
  type Answers,
  answersTo,
  clusteredBy,
  clusterNames,
  clustersOf,
  type Ends,
  orReason,
} from "../../lib/study/comparisons.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { paperScores } from "../paper.ts";
import { type Branch, proposedRunsOf } from "../../lib/study/proposed_runs.ts";
import {
  dataCaption,
  type Experiment,
  finish,
  saveFigure,
  saveRun,
  shortCaption,
} from "../../lib/study/study.ts";
import { dash, printNumber } from "../../lib/numbers.ts";
import { markdownTable, overSeeds, printInterval, printScore, type Score } from "../tables.ts";

const figureNumbers: Readonly<Record<Branch, number>> = {
  unified: 9,
  image: 10,
  text: 11,
  audio: 12,
};

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
  const scored = answers.map(({ predictions: { labels, scores } }) => ({ actual: labels, scores }));
  const seeds = scored.map((of) => aucRoc(of));
  const clusters = answers.flatMap(({ predictions }) => clustersOf(predictions, samples));
  const few = tooFew(new Set(clusters).size, clusterNames[clusteredBy(answers[0]!.predictions)]);
  const interval = few === undefined
    ? orReason(() => aucInterval(scored[0]!))
    : { value: null, reason: few };
  return {
    branch,
    confusion: scored.map(({ actual, scores }) =>
      confusionMatrix({
        actual,
        predicted: scores.map((score) => Number(score >= 0.5)),
        classes: 2,
      })
    ),
    auc: overSeeds(seeds),
    ...interval.value === null
      ? { interval: null, reason: interval.reason }
      : { interval: [interval.value.low, interval.value.high] },
    paperAuc: (paperScores[branch]?.Proposed?.auc as number | undefined) ?? null,
  };
}

/** Draws a branch's confusion matrix and ROC curves from the predictions of Table 1's runs. */
export function judgementExperiment(branch: Branch): Experiment {
  return async (study) => {
    const files = new Map<string, string>();
    const runs = await proposedRunsOf(study, branch);
    const answers = answersTo(runs.map((run) => saveRun(files, run, study.samples)));
    const row = curveRow(branch, answers, study.samples);
    const number = figureNumbers[branch];
    const [name, title] = [`fig_${number}`, `Figure ${number}. What ${nameOf(branch)} gets right`];
    const figure = judgementFigure({
      confusion: { name: branch, counts: meanCounts(row.confusion) },
      curves: answers.map(({ seed, predictions: { labels, scores } }) =>
        rocRow({ system: "Proposed", seed, actual: labels, scores })
      ),
    }, { title, subtitle: `${shortCaption(study)}; counts are means over seeds` });
    await saveFigure(files, name, figure);
    const caption = dataCaption(study);
    const markdown = toMarkdown(row, { title, caption });
    return finish(study, { name, title, caption, markdown, numbers: { row }, files });
  };
}

function nameOf(branch: Branch): string {
  return branch === "unified" ? "the whole model" : `the ${branch} branch`;
}

function meanCounts(matrices: CurveRow["confusion"]): number[][] {
  return [0, 1].map((i) =>
    [0, 1].map((j) => meanAndDeviation(matrices.map((matrix) => matrix[i]![j]!)).mean)
  );
}

function toMarkdown(
  { branch, confusion, auc, interval, reason, paperAuc }: CurveRow,
  { title, caption }: { title: string; caption: string },
): string {
  const sum = (i: number, j: number) => confusion.reduce((n, matrix) => n + matrix[i]![j]!, 0);
  return [
    `## ${title}`,
    "",
    `${caption} Counts are sums over seeds. The interval is DeLong's, of the first seed.`,
    "",
    ...markdownTable(
      ["judged on", "TN", "FP", "FN", "TP", "AUC", "95 % interval"]
        .concat("AUC in the paper, on its own data"),
      [[
        ...[branch, sum(0, 0), sum(0, 1), sum(1, 0), sum(1, 1), printScore(auc)],
        ...[printInterval(interval, printNumber), printNumber(paperAuc)],
      ]],
    ),
    ...reason === undefined ? [] : ["", `- ${dash}: ${reason}.`],
    "",
  ].join("\n");
}
