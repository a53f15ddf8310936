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

import { coverageFigure, type Figure } from "../../lib/figures/mod.ts";
import { dash, printNumber, printP, signed } from "../../lib/numbers.ts";
import { answersTo, significanceRule } from "../../lib/study/comparisons.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import { type Branch, branches, kindOf, proposedRuns } from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment, shortCaption, type Study } from "../../lib/study/study.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { beginResult, type OpenResult } from "../result.ts";
import { planTable1, tableSystems } from "../table_1/rows.ts";
import {
  band,
  blocks,
  type Cell,
  markdownTable,
  printCorrected,
  printInterval,
  spreadCaption,
} from "../tables.ts";
import {
  type IntervalRow,
  intervalRow,
  type SelectiveRow,
  selectiveRow,
  type TestRow,
  testRows,
} from "./rows.ts";

/** These have learnt nothing: to be better than they are is no comparison. */
const floors: readonly SystemName[] = ["Majority", "Shuffled labels"];

/** Makes the statistics of Table 1's runs, which are found where it was made before. */
export const statistics: Experiment = async (study) => {
  const { samples, options: { seeds } } = study;
  const result = beginResult(study, { name: "statistics", title: "Statistics on Table 1" });
  const runs = await proposedRuns(study);
  const baselines = await baselineRuns(study, result);
  const rows = branches.map((branch) => {
    const proposed = answersTo(runs[branch].map((run) => result.keep(run)));
    const contestants = baselines.filter((baseline) => baseline.branch === branch)
      .map(({ system, runs }) => ({ system, answers: answersTo(runs) }));
    return {
      tests: testRows(branch, { proposed, baselines: contestants }, samples),
      interval: intervalRow(branch, proposed, samples),
      selective: selectiveRow(branch, proposed),
    };
  });
  const numbers = {
    intervals: rows.map(({ interval }) => interval),
    tests: rows.flatMap(({ tests }) => tests),
    selective: rows.map(({ selective }) => selective),
  };
  await result.figure(selectiveFigure(numbers.selective, study));
  const caption = `${dataCaption(study)} ${spreadCaption(seeds.length)}. Intervals are of 95 %.`;
  return result.finish({ caption, body: linesOf(numbers), numbers, rows: numbers.tests });
};

/** A system's runs on a branch, a run a seed. */
interface Baseline {
  readonly branch: Branch;
  readonly system: SystemName;
  readonly runs: readonly JudgedJob[];
}

// The best of them is one of the rows: so the predictions of all are kept.
async function baselineRuns(study: Study, result: OpenResult): Promise<Baseline[]> {
  const { samples, options: { seeds, config: { data } } } = study;
  const contenders = tableSystems.filter((system) =>
    system !== "Proposed" && !floors.includes(system)
  );
  const kinds = branches.map(kindOf);
  const { jobs } = planTable1(samples, { seeds, data });
  const judged = await result.run(
    jobs.filter(({ system, kind }) => contenders.includes(system) && kinds.includes(kind)),
  );
  // Not every system can answer on every branch.
  return branches.flatMap((branch) =>
    contenders.map((system) => {
      const runs = judged.filter(({ job }) => job.system === system && job.kind === kindOf(branch));
      return { branch, system, runs };
    })
  ).filter(({ runs }) => runs.length > 0);
}

/** All rows. */
interface Statistics {
  readonly intervals: readonly IntervalRow[];
  readonly tests: readonly TestRow[];
  readonly selective: readonly SelectiveRow[];
}

function selectiveFigure(selective: readonly SelectiveRow[], study: Study): Figure {
  const points = selective.flatMap(({ branch, points }) =>
    points.map(({ coverage, accuracy }) => {
      const { mean, ...ends } = band(accuracy);
      return { system: branch, coverage, accuracy: mean, ...ends };
    })
  );
  return coverageFigure(points, {
    title: "Selective prediction: answering only when sure",
    subtitle: `${shortCaption(study)}; Proposed`,
  });
}

