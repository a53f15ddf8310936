/** Trained branches as tables, and sentences that follow from their numbers. @module */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { threeClasses } from "../../lib/branches/branch.ts";
import { subsetName } from "../robustness/missing_modalities.ts";
import { type BranchRow, chosenBranch, contenders, type NeutralRow } from "./rows.ts";
import type { AbstentionRow, FusionRow } from "./fusion.ts";
import type { ThreeClassBranchRow } from "./three_classes.ts";
import { printNumber, printPercent, signed } from "../../lib/numbers.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { comparisonCells, markdownTable, printScore } from "../tables.ts";

/** All that the experiment found. */
export interface ScratchResults {
  readonly branches: readonly BranchRow[];
  readonly fusion: readonly FusionRow[];
  readonly abstention: readonly AbstentionRow[];
  readonly neutral: readonly NeutralRow[];
  readonly three: readonly ThreeClassBranchRow[];
}

/** The whole result as Markdown. */
export function scratchToMarkdown(
  results: ScratchResults,
  { title, caption }: { readonly title: string; readonly caption: string },
): string {
  const { branches, fusion, abstention, neutral, three } = results;
  return [
    ...[`## ${title}`, "", caption, ""],
    ...scratchVerdicts(results).map((sentence) => `- ${sentence}`),
    "",
    ...modalities.flatMap((m) => branchTable(m, branches.filter(({ modality }) => modality === m))),
    ...fusionTable(fusion),
    ...abstentionTable(abstention),
    ...neutral.length > 0 ? neutralTable(neutral) : [],
    ...three.length > 0 ? threeTable(three) : [],
  ].join("\n");
}

function branchTable(modality: Modality, rows: readonly BranchRow[]): string[] {
  const emotions = [...new Set(rows.flatMap(({ recall }) => Object.keys(recall)))];
  return [
    `### ${capital(modality)} alone`,
    "",
    ...markdownTable(
      ["system", "accuracy", "balanced accuracy", "AUC", "on validation"]
        .concat(`${chosenBranch} less this`, "p (Holm)", "parameters", "s"),
      rows.map(({ system, comparison, parameters, seconds, ...scores }) => [
        system,
        ...[scores.accuracy, scores.balancedAccuracy, scores.auc, scores.validation]
          .map((score) => printScore(score)),
        ...comparisonCells(comparison),
        ...[parameters ?? "", printNumber(seconds, 1)],
      ]),
    ),
    "",
    `Polarity right, by emotion:`,
    "",
    ...markdownTable(
      ["system", ...emotions],
      rows.map(({ system, recall }) => [
        system,
        ...emotions.map((emotion) => printNumber(recall[emotion])),
      ]),
    ),
    "",
  ];
}

function fusionTable(rows: readonly FusionRow[]): string[] {
  return [
    "### Triples of one label",
    "",
    "Given their label, the samples of a triple are independent. The prediction is that of normal " +
    "scores with one variance, from the branches' AUCs alone.",
    "",
    ...markdownTable(
      ["shown", "system", "accuracy", "balanced accuracy", "AUC"]
        .concat("Late fusion less this", "p (Holm)"),
      rows.map(({ shown, system, accuracy, balancedAccuracy, auc, comparison }) => [
        ...[shown, system, printScore(accuracy)],
        balancedAccuracy ? printScore(balancedAccuracy) : "",
        printScore(auc),
        ...comparisonCells(comparison),
      ]),
      { text: 2 },
    ),
    "",
  ];
}

function abstentionTable(rows: readonly AbstentionRow[]): string[] {
  const wanted = rows[0]!.points.map(({ wanted }) => `${100 * wanted} %`);
  return [
    "### Abstention",
    "",
    "Scores are calibrated on validation, and so is the least confidence that is answered: that " +
    "which answers the share named there. What is printed is the accuracy of the answers on test, " +
    "and the share answered there.",
    "",
    ...markdownTable(
      ["judged", "area under risk and coverage", ...wanted],
      rows.map(({ judged, area, points }) => [
        ...[judged, printScore(area)],
        ...points.map(({ accuracy, coverage }) =>
          `${printScore(accuracy)} of ${printPercent(coverage.mean)}`
        ),
      ]),
    ),
    "",
  ];
}

function neutralTable(rows: readonly NeutralRow[]): string[] {
  return [
    "### Neutral samples, shown to a branch of two polarities",
    "",
    ...markdownTable(
      ["modality", "samples a seed", "called positive", "mean confidence", "on the test part"],
      rows.map(({ modality, asked, positive, confidence, usualConfidence }) => [
        ...[modality, asked.join(", ")],
        ...[positive, confidence, usualConfidence].map((score) => printScore(score)),
      ]),
    ),
    "",
  ];
}

