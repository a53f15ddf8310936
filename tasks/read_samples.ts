/** Samples to be judged, from a table. @module */

import { readCells } from "../lib/datasets/table_set.ts";
import { tableRows } from "../lib/datasets/table_rows.ts";
import { mapBounded } from "../lib/files.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import type { SampleInput } from "../lib/inference/input_encoders.ts";

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
    const sample = await readCells(path, fields, { where, of: learnt });
    return { line, id: fields.id.trim(), sample, names, cells };
  });
}
