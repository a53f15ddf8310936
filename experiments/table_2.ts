/**
 * Table 2, the training summary of the proposed model.
 *
 *     deno task reproduce table_2
 *
 * The paper's text names the table and gives none of its numbers; what it
 * summarises is our reading of "training summary".
 *
 * @module
 */

import {
  type Branch,
  branches,
  lossCaption,
  proposedRuns,
  type TrainingRecord,
  trainingRecord,
} from "../lib/study/proposed_runs.ts";
import type { Outcome } from "../lib/study/job.ts";
import type { ProposedTraining } from "../lib/systems/settings.ts";
import { dataCaption, finish, type Result, saveRun, type Study } from "../lib/study/study.ts";
import { markdownTable, overSeeds, printScore, type Score, spreadCaption } from "./tables.ts";

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
export function trainingRow(
  branch: Branch,
  outcomes: readonly Outcome[],
  { headWeight }: Pick<ProposedTraining, "headWeight">,
): TrainingRow {
  const records = outcomes.map((outcome) => trainingRecord(outcome, { headWeight }));
  const over = (of: (record: TrainingRecord, outcome: Outcome) => number): Score => {
    const seeds = records.map((record, i) => of(record, outcomes[i]!));
    return overSeeds(seeds);
  };
  const kept = ({ history, bestEpoch }: TrainingRecord) => history[bestEpoch - 1]!;
  return {
    branch,
    parameters: records[0]!.parameters,
    stepsPerEpoch: records[0]!.stepsPerEpoch,
    epochs: over(({ history }) => history.length),
    bestEpoch: over(({ bestEpoch }) => bestEpoch),
    seconds: over((_, { seconds = NaN }) => seconds),
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
  return [
    `## ${title}`,
    "",
    caption,
    "",
    ...markdownTable(
      ["trained on", "parameters", "steps an epoch", "epochs", "best epoch", "seconds"]
        .concat("training loss", "validation loss", "validation accuracy"),
      rows.map((row) => [
        ...[row.branch, row.parameters, row.stepsPerEpoch],
        ...[row.epochs, row.bestEpoch, row.seconds].map((score) => printScore(score, 1)),
        ...[row.trainLoss, row.validationLoss, row.validationAccuracy]
          .map((score) => printScore(score)),
      ]),
    ),
    "",
  ].join("\n");
}

/** Makes Table 2 of the proposed model's runs. */
export async function reproduceTable2(study: Study): Promise<Result> {
  const { seeds, jobs, config: { training } } = study.options;
  const runs = await proposedRuns(study);
  const files = new Map<string, string>();
  for (const outcome of Object.values(runs).flat()) saveRun(files, outcome, study.samples);
  const rows = branches.map((branch) => trainingRow(branch, runs[branch], training));
  const title = "Table 2. Training summary of the proposed model";
  const peak = Math.max(...Object.values(runs).flat().map(({ megabytes = 0 }) => megabytes));
  const caption = `${dataCaption(study)} ${spreadCaption(seeds.length)}. ` +
    `Seconds are those of one thread, ${jobs} runs side by side, on ${Deno.build.target}; the process held ${peak} MB at most when one ended. ` +
    lossCaption;
  const markdown = table2ToMarkdown(rows, { title, caption });
  const numbers = { peakMegabytes: peak, rows };
  return finish(study, { name: "table_2", title, caption, markdown, numbers, rows, files });
}
