/** Trained branches as tables, and sentences that follow from their numbers. @module */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { threeClasses } from "../../lib/branches/branch.ts";
import { type BranchRow, chosenBranch, type NeutralRow } from "./rows.ts";
import type { AbstentionRow, FusionRow } from "./fusion.ts";
import type { ThreeClassBranchRow } from "./three_classes.ts";
import { printNumber, printPercent } from "../../lib/numbers.ts";
import { shuffleLines } from "../shuffles.ts";
import * as tables from "../tables.ts";
import { type ScratchResults, scratchVerdicts } from "./verdicts.ts";

/** The whole result as lines of Markdown. */
export function scratchLines(results: ScratchResults): string[] {
  const { branches, fusion, abstention, neutral, three, shuffles } = results;
  return [
    ...tables.blocks(scratchVerdicts(results).map((sentence) => `- ${sentence}`)),
    ...modalities.flatMap((m) => branchTable(m, branches.filter(({ modality }) => modality === m))),
    ...fusionTable(fusion),
    ...abstentionTable(abstention),
    ...neutral.length > 0 ? neutralTable(neutral) : [],
    ...three.length > 0 ? threeTable(three) : [],
    ...shuffleLines(shuffles),
  ];
}

function branchTable(modality: Modality, rows: readonly BranchRow[]): string[] {
  const emotions = [...new Set(rows.flatMap(({ recall }) => Object.keys(recall)))];
  return tables.blocks(
    `### ${tables.capital(modality)} alone`,
    tables.columnsTable(rows, [
      ["system", "system"],
      ["accuracy", "accuracy"],
      ["balanced accuracy", "balancedAccuracy"],
      ["AUC", "auc"],
      ["on validation", "validation"],
      ...tables.comparisonColumns(`${chosenBranch} less this`),
      ["parameters", "parameters"],
      ["s", ({ seconds }) => printNumber(seconds, 1)],
    ]),
    tables.untestedLines(rows),
    "Polarity right, by emotion:",
    tables.columnsTable(rows, [
      ["system", "system"],
      ...emotions.map((e): tables.Column<BranchRow> => [e, ({ recall }) => printNumber(recall[e])]),
    ]),
  );
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
  const rows = [
    ...branches.map(({ modality, ...row }) => ({ shown: modality, ...row })),
    ...fusion,
  ];
  const lines = rows.map(({ shown, system, accuracy, balancedAccuracy, auc, comparison }) => [
    shown,
    system,
    accuracy.seeds.length,
    ...[accuracy, balancedAccuracy, auc].flatMap((score) => [score?.mean, score?.sd]),
    comparison?.difference,
    comparison?.interval?.[0],
    comparison?.interval?.[1],
    comparison?.pHolm,
  ]);
  return stringify([header, ...lines]);
}
