/** Trained branches as tables, and sentences that follow from their numbers. @module */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { clusterNames, type Ends } from "../../lib/study/comparisons.ts";
import { threeClasses } from "../../lib/branches/branch.ts";
import type { BranchRow } from "./branch_rows.ts";
import { chosenBranches, type NeutralRow } from "./rows.ts";
import type { AbstentionRow, FusionRow } from "./fusion.ts";
import type { ThreeClassBranchRow } from "./three_classes.ts";
import { printNumber, printPercent } from "../../lib/numbers.ts";
import { shuffleLines } from "../shuffles.ts";
import * as tables from "../tables.ts";
import { blocksOf, type ScratchResults, scratchVerdicts } from "./verdicts.ts";

/** The whole result as lines of Markdown. */
export function scratchLines(results: ScratchResults): string[] {
  const { branches, fusion, abstention, neutral, three, shuffles } = results;
  return [
    ...tables.blocks(scratchVerdicts(results).map((sentence) => `- ${sentence}`)),
    ...blocksOf(branches).flatMap(branchTable),
    ...fusion.length > 0 ? fusionTable(fusion) : [],
    ...abstention.length > 0 ? abstentionTable(abstention) : [],
    ...neutral.length > 0 ? neutralTable(neutral) : [],
    ...three.length > 0 ? threeTable(three) : [],
    ...shuffleLines(shuffles),
  ];
}

function branchTable(rows: readonly BranchRow[]): string[] {
  const { modality, bySpeaker } = rows[0]!;
  const by = `by ${clusterNames[modality]}`;
  const emotions = [...new Set(rows.flatMap(({ recall }) => Object.keys(recall)))];
  return tables.blocks(
    `### ${tables.capital(modality)} alone${bySpeaker ? ", by speaker" : ""}`,
    bySpeaker
      ? "Transductive: what is measured of a clip is normalised by all clips of its speaker, those of " +
        "the test part among them, without their labels."
      : "",
    tables.columnsTable(rows, [
      ["system", "system"],
      ["accuracy", "accuracy"],
      [by, ({ intervals }) => ends(intervals.accuracy)],
      ["balanced accuracy", "balancedAccuracy"],
      [by, ({ intervals }) => ends(intervals.balancedAccuracy)],
      ["AUC", "auc"],
      ["balanced, on validation", "validation"],
      ...tables.comparisonColumns(
        `${chosenBranches[modality]}${bySpeaker ? ", by speaker," : ""} less this`,
      ),
      ["parameters", "parameters"],
      ["s", ({ seconds }) => printNumber(seconds, 1)],
    ]),
    tables.untestedLines(rows),
    lessTable(rows),
    emotionTable(rows, by),
    "Polarity right, by emotion:",
    tables.columnsTable(rows, [
      ["system", "system"],
      ...emotions.map((e): tables.Column<BranchRow> => [e, ({ recall }) => printNumber(recall[e])]),
    ]),
  );
}

function ends(interval: Ends | null): string {
  return tables.printInterval(interval, printNumber);
}

/** Balanced accuracy less that of the named systems. */
function lessTable(rows: readonly BranchRow[]): string[] {
  const rivals = [...new Set(rows.flatMap(({ less }) => Object.keys(less)))];
  if (rivals.length === 0) return [];
  return tables.columnsTable(rows, [
    ["balanced accuracy less that of", "system"],
    ...rivals.map((rival): tables.Column<BranchRow> => [
      rival,
      ({ less }) =>
        less[rival] && tables.printDifference(less[rival].estimate, less[rival].interval),
    ]),
  ]);
}

function emotionTable(rows: readonly BranchRow[], by: string): string[] {
  const some = rows.filter(({ emotions }) => emotions);
  return some.length === 0 ? [] : tables.columnsTable(some, [
    ["emotions told apart by", "system"],
    ["emotions", ({ emotions }) => emotions!.emotions.length],
    ["UAR", ({ emotions }) => emotions!.uar],
    [by, ({ emotions }) => ends(emotions!.interval)],
  ]);
}

function fusionTable(rows: readonly FusionRow[]): string[] {
  return tables.blocks(
    "### Triples of one label",
    "Given their label, the samples of a triple are independent. The prediction is that of normal " +
      "scores with one variance, from the branches' AUCs alone.",
    tables.columnsTable(rows, [
      ["shown", "shown"],
      ["system", "system"],
      ["accuracy", "accuracy"],
      ["balanced accuracy", "balancedAccuracy"],
      ["AUC", "auc"],
      ...tables.comparisonColumns("Late fusion less this"),
    ], { text: 2 }),
    tables.untestedLines(rows),
  );
}

