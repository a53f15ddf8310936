/** Trained branches as tables, and sentences that follow from their numbers. @module */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { threeClasses } from "../../lib/branches/branch.ts";
import { type BranchRow, chosenBranch, type NeutralRow } from "./rows.ts";
import type { AbstentionRow, FusionRow } from "./fusion.ts";
import type { ThreeClassBranchRow } from "./three_classes.ts";
import { printNumber, printPercent } from "../../lib/numbers.ts";
import { blocks, capital, comparisonCells, markdownTable, printScore } from "../tables.ts";
import { type ScratchResults, scratchVerdicts } from "./verdicts.ts";

/** The whole result as lines of Markdown. */
export function scratchLines(results: ScratchResults): string[] {
  const { branches, fusion, abstention, neutral, three } = results;
  return [
    ...blocks(scratchVerdicts(results).map((sentence) => `- ${sentence}`)),
    ...modalities.flatMap((m) => branchTable(m, branches.filter(({ modality }) => modality === m))),
    ...fusionTable(fusion),
    ...abstentionTable(abstention),
    ...neutral.length > 0 ? neutralTable(neutral) : [],
    ...three.length > 0 ? threeTable(three) : [],
  ];
}

function branchTable(modality: Modality, rows: readonly BranchRow[]): string[] {
  const emotions = [...new Set(rows.flatMap(({ recall }) => Object.keys(recall)))];
  return blocks(
    `### ${capital(modality)} alone`,
    markdownTable(
      ["system", "accuracy", "balanced accuracy", "AUC", "on validation"]
        .concat(`${chosenBranch} less this`, "p (Holm)", "parameters", "s"),
      rows.map((row) => [
        row.system,
        row.accuracy,
        row.balancedAccuracy,
        row.auc,
        row.validation,
        ...comparisonCells(row.comparison),
        row.parameters ?? "",
        printNumber(row.seconds, 1),
      ]),
    ),
    "Polarity right, by emotion:",
    markdownTable(
      ["system", ...emotions],
      rows.map(({ system, recall }) => [
        system,
        ...emotions.map((emotion) => printNumber(recall[emotion])),
      ]),
    ),
  );
}

function fusionTable(rows: readonly FusionRow[]): string[] {
  return blocks(
    "### Triples of one label",
    "Given their label, the samples of a triple are independent. The prediction is that of normal " +
      "scores with one variance, from the branches' AUCs alone.",
    markdownTable(
      ["shown", "system", "accuracy", "balanced accuracy", "AUC"]
        .concat("Late fusion less this", "p (Holm)"),
      rows.map(({ shown, system, accuracy, balancedAccuracy, auc, comparison }) => [
        shown,
        system,
        accuracy,
        balancedAccuracy,
        auc,
        ...comparisonCells(comparison),
      ]),
      { text: 2 },
    ),
  );
}

function abstentionTable(rows: readonly AbstentionRow[]): string[] {
  const wanted = rows[0]!.points.map(({ wanted }) => `${100 * wanted} %`);
  return blocks(
    "### Abstention",
    "Scores are calibrated on validation, and so is the least confidence that is answered: that " +
      "which answers the share named there. What is printed is the accuracy of the answers on test, " +
      "and the share answered there.",
    markdownTable(
      ["judged", "area under risk and coverage", ...wanted],
      rows.map(({ judged, area, points }) => [
        judged,
        area,
        ...points.map(({ accuracy, coverage }) =>
          `${printScore(accuracy)} of ${printPercent(coverage.mean)}`
        ),
      ]),
    ),
  );
}

function neutralTable(rows: readonly NeutralRow[]): string[] {
  return blocks(
    "### Neutral samples, shown to a branch of two polarities",
    markdownTable(
      ["modality", "samples a seed", "called positive", "mean confidence", "on the test part"],
      rows.map(({ modality, asked, positive, confidence, usualConfidence }) => [
        modality,
        asked.join(", "),
        positive,
        confidence,
        usualConfidence,
      ]),
    ),
  );
}

function threeTable(rows: readonly ThreeClassBranchRow[]): string[] {
  const shares = (counts: readonly number[]) => {
    const all = counts.reduce((a, b) => a + b, 0);
    return counts.map((count) => printNumber(count / all));
  };
  return blocks(
    "### Neutral as a third class",
    markdownTable(
      [
        "modality",
        "used",
        "accuracy",
        "macro F1",
        ...threeClasses.names.map((name) => `recall of ${name}`),
        "neutral called negative",
        "neutral called positive",
      ],
      rows.map(({ modality, used, accuracy, f1, confusion }) => [
        modality,
        used,
        accuracy,
        f1,
        ...confusion.map((counts, k) => shares(counts)[k]),
        ...shares(confusion[2]!).slice(0, 2),
      ]),
    ),
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
