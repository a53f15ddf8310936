/** A table with what was said of its samples. @module */

import { shown } from "../lib/checks.ts";
import { stringify } from "../lib/deps/csv_stringify.ts";
import type { JudgedSample } from "../lib/inference/explain.ts";
import { abstained, type Judgement } from "../lib/inference/judge.ts";
import type { SampleLine } from "./read_samples.ts";

/**
 * The rows as CSV, with what was said of each in columns more: its label and the probability of the
 * positive class, or of the label and of each class, or its score; the same probabilities calibrated,
 * where validation has calibrated any; and what has to be known beside it, if that is anything of any
 * row. Of a row with nothing to judge the numbers are empty.
 *
 * @throws {RangeError} The table has columns of these names.
 */
export function samplesToCsv(
  rows: readonly Pick<SampleLine, "names" | "cells">[],
  judged: readonly Pick<Judgement, "verdict" | "notes">[],
): string {
  // A CSV file has one header for all rows; of JSON each line has its own.
  const header = rows[0]!.names;
  const isOne = rows.every(({ names }) => names === header);
  const names = isOne ? header : [...new Set(rows.flatMap(({ names }) => names))];
  const cellsOf = (row: Pick<SampleLine, "names" | "cells">) =>
    isOne ? row.cells : names.map((name) => row.cells[row.names.indexOf(name)] ?? "");
  const said = judged.map(columnsOf);
  const order = ["predicted_label", "predicted_probability", "predicted_calibrated"];
  const found = new Set(said.flatMap(Object.keys));
  const added = [
    ...order.filter((name) => found.delete(name)),
    ...[...found].filter((name) => name !== notes),
    ...found.has(notes) ? [notes] : [],
  ];
  const taken = names.find((name) => added.includes(name.toLowerCase()));
  if (taken !== undefined) {
    throw new RangeError(
      `Cannot add verdicts: expected a table without ${added.join(" and ")}, got ${shown(taken)}`,
    );
  }
  const body = rows.map((row, i) => [
    ...cellsOf(row),
    ...added.map((name) => String(said[i]![name] ?? "")),
  ]);
  return stringify([[...names, ...added], ...body]);
}

/**
 * Refuses rows that verdicts were added to before, which would be known only when all are judged.
 *
 * @throws {RangeError} The table has a column for a verdict.
 */
export function assertUnjudged(rows: readonly Pick<SampleLine, "names">[]): void {
  // Of a CSV file all rows have one array of names.
  const taken = [...new Set(rows.map(({ names }) => names))].flat()
    .find((name) => /^predicted_(label|score)$/i.test(name));
  if (taken === undefined) return;
  throw new RangeError(
    `Cannot add verdicts: expected a table without predicted_label and predicted_score, got ${
      shown(taken)
    }`,
  );
}

const notes = "predicted_notes";

function columnsOf(
  { verdict, ...told }: Pick<Judgement, "verdict" | "notes">,
): Record<string, string | number> {
  const { label, probability, calibrated, score } = verdict;
  const each = (of: string, all: JudgedSample["probabilities"] = {}) =>
    Object.fromEntries(Object.entries(all).map(([name, p]) => [`${of}_${name}`, p]));
  return {
    // Of a score the label is its digits.
    ...(score === undefined || label === abstained) && { predicted_label: label },
    ...probability !== undefined && { predicted_probability: probability },
    ...calibrated !== undefined && { predicted_calibrated: calibrated },
    ...each("probability", verdict.probabilities),
    ...each("calibrated", verdict.calibratedProbabilities),
    ...score !== undefined && { predicted_score: score },
    ...told.notes.length > 0 && { [notes]: told.notes.join("; ") },
  };
}
