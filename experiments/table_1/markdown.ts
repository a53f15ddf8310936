/** Table 1 as Markdown and as CSV. @module */

import { stringify } from "../../lib/deps/csv_stringify.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { measures, printReported } from "../paper.ts";
import { blocks, capital, type Cell, comparisonCells, markdownTable } from "../tables.ts";
import type { Row } from "./rows.ts";

/** The table as lines of Markdown: one block a modality. */
export function table1Lines(rows: readonly Row[]): string[] {
  return [...Map.groupBy(rows, ({ modality }) => modality)].flatMap(([modality, ofModality]) =>
    blocks(
      `### ${capital(modality)}`,
      `Protocol \`${ofModality[0]!.protocol}\`; no two parts share: ${ofModality[0]!.split}.`,
      markdownTable(header, ofModality.map(cellsOf), { lastIsText: true }),
      collapsedLines(ofModality),
      betterLines(ofModality),
    )
  );
}

const header = ["system", "accuracy", "precision", "recall", "F1", "AUC"]
  .concat("Proposed less this", "p (Holm)", "paper");

function cellsOf(row: Row): Cell[] {
  const { system, collapsed, comparison, paper } = row;
  const reported = measures.filter((m) => paper?.[m] !== undefined)
    .map((m) => `${m} ${printReported(paper![m]!)}`).join(", ");
  return [
    `${system}${collapsed.length > 0 ? " (constant)" : ""}`,
    ...measures.map((m) => row[m]),
    ...comparisonCells(comparison),
    reported,
  ];
}

// A predictor that says one thing shows it best in its confusion matrix.
function collapsedLines(rows: readonly Row[]): string[] {
  return rows.filter(({ collapsed }) => collapsed.length > 0).map(({ system, collapsed }) => {
    const matrices = collapsed.map(({ seed, confusion }) => {
      const [[tn, fp], [fn, tp]] = confusion as [[number, number], [number, number]];
      return `seed ${seed}: TN ${tn}, FP ${fp}, FN ${fn}, TP ${tp}`;
    });
    return `- ${system} says nearly always the same with ${matrices.join("; ")}.`;
  });
}

function betterLines(rows: readonly Row[]): string[] {
  const better = rows.filter(({ comparison }) => comparison && comparison.difference < 0);
  if (better.length === 0) return [];
  if (better[0]!.comparison!.seeds.length === 1) {
    return ["One seed: no system is said to be better than another."];
  }
  const names = better.map(({ system, comparison }) => {
    const why = insignificance(comparison!);
    return why === undefined ? system : `${system} (${why})`;
  });
  return [`Better than Proposed here: ${names.join(", ")}.`];
}

/** The table as CSV: a line per row, mean and deviation of each score, and the comparison. */
export function table1ToCsv(rows: readonly Row[]): string {
  const header = ["modality", "system", "protocol", "seeds"]
    .concat(measures.flatMap((m) => [`${m}_mean`, `${m}_sd`]))
    .concat("proposed_less_this", "low", "high", "p_holm", "collapsed");
  const lines = rows.map(({ modality, system, protocol, collapsed, comparison, ...scores }) => [
    modality,
    system,
    protocol,
    scores.accuracy.seeds.length,
    ...measures.flatMap((m) => [scores[m].mean, scores[m].sd]),
    comparison?.difference,
    comparison?.interval?.[0],
    comparison?.interval?.[1],
    comparison?.pHolm,
    String(collapsed.length > 0),
  ]);
  return stringify([header, ...lines]);
}
