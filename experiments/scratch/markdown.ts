/** Trained branches as tables, and sentences that follow from their numbers. @module */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import { threeClasses } from "../../lib/branches/branch.ts";
import { subsetName } from "../robustness/missing_modalities.ts";
import { type BranchRow, chosenBranch, contenders, type NeutralRow } from "./rows.ts";
import type { AbstentionRow, FusionRow } from "./fusion.ts";
import type { ThreeClassBranchRow } from "./three_classes.ts";
import { printP, signed } from "../../lib/numbers.ts";
import { printScore } from "../tables.ts";

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
    `| system | accuracy | balanced accuracy | AUC | on validation | ${chosenBranch} less this | p (Holm) | parameters | s |`,
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map(({ system, comparison, parameters, seconds, ...scores }) => {
      const cells = [
        system,
        ...[scores.accuracy, scores.balancedAccuracy, scores.auc, scores.validation].map(
          printScore,
        ),
        ...comparison ? [difference(comparison), printP(comparison.pHolm)] : ["", ""],
        ...[parameters === null ? "" : String(parameters), seconds.toFixed(1)],
      ];
      return `| ${cells.join(" | ")} |`;
    }),
    "",
    `Polarity right, by emotion:`,
    "",
    `| system | ${emotions.join(" | ")} |`,
    `| --- |${" ---: |".repeat(emotions.length)}`,
    ...rows.map(({ system, recall }) => {
      const cells = emotions.map((emotion) => recall[emotion]?.toFixed(3) ?? "");
      return `| ${[system, ...cells].join(" | ")} |`;
    }),
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
    "| shown | system | accuracy | balanced accuracy | AUC | Late fusion less this | p (Holm) |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map(({ shown, system, accuracy, balancedAccuracy, auc, comparison }) => {
      const cells = [
        ...[
          shown,
          system,
          printScore(accuracy),
          balancedAccuracy ? printScore(balancedAccuracy) : "",
        ],
        printScore(auc),
        ...comparison ? [difference(comparison), printP(comparison.pHolm)] : ["", ""],
      ];
      return `| ${cells.join(" | ")} |`;
    }),
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
    `| judged | area under risk and coverage | ${wanted.join(" | ")} |`,
    `| --- | ---: |${" ---: |".repeat(wanted.length)}`,
    ...rows.map(({ judged, area, points }) => {
      const cells = points.map(({ accuracy, coverage }) =>
        `${printScore(accuracy)} of ${(100 * coverage.mean).toFixed(0)} %`
      );
      return `| ${[judged, printScore(area), ...cells].join(" | ")} |`;
    }),
    "",
  ];
}

function neutralTable(rows: readonly NeutralRow[]): string[] {
  return [
    "### Neutral samples, shown to a branch of two polarities",
    "",
    "| modality | samples a seed | called positive | mean confidence | on the test part |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...rows.map(({ modality, asked, positive, confidence, usualConfidence }) =>
      `| ${
        [modality, asked.join(", "), ...[positive, confidence, usualConfidence].map(printScore)]
          .join(" | ")
      } |`
    ),
    "",
  ];
}

function threeTable(rows: readonly ThreeClassBranchRow[]): string[] {
  const recalls = ({ confusion }: ThreeClassBranchRow) =>
    confusion.map((row, k) => (row[k]! / row.reduce((a, b) => a + b, 0)).toFixed(3));
  const becomes = ({ confusion }: ThreeClassBranchRow) => {
    const neutral = confusion[2]!, all = neutral.reduce((a, b) => a + b, 0);
    return neutral.slice(0, 2).map((count) => (count / all).toFixed(3));
  };
  return [
    "### Neutral as a third class",
    "",
    "| modality | used | accuracy | macro F1 | " +
    `${threeClasses.names.map((name) => `recall of ${name}`).join(" | ")} | ` +
    "neutral called negative | neutral called positive |",
    `| --- |${" ---: |".repeat(5 + threeClasses.names.length)}`,
    ...rows.map((row) =>
      `| ${
        [
          row.modality,
          row.used,
          printScore(row.accuracy),
          printScore(row.f1),
          ...recalls(row),
          ...becomes(row),
        ]
          .join(" | ")
      } |`
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

// A difference whose corrected p is not below 0.05 is none.
function standing({ difference, pHolm }: NonNullable<BranchRow["comparison"]>): string {
  if (!(pHolm < 0.05)) return `not told apart (${points(difference)}) from`;
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

function difference(
  { difference, interval: [low, high] }: NonNullable<BranchRow["comparison"]>,
): string {
  return `${signed(difference, 3)} [${signed(low, 3)}, ${signed(high, 3)}]`;
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
    ...[accuracy, balancedAccuracy, auc].flatMap<string | number>((score) =>
      score ? [score.mean, score.sd] : ["", ""]
    ),
    ...comparison
      ? [comparison.difference, ...comparison.interval, comparison.pHolm]
      : ["", "", "", ""],
  ]);
  return stringify([header, ...lines]);
}
