/** The rows of Table 2, and their Markdown. @module */

import { type Branch, type TrainingRecord, trainingRecord } from "../../lib/study/proposed_runs.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { ProposedTraining } from "../../lib/systems/settings.ts";
import { blocks, markdownTable, overSeeds, printScore, type Score } from "../tables.ts";

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
  const over = (of: (record: TrainingRecord) => number) => overSeeds(records.map(of));
  const kept = ({ history, bestEpoch }: TrainingRecord) => history[bestEpoch - 1]!;
  return {
    branch,
    parameters: records[0]!.parameters,
    stepsPerEpoch: records[0]!.stepsPerEpoch,
    epochs: over(({ history }) => history.length),
    bestEpoch: over(({ bestEpoch }) => bestEpoch),
    seconds: overSeeds(outcomes.map(({ seconds = NaN }) => seconds)),
    trainLoss: over((record) => kept(record).trainLoss),
    validationLoss: over((record) => kept(record).validationLoss),
    validationAccuracy: over((record) => kept(record).validationAccuracy),
  };
}

/** The table as lines of Markdown. */
export function table2Lines(rows: readonly TrainingRow[]): string[] {
  return blocks(markdownTable(
    ["trained on", "parameters", "steps an epoch", "epochs", "best epoch", "seconds"]
      .concat("training loss", "validation loss", "validation accuracy"),
    rows.map((row) => [
      row.branch,
      row.parameters,
      row.stepsPerEpoch,
      printScore(row.epochs, 1),
      printScore(row.bestEpoch, 1),
      printScore(row.seconds, 1),
      row.trainLoss,
      row.validationLoss,
      row.validationAccuracy,
    ]),
  ));
}