function threeTable(rows: readonly ThreeClassBranchRow[]): string[] {
  const recalls = ({ confusion }: ThreeClassBranchRow) =>
    confusion.map((row, k) => printNumber(row[k]! / row.reduce((a, b) => a + b, 0)));
  const becomes = ({ confusion }: ThreeClassBranchRow) => {
    const neutral = confusion[2]!, all = neutral.reduce((a, b) => a + b, 0);
    return neutral.slice(0, 2).map((count) => printNumber(count / all));
  };
  return [
    "### Neutral as a third class",
    "",
    ...markdownTable(
      [
        ...["modality", "used", "accuracy", "macro F1"],
        ...threeClasses.names.map((name) => `recall of ${name}`),
        ...["neutral called negative", "neutral called positive"],
      ],
      rows.map((row) => [
        ...[row.modality, row.used, printScore(row.accuracy), printScore(row.f1)],
        ...recalls(row),
        ...becomes(row),
      ]),
    ),
    "",
  ];
}

/** What the numbers say of the branches and of their fusion, one sentence each. */
export function scratchVerdicts(
  { branches, fusion }: Pick<ScratchResults, "branches" | "fusion">,
): string[] {
  return [...modalities.flatMap((m) => branchVerdicts(m, branches)), ...fusionVerdicts(fusion)];
}

function branchVerdicts(m: Modality, all: readonly BranchRow[]): string[] {
  const rows = all.filter(({ modality }) => modality === m);
  const chosen = rows.find(({ system }) => system === chosenBranch);
  const baseline = rows.find(({ system }) => system === contenders[m][0]);
  if (!chosen || !baseline?.comparison) return [];
  const others = rows.filter(({ comparison }) => comparison)
    .map(({ system, comparison }) => `${standing(comparison!)} ${system}`);
  return [`${capital(m)}: ${chosenBranch} (${printScore(chosen.accuracy)}) is ${list(others)}.`];
}

// A difference that is not significant is none.
function standing(comparison: NonNullable<BranchRow["comparison"]>): string {
  const { difference } = comparison;
  const why = insignificance(comparison);
  if (why !== undefined) return `not told apart (${points(difference)}; ${why}) from`;
  return difference > 0
    ? `better (${points(difference)}) than`
    : `worse (${points(difference)}) than`;
}

function fusionVerdicts(rows: readonly FusionRow[]): string[] {
  const whole = rows.filter(({ shown }) => shown === subsetName(modalities));
  const of = (name: FusionRow["system"]) => whole.find(({ system }) => system === name);
  const late = of("Late fusion of branches"), predicted = of("Predicted for independent views");
  if (!late || !predicted) return [];
  const rivals = whole.filter(({ comparison }) => comparison)
    .map(({ system, comparison }) => `${standing(comparison!)} ${system}`);
  const beyond = late.accuracy.mean - predicted.accuracy.mean;
  const joint = of("Proposed on branches");
  return [
    `Triples: Late fusion of branches (${printScore(late.accuracy)}) is ${list(rivals)}.`,
    `Independence predicts ${
      printScore(predicted.accuracy)
    } from the branches' AUCs: late fusion is ` +
    `${points(beyond)} away` +
    `${joint ? `, the joint model ${points(joint.accuracy.mean - predicted.accuracy.mean)}` : ""}.`,
  ];
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function points(difference: number): string {
  return `${signed(100 * difference, 1)} points`;
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}

/** Branches and fusions as CSV: a line per row. */
export function scratchToCsv({ branches, fusion }: ScratchResults): string {
  const header = [
    ...["shown", "system", "seeds", "accuracy_mean", "accuracy_sd"],
    ...["balanced_accuracy_mean", "balanced_accuracy_sd", "auc_mean", "auc_sd"],
    ...["difference", "low", "high", "p_holm"],
  ];
  const rows = [
    ...branches.map(({ modality, ...row }) => ({ shown: modality, ...row })),
    ...fusion,
  ];
  const lines = rows.map(({ shown, system, accuracy, balancedAccuracy, auc, comparison }) => [
    ...[shown, system, accuracy.seeds.length],
    ...[accuracy, balancedAccuracy, auc].flatMap((score) => [score?.mean, score?.sd]),
    ...[comparison?.difference, comparison?.interval?.[0], comparison?.interval?.[1]],
    comparison?.pHolm,
  ]);
  return stringify([header, ...lines]);
}