function linesOf({ intervals, tests, selective }: Statistics): string[] {
  return blocks(
    "### How sure the scores are",
    "The cluster bootstrap resamples speakers, icon sets and texts whole; of triples the clip's speaker. " +
      "Wilson's and DeLong's intervals are of the first seed and take samples for independent. " +
      "Fewer than about twenty clusters make a bootstrap interval too short. " +
      "Resolvable: how much worse another paper's system has to be on as many test samples of its own to be told apart.",
    markdownTable(
      ["judged on", "tested", "clusters", "accuracy", "cluster bootstrap", "Wilson", "AUC"]
        .concat("DeLong", "cluster bootstrap", "resolvable"),
      intervals.map(intervalCells),
    ),
    reasonLines(intervals),
    "### Proposed less another system",
    "p-values are Holm's over the systems of a branch. The bootstrap is paired and over clusters, McNemar's and DeLong's tests are of the first seed. " +
      "The best baseline is the best on these very tests, which favours it. " +
      significanceRule,
    markdownTable(
      ["judged on", "against", "accuracy", "95 % interval", "p, bootstrap", "p, McNemar"]
        .concat("p, seeds", "AUC, first seed", "p, DeLong", "significant"),
      tests.map(testCells),
      { text: 2, lastIsText: true },
    ),
    "### How large the differences are",
    "Cohen's h of the accuracies: 0.2 is small, 0.5 medium, 0.8 large. Odds: that it is Proposed that is right where exactly one is, with the exact interval. " +
      "g: mean difference of the seeds in their standard deviations. " +
      "Resolvable: the smallest difference that McNemar's test would find on one seed's test part with power 0.8.",
    markdownTable(
      ["judged on", "against", "h", "odds", "95 % interval", "g over seeds", "difference"]
        .concat("resolvable"),
      tests.map(effectCells),
      { text: 2 },
    ),
    "### Selective prediction",
    "Accuracy where the surest share of the samples is answered. Confidences that say nothing have an area as large as the error.",
    markdownTable(
      ["judged on", "area under risk and coverage", "error"]
        .concat("surest half", "surest 80 %", "surest 90 %", "all"),
      selective.map(selectiveCells),
    ),
  );
}

function intervalCells(row: IntervalRow): Cell[] {
  return [
    row.branch,
    row.tested,
    row.clusters,
    row.accuracy,
    printInterval(row.accuracyInterval, printNumber),
    printInterval(row.wilson, printNumber),
    row.auc,
    printInterval(row.delong, printNumber),
    printInterval(row.aucInterval, printNumber),
    printNumber(row.resolvable),
  ];
}

function reasonLines(rows: readonly IntervalRow[]): string[] {
  return rows.flatMap(({ branch, reasons }) =>
    reasons.map((reason) => `- ${dash} for ${branch}: ${reason}.`)
  );
}

function testCells(row: TestRow): string[] {
  const { branch, against, best, comparison, delong, pHolm, insignificant } = row;
  return [
    branch,
    `${against}${best ? " (best baseline)" : ""}`,
    signed(comparison.difference),
    printInterval(comparison.interval),
    printCorrected(comparison),
    printP(pHolm.mcnemar),
    printP(comparison.pOverSeeds),
    signed(delong?.difference),
    printP(pHolm.delong),
    insignificant === null ? "yes" : `no: ${insignificant}`,
  ];
}

function effectCells(row: TestRow): string[] {
  const { branch, against, comparison, oddsRatio: odds, effectOverSeeds } = row;
  return [
    branch,
    against,
    signed(comparison.effect),
    printNumber(odds.oddsRatio, 2),
    `[${printNumber(odds.low, 2)}, ${printNumber(odds.high, 2)}]`,
    signed(effectOverSeeds, 2),
    signed(comparison.difference),
    printNumber(comparison.resolvable),
  ];
}

function selectiveCells({ branch, area, error, points }: SelectiveRow): Cell[] {
  const at = (coverage: number) =>
    points.find((point) => Math.abs(point.coverage - coverage) < 1e-9)!.accuracy;
  return [branch, area, error, ...[0.5, 0.8, 0.9, 1].map(at)];
}
