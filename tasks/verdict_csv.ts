/** A table with what was said of its samples. @module */

import { shown } from "../lib/checks.ts";
import { stringify } from "../lib/deps/csv_stringify.ts";
import type { JudgedSample } from "../lib/inference/explain.ts";
import type { SampleLine } from "./read_samples.ts";

/**
 * The rows as CSV, with what was said of each in columns more: its label and the probability of the
 * positive class, or of the label and of each class, or its score.
 *
 * @throws {RangeError} The table has columns of these names.
 */
export function samplesToCsv(
  rows: readonly Pick<SampleLine, "names" | "cells">[],
  verdicts: readonly JudgedSample[],
): string {
  // A CSV file has one header for all rows; of JSON each line has its own.
  const header = rows[0]!.names;
  const isOne = rows.every(({ names }) => names === header);
  const names = isOne ? header : [...new Set(rows.flatMap(({ names }) => names))];
  const cellsOf = (row: Pick<SampleLine, "names" | "cells">) =>
    isOne ? row.cells : names.map((name) => row.cells[row.names.indexOf(name)] ?? "");
  const said = verdicts.map(columnsOf);
  const added = [...new Set(said.flatMap(Object.keys))];
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

function columnsOf(
  { label, probability, probabilities = {}, score }: JudgedSample,
): Record<string, string | number> {
  if (score !== undefined) return { predicted_score: score };
  const each = Object.entries(probabilities).map(([name, p]) => [`probability_${name}`, p]);
  return {
    predicted_label: label,
    predicted_probability: probability!,
    ...Object.fromEntries(each),
  };
}
