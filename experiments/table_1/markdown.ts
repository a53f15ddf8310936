/** Table 1 as Markdown and as CSV. @module */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { measures, printReported } from "../paper.ts";
import { comparisonCells, markdownTable, printScore } from "../tables.ts";
import type { Row } from "./rows.ts";

/** The table as Markdown: one block a modality. */
export function table1ToMarkdown(
  rows: readonly Row[],
  { title, caption }: { title: string; caption: string },
): string {
  const blocks = [...Map.groupBy(rows, (row) => row.modality)].map(([modality, own]) => {
    const { protocol, split } = own[0]!;
    return [
      `### ${modality[0]!.toUpperCase()}${modality.slice(1)}`,
      "",
      `Protocol \`${protocol}\`; no two parts share: ${split}.`,
      "",
      ...markdownTable(header, own.map(cellsOf), { lastIsText: true }),
      ...collapsedLines(own),
      ...betterLines(own),
    ].join("\n");
  });
  return [`## ${title}`, "", caption, "", blocks.join("\n\n"), ""].join("\n");
}

const header = ["system", "accuracy", "precision", "recall", "F1", "AUC"]
  .concat("Proposed less this", "p (Holm)", "paper");

function cellsOf(row: Row): string[] {
  const { system, collapsed, comparison, paper } = row;
  const reported = measures.filter((m) => paper?.[m] !== undefined)
    .map((m) => `${m} ${printReported(paper![m]!)}`).join(", ");
  return [
    `${system}${collapsed.length > 0 ? " (constant)" : ""}`,
    ...measures.map((m) => printScore(row[m])),
    ...comparisonCells(comparison),
    reported,
  ];
}

// A predictor that says one thing shows it best in its confusion matrix.
function collapsedLines(rows: readonly Row[]): string[] {
  const lines = rows.filter(({ collapsed }) => collapsed.length > 0).map(
    ({ system, collapsed }) => {
      const told = collapsed.map(({ seed, confusion }) => {
        const [[tn, fp], [fn, tp]] = confusion as [[number, number], [number, number]];
        return `seed ${seed}: TN ${tn}, FP ${fp}, FN ${fn}, TP ${tp}`;
      });
      return `- ${system} says nearly always the same with ${told.join("; ")}.`;
    },
  );
  return lines.length > 0 ? ["", ...lines] : [];
}

function betterLines(rows: readonly Row[]): string[] {
  const better = rows.filter(({ comparison }) => comparison && comparison.difference < 0);
  if (better.length === 0) return [];
  if (better[0]!.comparison!.seeds.length === 1) {
    return ["", "One seed: no system is said to be better than another."];
  }
  const names = better.map(({ system, comparison }) => {
    const why = insignificance(comparison!);
    return why === undefined ? system : `${system} (${why})`;
  });
  return ["", `Better than Proposed here: ${names.join(", ")}.`];
}

/** The table as CSV: a line per row, mean and deviation of each score, and the comparison. */
export function table1ToCsv(rows: readonly Row[]): string {
  const header = ["modality", "system", "protocol", "seeds"]
    .concat(measures.flatMap((m) => [`${m}_mean`, `${m}_sd`]))
    .concat("proposed_less_this", "low", "high", "p_holm", "collapsed");
  const lines = rows.map(({ comparison, ...row }) => [
    row.modality,
    row.system,
    row.protocol,
    row.accuracy.seeds.length,
    ...measures.flatMap((m) => [row[m].mean, row[m].sd]),
    ...[comparison?.difference, comparison?.interval?.[0], comparison?.interval?.[1]],
    comparison?.pHolm,
    String(row.collapsed.length > 0),
  ]);
  return stringify([header, ...lines]);
}
