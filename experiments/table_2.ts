/**
 * Table 2, the training summary of the proposed model, and Figs. 5 to 8, its
 * progress over epochs.
 *
 *     deno task reproduce table_2
 *
 * The paper's text names the table and the figures and gives none of their
 * numbers; what they summarise is our reading of "training summary".
 *
 * @module
 */

import { progressionFigure } from "../lib/figures/mod.ts";
import { meanAndDeviation } from "../lib/metrics/mod.ts";
import {
  type Branch,
  branches,
  proposedRuns,
  type TrainingRecord,
  trainingRecord,
} from "./proposed_runs.ts";
import type { Outcome } from "./run.ts";
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

/** One row: the runs of a branch. */
export interface TrainingRow {
  readonly branch: Branch;
  /** Numbers in the parameter vector; under `single` those of absent modalities rest. */
  readonly parameters: number;
  readonly stepsPerEpoch: number;
  readonly epochs: Score;
  readonly bestEpoch: Score;
  /** Seconds of fitting and judging on one thread. */
  readonly seconds: Score;
  /** Losses and accuracy of the epoch that was kept, on validation. */
  readonly trainLoss: Score;
  readonly validationLoss: Score;
  readonly validationAccuracy: Score;
}

/** The row of a branch from its runs. */
export function trainingRow(branch: Branch, outcomes: readonly Outcome[]): TrainingRow {
  const records = outcomes.map(trainingRecord);
  const over = (of: (record: TrainingRecord, outcome: Outcome) => number): Score => {
    const seeds = records.map((record, i) => of(record, outcomes[i]!));
    return { ...meanAndDeviation(seeds), seeds };
  };
  const kept = ({ history, bestEpoch }: TrainingRecord) => history[bestEpoch - 1]!;
  return {
    branch,
    parameters: records[0]!.parameters,
    stepsPerEpoch: records[0]!.stepsPerEpoch,
    epochs: over(({ history }) => history.length),
    bestEpoch: over(({ bestEpoch }) => bestEpoch),
    seconds: over((_, { seconds }) => seconds),
    trainLoss: over((record) => kept(record).trainLoss),
    validationLoss: over((record) => kept(record).validationLoss),
    validationAccuracy: over((record) => kept(record).validationAccuracy),
  };
}

/** The table as Markdown. */
export function table2ToMarkdown(
  rows: readonly TrainingRow[],
  { title, caption }: { title: string; caption: string },
): string {
  const cell = ({ mean, sd }: Score, digits: number) =>
    `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;
  const lines = rows.map((row) =>
    [
      row.branch,
      row.parameters,
      row.stepsPerEpoch,
      cell(row.epochs, 1),
      cell(row.bestEpoch, 1),
      cell(row.seconds, 1),
      cell(row.trainLoss, 3),
      cell(row.validationLoss, 3),
      cell(row.validationAccuracy, 3),
    ].join(" | ")
  );
  return [
    `## ${title}`,
    "",
    caption,
    "",
    "| trained on | parameters | steps an epoch | epochs | best epoch | seconds | training loss | validation loss | validation accuracy |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...lines.map((line) => `| ${line} |`),
    "",
  ].join("\n");
}

/** The paper's number of the figure with a branch's progress. */
const figures: Readonly<Record<Branch, number>> = { unified: 5, image: 6, text: 7, audio: 8 };

/** Makes Table 2 and Figs. 5 to 8 of the proposed model's runs. */
export async function reproduceTable2(study: Study): Promise<Result> {
  const runs = await proposedRuns(study);
  const files = new Map<string, string>();
  for (const outcome of Object.values(runs).flat()) saveRun(files, outcome, study.samples);
  const rows = branches.map((branch) => trainingRow(branch, runs[branch]));
  const title = "Table 2. Training summary of the proposed model";
  const peak = Math.round(Deno.memoryUsage().rss / 2 ** 20);
  const caption = `${dataCaption(study)} Mean ± standard deviation over ` +
    `${study.options.seeds.length} seeds. Seconds are those of one thread, ` +
    `${study.options.jobs} runs side by side, on ${Deno.build.target}; the process holds ${peak} MB. ` +
    "The training loss has dropout and, of triples, the losses of four classifiers and two views; the validation loss has neither.";
  for (const branch of branches) {
    const figure = progressionFigure(progression(runs[branch]), {
      title: `Figure ${figures[branch]}. Progress of ${
        branch === "unified" ? "the whole model" : `the ${branch} branch`
      }`,
      subtitle: shortCaption(study),
      modality: branch,
    });
    await saveFigure(files, `figure_${figures[branch]}`, figure);
  }
  const markdown = table2ToMarkdown(rows, { title, caption });
  const data = { name: "table_2", title, caption, ...provenance(study), peakMegabytes: peak, rows };
  files.set("table_2.md", markdown);
  files.set("table_2.json", json(data));
  return { data, markdown, files };
}

function progression(outcomes: readonly Outcome[]) {
  return outcomes.flatMap((outcome) => {
    const { history, bestEpoch } = trainingRecord(outcome);
    return history.map(({ epoch, trainLoss, validationLoss, validationAccuracy }) => ({
      seed: outcome.job.seed,
      ...{ epoch, trainLoss, validationLoss, validationAccuracy },
      best: epoch === bestEpoch,
    }));
  });
}
