/**
 * Statistics on Table 1: how sure its numbers are, and how far the proposed
 * model's probabilities can be trusted.
 *
 *     deno task reproduce statistics
 *
 * Intervals of accuracy and AUC, tests of the proposed model against the
 * paper's four comparisons and the best baseline, effect sizes, the smallest
 * difference that the test part resolves, and selective prediction, on 4
 * branches with two seeds. All runs are Table 1's; the time of the statistics
 * alone was not measured. The paper has none of these: it reports one number a
 * cell. Ours are of the embedded corpus, which is synthetic.
 *
 * @module
 */

import { coverageFigure, type Figure, type Form } from "../../lib/figures/mod.ts";
import { dash, printNumber, printP, signed } from "../../lib/numbers.ts";
import { answersTo, significanceRule } from "../../lib/study/comparisons.ts";
import { inRounds } from "../../lib/study/part.ts";
import { type Branch, branches, kindOf, proposedRuns } from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment, shortCaption, type Study } from "../../lib/study/study.ts";
import { beginResult, type OpenResult } from "../result.ts";
import { floors, planTable1, tableSystems } from "../table_1/rows.ts";
import { blocks, columnsTable, coveragePoint, type Score, spreadCaption } from "../tables.ts";
import { printInterval, printSignificance } from "../tables.ts";
import * as statisticsRows from "./rows.ts";

/** Makes the statistics of Table 1's runs, which are found where it was made before. */
export const statistics: Experiment = async (study) => {
  const { samples, options: { seeds } } = study;
  const result = beginResult(study, { name: "statistics", title: "Statistics on Table 1" });
  const [runs, contestants] = await inRounds([
    () => proposedRuns(study),
    () => contestantsOf(study, result),
  ]);
  const rows = branches.map((branch) => {
    const proposed = answersTo(runs[branch].map((run) => result.keep(run)));
    const baselines = contestants.get(branch)!;
    return {
      tests: statisticsRows.testRows(branch, { proposed, baselines }, samples),
      interval: statisticsRows.intervalRow(branch, proposed, samples),
      selective: statisticsRows.selectiveRow(branch, proposed),
    };
  });
  const numbers = {
    intervals: rows.map(({ interval }) => interval),
    tests: rows.flatMap(({ tests }) => tests),
    selective: rows.map(({ selective }) => selective),
  };
  await result.figure((form) => selectiveFigure(numbers.selective, study, form));
  const body = linesOf(numbers.intervals, numbers.tests, numbers.selective);
  const caption = `${dataCaption(study)} ${spreadCaption(seeds.length)}. Intervals are of 95 %.`;
  return result.finish({ caption, body, numbers, rows: numbers.tests });
};

// The best of them is one of the rows: so the predictions of all are kept.
async function contestantsOf(
  study: Study,
  result: OpenResult,
): Promise<ReadonlyMap<Branch, statisticsRows.Contestant[]>> {
  const { samples, options: { seeds, config: { data } } } = study;
  const systems = tableSystems.filter((system) =>
    system !== "Proposed" && !floors.includes(system)
  );
  const kinds = branches.map(kindOf);
  const { jobs } = planTable1(samples, { seeds, data });
  const judged = await result.run(
    jobs.filter(({ system, kind }) => systems.includes(system) && kinds.includes(kind)),
  );
  const contestants = (branch: Branch) =>
    systems.flatMap((system): statisticsRows.Contestant[] => {
      const runs = judged.filter(({ job }) => job.system === system && job.kind === kindOf(branch));
      // Not every system can answer on every branch.
      return runs.length > 0 ? [{ system, answers: answersTo(runs) }] : [];
    });
  return new Map(branches.map((branch) => [branch, contestants(branch)]));
}

function selectiveFigure(
  selective: readonly statisticsRows.SelectiveRow[],
  study: Study,
  form: Form,
): Figure {
  const points = selective.flatMap(({ branch, points }) =>
    points.map(({ coverage, accuracy }) => coveragePoint(branch, coverage, accuracy))
  );
  return coverageFigure(points, {
    title: "Selective prediction: answering only when sure",
    subtitle: `${shortCaption(study)}; Proposed`,
    ...form,
  });
}

