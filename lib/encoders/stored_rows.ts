/** The rows of an encoder that lie in a feature store, by the samples that they are of. @module */

import type { EncoderIdentity, FeatureStore, RowReader } from "./feature_store.ts";

/** Says where the rows of an encoder are; can be sent to another thread. */
export interface StoredRows {
  /** What the rows are kept under. */
  readonly encoder: EncoderIdentity;
  /** Of each row, its sample's. */
  readonly hashes: readonly string[];
  /** What the rows of long samples are kept under, and which rows these are, ascending. */
  readonly long?: { readonly encoder: EncoderIdentity; readonly rows: readonly number[] };
}

/**
 * Readers of the rows by the names of the encoder's tables.
 *
 * @throws {RangeError} The store lacks some, unless it may: these are 0.
 */
export async function openStoredRows(
  store: FeatureStore,
  { encoder, hashes, long = { encoder, rows: [] } }: StoredRows,
  { mayLack = false }: { readonly mayLack?: boolean | undefined } = {},
): Promise<Readonly<Record<string, RowReader>>> {
  const places = new Map(long.rows.map((row, place) => [row, place]));
  const short = await store.find(encoder, hashes);
  const longHashes = new Set(long.rows.map((row) => hashes[row]!));
  const lacking = short.missing.filter((row) => !longHashes.has(hashes[row]!)).length;
  if (lacking > 0 && !mayLack) throw gone(lacking, encoder);
  if (places.size === 0) return short.tables;
  const own = await store.find(long.encoder, long.rows.map((row) => hashes[row]!));
  if (own.missing.length > 0 && !mayLack) throw gone(own.missing.length, long.encoder);
  return Object.fromEntries(
    Object.entries(short.tables).map(([name, reader]) => [
      name,
      withLong(reader, own.tables[name]!, places),
    ]),
  );
}

/** Reads rows that have places among the long ones there. */
function withLong(
  short: RowReader,
  long: RowReader,
  places: ReadonlyMap<number, number>,
): RowReader {
  const size = short.shape.slice(1).reduce((a, b) => a * b, 1);
  return {
    shape: short.shape,
    read(rows, into) {
      const all = Array.from(rows);
      const read = (reader: RowReader, some: readonly number[], rowOf: (i: number) => number) => {
        if (some.length === 0) return;
        const found = new Float32Array(some.length * size);
        reader.read(some.map(rowOf), found);
        some.forEach((i, k) => into.set(found.subarray(k * size, (k + 1) * size), i * size));
      };
      const at = [...all.keys()];
      read(short, at.filter((i) => !places.has(all[i]!)), (i) => all[i]!);
      read(long, at.filter((i) => places.has(all[i]!)), (i) => places.get(all[i]!)!);
    },
  };
}

function gone(count: number, { id, digest }: EncoderIdentity): RangeError {
  return new RangeError(
    `Cannot read features of ${id ?? digest}: expected them in the store, got ${count} samples ` +
      "without; the same command makes them again",
  );
}
