/**
 * Figs. 9 to 12: confusion matrices and ROC curves of the whole model and of
 * each branch.
 *
 *     deno task reproduce figures_9_to_12
 *
 * @module
 */

import { confusionFigure, rocFigure } from "../lib/figures/mod.ts";
import {
  aucInterval,
  aucRoc,
  confusionMatrix,
  meanAndDeviation,
  rocCurve,
} from "../lib/metrics/mod.ts";
import { type Answers, answersTo } from "./comparisons.ts";
import { paperScores } from "./paper.ts";
import { type Branch, branches, proposedRuns } from "./proposed_runs.ts";
import {
  dataCaption,
  json,
  provenance,
  type Result,
  saveFigure,
  saveRun,
  shortCaption,
  type Study,
} from "./study.ts";
import type { Score } from "./table_1.ts";

const figureNumbers: Readonly<Record<Branch, number>> = {
  unified: 9,
  image: 10,
  text: 11,
  audio: 12,
};

/** What the figures of a branch show, in numbers. */
export interface CurveRow {
  readonly branch: Branch;
  /** Row = actual, column = predicted, negative first; a matrix a seed. */
  readonly confusion: readonly (readonly (readonly number[])[])[];
  readonly auc: Score;
  /** DeLong's 95 % interval of the first seed's AUC. */
  readonly interval: readonly [low: number, high: number];
  /** The AUC that the paper reports, on its own data. */
  readonly paperAuc: number | null;
}

/** The numbers of a branch from its predictions. */
export function curveRow(branch: Branch, answers: Answers): CurveRow {
  const scored = answers.map(({ predictions: { labels, scores } }) => ({ actual: labels, scores }));
  const seeds = scored.map((of) => aucRoc(of));
  const { low, high } = aucInterval(scored[0]!);
  return {
    branch,
    confusion: scored.map(({ actual, scores }) =>
      confusionMatrix({
        actual,
        predicted: scores.map((score) => Number(score >= 0.5)),
        classes: 2,
      })
    ),
    auc: { ...meanAndDeviation(seeds), seeds },
    interval: [low, high],
    paperAuc: (paperScores[branch]?.Proposed?.auc as number | undefined) ?? null,
  };
}

/** Draws the four pairs of figures from the predictions of Table 1's runs. */
export async function reproduceFigures9To12(study: Study): Promise<Result> {
  const runs = await proposedRuns(study);
  const files = new Map<string, string>();
  const rows: CurveRow[] = [];
  for (const branch of branches) {
    const answers = answersTo(runs[branch].map((run) => saveRun(files, run, study.samples)));
    const row = curveRow(branch, answers);
    rows.push(row);
    const number = figureNumbers[branch];
    const name = branch === "unified"
      ? "the whole model, on triples"
      : `the ${branch} branch, alone`;
    const subtitle = shortCaption(study);
    const mean = [0, 1].map((i) =>
      [0, 1].map((j) => meanAndDeviation(row.confusion.map((matrix) => matrix[i]![j]!)).mean)
    );
    await saveFigure(
      files,
      `figure_${number}_confusion`,
      confusionFigure([{ name: branch, counts: mean }], {
        title: `Figure ${number}a. Confusion matrix of ${name}`,
        subtitle: `${subtitle}; mean counts over seeds`,
      }),
    );
    const curves = answers.map(({ seed, predictions: { labels, scores } }) => {
      const { falsePositiveRate, truePositiveRate } = rocCurve({ actual: labels, scores });
      return {
        ...{ system: "Proposed", seed, auc: aucRoc({ actual: labels, scores }) },
        falsePositiveRate: Array.from(falsePositiveRate),
        truePositiveRate: Array.from(truePositiveRate),
      };
    });
    await saveFigure(
      files,
      `figure_${number}_roc`,
      rocFigure(curves, { title: `Figure ${number}b. ROC of ${name}`, subtitle }),
    );
  }
  const title = "Figures 9 to 12. Confusion matrices and ROC curves";
  const caption = dataCaption(study);
  const markdown = toMarkdown(rows, { title, caption });
  const data = { name: "figures_9_to_12", title, caption, ...provenance(study), rows };
  files.set("figures_9_to_12.md", markdown);
  files.set("figures_9_to_12.json", json(data));
  return { data, markdown, files };
}

function toMarkdown(
  rows: readonly CurveRow[],
  { title, caption }: { title: string; caption: string },
): string {
  const lines = rows.map(({ branch, confusion, auc, interval, paperAuc }) => {
    const sum = (i: number, j: number) => confusion.reduce((n, matrix) => n + matrix[i]![j]!, 0);
    return `| ${branch} | ${sum(0, 0)} | ${sum(0, 1)} | ${sum(1, 0)} | ${sum(1, 1)} | ` +
      `${auc.mean.toFixed(3)} ± ${auc.sd.toFixed(3)} | ` +
      `[${interval.map((end) => end.toFixed(3)).join(", ")}] | ${paperAuc?.toFixed(3) ?? ""} |`;
  });
  return [
    `## ${title}`,
    "",
    `${caption} Counts are sums over seeds. The interval is DeLong's, of the first seed.`,
    "",
    "| judged on | TN | FP | FN | TP | AUC | 95 % interval | AUC in the paper, on its own data |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines,
    "",
  ].join("\n");
}
