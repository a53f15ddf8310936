/** Tables of features that stay in the feature store, here and in workers. @module */

import { openFeatureStore } from "../encoders/feature_store.ts";
import { openStoredRows, type StoredRows } from "../encoders/stored_rows.ts";
import { byModality, modalities } from "../modality.ts";
import { cachedRows } from "../systems/cached_rows.ts";
import {
  type CorpusFeatures,
  type ModalityFeatures,
  type Table,
  tableOfRows,
} from "../systems/features.ts";

/** Where a table is: what another thread needs to open it. */
export interface StoredTable {
  /** Of the feature store. */
  readonly folder: string;
  /** One object for all tables of an encoder. */
  readonly rows: StoredRows;
  /** Among the encoder's. */
  readonly name: string;
  /** Of memory for its rows, at most. */
  readonly bytes: number;
}

const places = new WeakMap<Table, StoredTable>();

/**
 * The tables of an encoder, of which those with many numbers a sample stay where they are; a vector a
 * sample, such as a mask, is in memory. `bytesOf` says how much memory a table's rows may take.
 *
 * @throws {RangeError} The store lacks a row, and it may not.
 */
export async function openStoredTables(
  rows: StoredRows,
  bytesOf: (name: string) => number,
  { folder, mayLack }: { readonly folder: string; readonly mayLack?: boolean | undefined },
): Promise<Record<string, Table>> {
  const readers = await openStoredRows(openFeatureStore(folder), rows, { mayLack });
  return Object.fromEntries(
    Object.entries(readers).map(([name, reader]) => {
      // Of no sample there is a stand-in of zeros.
      if (reader.shape.length <= 2 || reader.shape[0] === 0) {
        const { shape, data } = tableOfRows(reader);
        return [name, { shape, data }];
      }
      const bytes = bytesOf(name);
      const table = tableOfRows(cachedRows(reader, { bytes }));
      places.set(table, { folder, rows, name, bytes });
      return [name, table];
    }),
  );
}

/** Whether a table stays in the store. */
export function isStored(table: Table): boolean {
  return places.has(table);
}

/** Features that can be sent to a thread: of tables in the store, where these are. */
export type SentFeatures = {
  readonly [M in keyof CorpusFeatures]: Omit<ModalityFeatures, "tables"> & {
    readonly tables: Readonly<Record<string, Table | StoredTable>>;
  };
};

/** Features for one of `threads` threads, which share the memory that tables of the store may take. */
export function sendFeatures(
  features: CorpusFeatures,
  { threads }: { readonly threads: number },
): SentFeatures {
  return byModality((m) => ({
    ...features[m],
    tables: mapTables(features[m].tables, (table) => {
      const place = places.get(table);
      return place ? { ...place, bytes: Math.floor(place.bytes / threads) } : table;
    }),
  }));
}

/** Features as they were before they were sent. */
export async function receiveFeatures(sent: SentFeatures): Promise<CorpusFeatures> {
  const stored = modalities.flatMap((m) => Object.values(sent[m].tables)).filter(isPlace);
  const opened = new Map<StoredRows, Record<string, Table>>();
  for (const [rows, own] of Map.groupBy(stored, ({ rows }) => rows)) {
    const bytes = new Map(own.map(({ name, bytes }) => [name, bytes]));
    opened.set(rows, await openStoredTables(rows, (name) => bytes.get(name) ?? 0, own[0]!));
  }
  return byModality((m) => ({
    ...sent[m],
    tables: mapTables(
      sent[m].tables,
      (table) => isPlace(table) ? opened.get(table.rows)![table.name]! : table,
    ),
  }));
}

function isPlace(table: Table | StoredTable): table is StoredTable {
  return "folder" in table;
}

function mapTables<A, B>(
  tables: Readonly<Record<string, A>>,
  of: (table: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, of(table)]));
}
