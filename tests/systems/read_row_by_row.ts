/** Tables whose rows are read when they are asked for. @module */

import { byModality } from "../../lib/modality.ts";
import {
  type CorpusFeatures,
  type RowReader,
  type Table,
  tableOfRows,
} from "../../lib/systems/features.ts";

const questions = new WeakMap<RowReader, number[][]>();

/** The rows of a table in memory. */
export function rowsOf({ shape, data }: Table): RowReader {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const reader: RowReader = {
    shape,
    read(rows, into) {
      questions.get(reader)!.push(Array.from(rows));
      for (let i = 0; i < rows.length; i++) {
        into.set(data.subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
      }
    },
  };
  questions.set(reader, []);
  return reader;
}

/** What a reader was asked for, call by call. */
export function asked(reader: RowReader): number[][] {
  return questions.get(reader)!;
}

/** The same features, all but masks and counts read row by row, through `wrap`. */
export function readRowByRow(
  features: CorpusFeatures,
  wrap: (rows: RowReader) => RowReader = (rows) => rows,
): CorpusFeatures {
  return byModality((m) => ({
    ...features[m],
    tables: Object.fromEntries(
      Object.entries(features[m].tables).map(([name, table]) => [
        name,
        table.shape.length > 2 ? tableOfRows(wrap(rowsOf(table))) : table,
      ]),
    ),
  }));
}