function abstentionTable(rows: readonly AbstentionRow[]): string[] {
  const answered = ({ accuracy, coverage }: AbstentionRow["points"][number]) =>
    `${tables.printScore(accuracy)} of ${printPercent(coverage.mean)}`;
  return tables.blocks(
    "### Abstention",
    "Scores are calibrated on validation, and so is the least confidence that is answered: that " +
      "which answers the share named there. What is printed is the accuracy of the answers on test, " +
      "and the share answered there.",
    tables.columnsTable(rows, [
      ["judged", "judged"],
      ["area under risk and coverage", "area"],
      ...rows[0]!.points.map(({ wanted }, i): tables.Column<AbstentionRow> => [
        `${100 * wanted} %`,
        ({ points }) => answered(points[i]!),
      ]),
    ]),
  );
}

function neutralTable(rows: readonly NeutralRow[]): string[] {
  return tables.blocks(
    "### Neutral samples, shown to a branch of two polarities",
    tables.columnsTable(rows, [
      ["modality", "modality"],
      ["samples a seed", ({ asked }) => asked.join(", ")],
      ["called positive", "positive"],
      ["mean confidence", "confidence"],
      ["on the test part", "usualConfidence"],
    ]),
  );
}

function threeTable(rows: readonly ThreeClassBranchRow[]): string[] {
  const share = ({ confusion }: ThreeClassBranchRow, actual: number, called: number) =>
    printNumber(confusion[actual]![called]! / confusion[actual]!.reduce((a, b) => a + b, 0));
  return tables.blocks(
    "### Neutral as a third class",
    tables.columnsTable(rows, [
      ["modality", "modality"],
      ["used", "used"],
      ["accuracy", "accuracy"],
      ["macro F1", "f1"],
      ...threeClasses.names.map((name, k): tables.Column<ThreeClassBranchRow> => [
        `recall of ${name}`,
        (row) => share(row, k, k),
      ]),
      ["neutral called negative", (row) => share(row, 2, 0)],
      ["neutral called positive", (row) => share(row, 2, 1)],
    ]),
  );
}

/** Branches and fusions as CSV: a line per row. */
export function scratchToCsv({ branches, fusion }: ScratchResults): string {
  const header = ["shown", "system", "seeds", "accuracy_mean", "accuracy_sd"]
    .concat("balanced_accuracy_mean", "balanced_accuracy_sd", "auc_mean", "auc_sd")
    .concat("difference", "low", "high", "p_holm");
  const ofAlone = [
    "accuracy_low",
    "accuracy_high",
    "balanced_accuracy_low",
    "balanced_accuracy_high",
  ]
    .concat("emotions", "uar_mean", "uar_sd", "uar_low", "uar_high");
  const rivals = [...new Set(branches.flatMap(({ less }) => Object.keys(less)))];
  const less = rivals.flatMap((rival) => ["", "_low", "_high"].map((end) => `less ${rival}${end}`));
  const common = (row: BranchRow | FusionRow) => {
    const { system, accuracy, balancedAccuracy, auc, comparison } = row;
    return [
      system,
      accuracy.seeds.length,
      ...[accuracy, balancedAccuracy, auc].flatMap((score) => [score?.mean, score?.sd]),
      comparison?.difference,
      ...endsOf(comparison?.interval),
      comparison?.pHolm,
    ];
  };
  const alone = branches.map((row) => [
    row.modality,
    ...common(row),
    ...endsOf(row.intervals.accuracy),
    ...endsOf(row.intervals.balancedAccuracy),
    row.emotions?.emotions.length,
    row.emotions?.uar.mean,
    row.emotions?.uar.sd,
    ...endsOf(row.emotions?.interval),
    ...rivals.flatMap((name) => [row.less[name]?.estimate, ...endsOf(row.less[name]?.interval)]),
  ]);
  const none = [...ofAlone, ...less].map(() => undefined);
  const fused = fusion.map((row) => [row.shown, ...common(row), ...none]);
  return stringify([[...header, ...ofAlone, ...less], ...alone, ...fused]);
}

function endsOf(interval: Ends | null | undefined): readonly (number | undefined)[] {
  return interval ?? [undefined, undefined];
}
