/** The rows of Table 2, and their Markdown. @module */

import { type Branch, type TrainingRecord, trainingRecord } from "../../lib/study/proposed_runs.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { ProposedTraining } from "../../lib/systems/settings.ts";
import { blocks, columnsTable, overSeeds, printScore, type Score } from "../tables.ts";

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
  return blocks(columnsTable(rows, [
    ["trained on", "branch"],
    ["parameters", "parameters"],
    ["steps per epoch", "stepsPerEpoch"],
    ["epochs", ({ epochs }) => printScore(epochs, 1)],
    ["best epoch", ({ bestEpoch }) => printScore(bestEpoch, 1)],
    ["seconds", ({ seconds }) => printScore(seconds, 1)],
    ["training loss", "trainLoss"],
    ["validation loss", "validationLoss"],
    ["validation accuracy", "validationAccuracy"],
  ]));
}
