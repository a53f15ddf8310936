/** Changed samples as rows behind those that they were made of. @module */

import { byModality, type Modality } from "../modality.ts";
import type { CorpusFeatures, ModalityFeatures, Table } from "../systems/features.ts";
import type { Samples } from "./splits.ts";

/** Rows of one modality that are to be added. */
export interface AddedRows {
  readonly modality: Modality;
  /** The samples that they were made of. */
  readonly rows: readonly number[];
  /** What became of them, for their ids. */
  readonly note: string;
  /** In the order of `rows`. */
  readonly tables: Readonly<Record<string, Table>>;
}

/** Samples and features with rows behind those that were there. */
export interface AppendedRows {
  readonly samples: Samples;
  readonly features: CorpusFeatures;
}

/**
 * Adds rows in their order. They have labels, groups, emotions and weights of the samples that they
 * were made of. `firsts` says where each begins.
 */
export function appendRows(
  { samples, features }: AppendedRows,
  added: readonly AddedRows[],
): AppendedRows & { readonly firsts: readonly number[] } {
  const next = byModality((m) => samples[m].length);
  const firsts = added.map(({ modality, rows }) => {
    const first = next[modality];
    next[modality] += rows.length;
    return first;
  });
  const ofModality = (m: Modality) => added.filter(({ modality }) => modality === m);
  return {
    firsts,
    samples: byModality((m) => [
      ...samples[m],
      ...ofModality(m).flatMap(({ rows, note }) =>
        rows.map((row) => ({ ...samples[m][row]!, id: `${samples[m][row]!.id} (${note})` }))
      ),
    ]),
    features: byModality((m) => appended(features[m], ofModality(m))),
  };
}

function appended(features: ModalityFeatures, added: readonly AddedRows[]): ModalityFeatures {
  const { tables, labels, weights, texts: _, ...rest } = features;
  const rows = added.flatMap((some) => some.rows);
  const longer = <Value>(values: ArrayLike<Value>) => [
    ...Array.from(values),
    ...rows.map((row) => values[row]!),
  ];
  const lists = Object.entries(rest).flatMap(([name, values]) =>
    values === undefined ? [] : [[name, longer(values as ArrayLike<string>)]]
  );
  return {
    ...Object.fromEntries(lists),
    ...weights && { weights: longer(weights) },
    labels: longer(labels),
    tables: mapTables(
      tables,
      (table, name) => joinTables([table, ...added.map(({ tables }) => tables[name]!)]),
    ),
  };
}

function mapTables(
  tables: Readonly<Record<string, Table>>,
  of: (table: Table, name: string) => Table,
): Record<string, Table> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, of(table, name)]));
}

function joinTables(tables: readonly Table[]): Table {
  const length = tables.reduce((sum, table) => sum + table.data.length, 0);
  // Where workers read it without a copy: with noise a table is several times what it was.
  const data = new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
  let at = 0;
  for (const table of tables) {
    data.set(table.data, at);
    at += table.data.length;
  }
  const rows = tables.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return { shape: [rows, ...tables[0]!.shape.slice(1)], data };
}
