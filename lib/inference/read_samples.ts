/** Samples to be judged, from a table, and the table with what was said of them. @module */

import { shown } from "../checks.ts";
import { findFile } from "../datasets/table.ts";
import { tableRows } from "../datasets/table_rows.ts";
import { stringify } from "../deps/csv_stringify.ts";
import { mapBounded } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import type { Explanation } from "./explain.ts";
import type { SampleInput } from "./input_encoders.ts";

/** A sample, and the row of the table that it is from. */
export interface SampleLine {
  readonly line: number;
  /** Of the column `id`; empty where there is none. */
  readonly id: string;
  readonly sample: SampleInput;
  /** The row's columns. */
  readonly names: readonly string[];
  /** A cell for each of `names`. */
  readonly cells: readonly string[];
}

/**
 * Reads the samples of a table with some of the columns `text`, `image` and `audio`, as
 * `readPairedTable` reads them; an empty cell is a modality that is missing. Other columns are kept.
 * Of modalities that are not `learnt` nothing is read.
 *
 * @throws {RangeError} By file and line: a column named twice, a row of nothing that was learnt, a
 * path to no file; or no row is there.
 */
export async function readSamples(
  path: string,
  { learnt = modalities }: { readonly learnt?: readonly Modality[] } = {},
): Promise<SampleLine[]> {
  const columns = ["text", "image", "audio", "id"] as const;
  const rows = await Array.fromAsync(tableRows(path, columns, { optional: columns }));
  if (rows.length === 0) {
    throw new RangeError(`Cannot read "${path}": expected a row or more, got a header only`);
  }
  return await mapBounded(rows, async ({ line, fields, names, cells }) => {
    const where = `Cannot read "${path}", line ${line}`;
    const there = learnt.filter((m) => fields[m].trim() !== "");
    if (there.length === 0) {
      throw new RangeError(`${where}: expected ${learnt.join(" or ")}, got none`);
    }
    const sample: { [M in Modality]?: string } = {};
    for (const m of there) {
      sample[m] = m === "text" ? fields[m] : await findFile(path, fields[m].trim(), where);
    }
    return { line, id: fields.id.trim(), sample, names, cells };
  });
}

const added = ["predicted_label", "predicted_probability"] as const;

/**
 * The rows as CSV, with what was said of each in two columns more: its label, and the probability of
 * the positive class.
 *
 * @throws {RangeError} The table has columns of these names.
 */
export function samplesToCsv(
  rows: readonly SampleLine[],
  verdicts: readonly Pick<Explanation, "label" | "probability">[],
): string {
  // A CSV file has one header for all rows; of JSON each line has its own.
  const header = rows[0]!.names;
  const isOne = rows.every(({ names }) => names === header);
  const names = isOne ? header : [...new Set(rows.flatMap(({ names }) => names))];
  const cellsOf = (row: SampleLine) =>
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