function linesOf(
  intervals: readonly statisticsRows.IntervalRow[],
  tests: readonly statisticsRows.TestRow[],
  selective: readonly statisticsRows.SelectiveRow[],
): string[] {
  return blocks(
    "### How sure the scores are",
    "The cluster bootstrap resamples speakers, icon sets and texts whole; of triples the clip's speaker. " +
      "Wilson's and DeLong's intervals are of the first seed and take samples for independent. " +
      "Fewer than about twenty clusters make a bootstrap interval too short. " +
      "Resolvable: how much worse another paper's system has to be on as many test samples of its own to be told apart.",
    columnsTable(intervals, [
      ["judged on", "branch"],
      ["tested", "tested"],
      ["clusters", "clusters"],
      ["accuracy", "accuracy"],
      ["cluster bootstrap", (row) => printInterval(row.accuracyInterval, printNumber)],
      ["Wilson", ({ wilson }) => printInterval(wilson, printNumber)],
      ["AUC", "auc"],
      ["DeLong", ({ delong }) => printInterval(delong, printNumber)],
      ["cluster bootstrap", ({ aucInterval }) => printInterval(aucInterval, printNumber)],
      ["resolvable", ({ resolvable }) => printNumber(resolvable)],
    ]),
    reasonLines(intervals),
    "### Proposed less another system",
    "p-values are Holm's over the systems of a branch. The bootstrap is paired and over clusters, McNemar's and DeLong's tests are of the first seed. " +
      "The best baseline is the best on these very tests, which favours it. " +
      significanceRule,
    columnsTable(tests, [
      ["judged on", "branch"],
      ["against", ({ against, best }) => `${against}${best ? " (best baseline)" : ""}`],
      ["accuracy", ({ comparison }) => signed(comparison.difference)],
      ["95 % interval", ({ comparison }) => printInterval(comparison.interval)],
      ["p, bootstrap", ({ comparison }) => printP(comparison.pHolm)],
      ["p, McNemar", ({ pHolm }) => printP(pHolm.mcnemar)],
      ["p, seeds", ({ comparison }) => printP(comparison.pOverSeeds)],
      ["AUC, first seed", ({ delong }) => signed(delong?.difference)],
      ["p, DeLong", ({ pHolm }) => printP(pHolm.delong)],
      ["significant", ({ insignificant }) => printSignificance(insignificant)],
    ], { text: 2, lastIsText: true }),
    "### How large the differences are",
    "Cohen's h of the accuracies: 0.2 is small, 0.5 medium, 0.8 large. Odds: that it is Proposed that is right where exactly one is, with the exact interval. " +
      "g: mean difference of the seeds in their standard deviations. " +
      "Resolvable: the smallest difference that McNemar's test would find on one seed's test part with power 0.8.",
    columnsTable(tests, [
      ["judged on", "branch"],
      ["against", "against"],
      ["h", ({ comparison }) => signed(comparison.effect)],
      ["odds", ({ oddsRatio }) => printNumber(oddsRatio.oddsRatio, 2)],
      [
        "95 % interval",
        ({ oddsRatio: { low, high } }) => printInterval([low, high], (end) => printNumber(end, 2)),
      ],
      ["g over seeds", ({ effectOverSeeds }) => signed(effectOverSeeds, 2)],
      ["difference", ({ comparison }) => signed(comparison.difference)],
      ["resolvable", ({ comparison }) => printNumber(comparison.resolvable)],
    ], { text: 2 }),
    "### Selective prediction",
    "Accuracy where the surest share of the samples is answered. Confidences that say nothing have an area as large as the error.",
    columnsTable(selective, [
      ["judged on", "branch"],
      ["area under risk and coverage", "area"],
      ["error", "error"],
      ["surest half", (row) => accuracyAt(row, 0.5)],
      ["surest 80 %", (row) => accuracyAt(row, 0.8)],
      ["surest 90 %", (row) => accuracyAt(row, 0.9)],
      ["all", (row) => accuracyAt(row, 1)],
    ]),
  );
}

function reasonLines(rows: readonly statisticsRows.IntervalRow[]): string[] {
  return rows.flatMap(({ branch, reasons }) =>
    reasons.map((reason) => `- ${dash} for ${branch}: ${reason}.`)
  );
}

function accuracyAt({ points }: statisticsRows.SelectiveRow, coverage: number): Score {
  return points.find((point) => Math.abs(point.coverage - coverage) < 1e-9)!.accuracy;
}
