/** A table with what was said of its samples. @module */

import { shown } from "../lib/checks.ts";
import { stringify } from "../lib/deps/csv_stringify.ts";
import type { Explanation } from "../lib/inference/explain.ts";
import type { SampleLine } from "./read_samples.ts";

const added = ["predicted_label", "predicted_probability"] as const;

/**
 * The rows as CSV, with what was said of each in two columns more: its label, and the probability of
 * the positive class.
 *
 * @throws {RangeError} The table has columns of these names.
 */
export function samplesToCsv(
  rows: readonly Pick<SampleLine, "names" | "cells">[],
  verdicts: readonly Pick<Explanation, "label" | "probability">[],
): string {
  // A CSV file has one header for all rows; of JSON each line has its own.
  const header = rows[0]!.names;
  const isOne = rows.every(({ names }) => names === header);
  const names = isOne ? header : [...new Set(rows.flatMap(({ names }) => names))];
  const cellsOf = (row: Pick<SampleLine, "names" | "cells">) =>
    isOne ? row.cells : names.map((name) => row.cells[row.names.indexOf(name)] ?? "");
  const taken = names.find((name) => added.some((one) => one === name.toLowerCase()));
  if (taken !== undefined) {
    throw new RangeError(
      `Cannot add verdicts: expected a table without ${added.join(" and ")}, got ${shown(taken)}`,
    );
  }
  const body = rows.map((row, i) => [
    ...cellsOf(row),
    verdicts[i]!.label,
    String(verdicts[i]!.probability),
  ]);
  return stringify([[...names, ...added], ...body]);
}
