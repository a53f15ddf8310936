/** Features on disk, found by what they were made from. @module */

import { join } from "node:path";
import { sha256, writeWhole } from "../files.ts";
import type { Features } from "./encoder.ts";
import { findRows, type FoundRows } from "./find_rows.ts";
import { packShards } from "./pack_shards.ts";
import {
  emptyTable,
  type EncoderIdentity,
  type FeatureTable,
  makeShard,
  type Precision,
} from "./shard.ts";
import { removeStalePartials } from "./shard_files.ts";
import { numbersOf } from "./shard_rows.ts";

export { emptyTable, setRow } from "./shard.ts";
export type { EncoderIdentity, FeatureTable, Precision } from "./shard.ts";

/**
 * Rows of a table that lie in the store. No file stays open between calls, so there is nothing to
 * close.
 */
export interface RowReader {
  /** `[N, …]`: of all rows. */
  readonly shape: readonly number[];
  /**
   * Puts these rows one after another into an array of their size; row i is that of the i-th of the
   * hashes that were asked for. Rows that the store lacks are 0.
   *
   * @throws {RangeError} A row is none of the table's, or is damaged or gone since it was found.
   */
  read(rows: ArrayLike<number>, into: Float32Array): void;
}

/** A folder of features. */
export interface FeatureStore {
  /**
   * As {@linkcode FeatureStore.read}, but the rows stay on disk until they are read, each of the
   * encoder's tables by itself.
   */
  find(
    encoder: EncoderIdentity,
    hashes: readonly string[],
  ): Promise<{ missing: number[]; tables: Readonly<Record<string, RowReader>> }>;
  /**
   * The rows of the samples with these hashes, in their order. Rows that the
   * store lacks are 0, and their indices are in `missing`; of equal hashes only
   * the first index is.
   */
  read(
    encoder: EncoderIdentity,
    hashes: readonly string[],
  ): Promise<{ table: FeatureTable; missing: number[] }>;
  /**
   * Adds samples, and returns their rows as they will be read: in half precision they are
   * rounded. Once it returns they are there; if it is cut short, none of them is.
   */
  write(
    encoder: EncoderIdentity,
    rows: readonly { readonly hash: string; readonly features: Features }[],
  ): Promise<FeatureTable>;
  /**
   * Makes large files of an encoder's small ones, if there are many. Where that can't be done, as on a
   * disk that is only read, they stay, and it is told to `onDamage`. Others may read and write meanwhile.
   */
  pack(encoder: Pick<EncoderIdentity, "digest">): Promise<void>;
}

/** How {@linkcode openFeatureStore} writes, and whom it tells. */
export interface FeatureStoreOptions {
  /**
   * What is written. With `"float16"` a number of 6.1e-5 or more is rounded by 2^-11 of itself at
   * most, a smaller one by 3e-8; a feature that has a number of 65520 or more, or integers alone
   * that would be rounded, is kept in single precision, for a whole file of samples. Files of
   * either kind are read. @default "float32"
   */
  readonly precision?: Precision;
  /** Told of each file that was damaged, and is now removed, and of files that can't be packed. */
  readonly onDamage?: (message: string) => void;
}

// Of a batch each: with that many a read takes some tens of milliseconds longer than of one.
const manySmall = 64;

/**
 * Opens the store in `folder`, which need not exist.
 *
 * Features are kept in a folder for each encoder's digest, found by the sample's hash, so a changed
 * file, model or setting can't be mistaken for the old one. Shards are safetensors files named after
 * their content. A shard is written under another name and then renamed: killed at any moment, the
 * store holds whole shards and at most a `.partial` file that nothing reads; a writer of the same
 * encoder removes those that are an hour old.
 *
 * Of every shard the keys are read, of those with a sample that is asked for its rows, in the order of
 * the file. Where a sample is in two, the one in single precision counts, then the packed one, then the
 * first by name. A shard that is damaged all the same is removed and reported to `onDamage`, and its
 * samples count as missing: the SHA-256 of a packed shard's index tells, and a checksum a row; of others
 * the SHA-256 of all that they hold. Several processes may share a store, and one may pack it while
 * others read: files that are gone are looked for again. Between calls no file is open.
 */
export function openFeatureStore(
  folder: string,
  { precision = "float32", onDamage = () => {} }: FeatureStoreOptions = {},
): FeatureStore {
  const tidied = new Set<string>();
  const find = (encoder: EncoderIdentity, hashes: readonly string[]) =>
    findRows({ folder: join(folder, encoder.digest), encoder, hashes, onDamage });
  return {
    // deno-lint-ignore require-await -- Files are read at once; errors are those of a promise all the same.
    async find(encoder, hashes) {
      const found = find(encoder, hashes);
      const missing = found.missing();
      const absent = new Set(missing.map((i) => hashes[i]!));
      const tables = Object.entries(encoder.shapes).map(([name, shape]) => {
        const table = { name, shape: [hashes.length, ...shape] };
        return [name, rowReader(found, table, (i) => absent.has(hashes[i]!))];
      });
      return { missing, tables: Object.fromEntries(tables) };
    },
    // deno-lint-ignore require-await -- As above.
    async read(encoder, hashes) {
      const found = find(encoder, hashes);
      const table = emptyTable(encoder, hashes.length);
      const sizes = sizesOf(table);
      const lost = found.read([...hashes.keys()], Object.keys(table), (shard, name, to, bytes) => {
        table[name]!.data.set(numbersOf(shard.places[name]!, bytes), to * sizes[name]!);
      });
      for (const to of lost) {
        // A feature of it may have been read before another was found damaged.
        for (const [name, { data }] of Object.entries(table)) {
          data.fill(0, to * sizes[name]!, (to + 1) * sizes[name]!);
        }
      }
      return { table, missing: found.missing() };
    },
    async write(encoder, rows) {
      const { bytes, stored } = makeShard(encoder, rows, precision);
      const name = `${sha256(bytes).slice(0, 32)}.safetensors`;
      const shards = join(folder, encoder.digest);
      await Deno.mkdir(shards, { recursive: true });
      if (!tidied.has(shards)) removeStalePartials(shards);
      tidied.add(shards);
      await writeWhole(join(shards, name), bytes);
      return stored;
    },
    // deno-lint-ignore require-await -- As above.
    async pack({ digest }) {
      try {
        packShards(folder, { digest, least: manySmall, onDamage });
      } catch (error) {
        onDamage(`Cannot pack "${join(folder, digest)}": ${(error as Error).message}`);
      }
    },
  };
}

function sizesOf(table: FeatureTable): Record<string, number> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { shape }]) => [
      name,
      shape.slice(1).reduce((a, b) => a * b, 1),
    ]),
  );
}

function rowReader(
  found: FoundRows,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
  isAbsent: (row: number) => boolean,
): RowReader {
  const [count, ...sizes] = shape as [number, ...number[]];
  const size = sizes.reduce((a, b) => a * b, 1);
  return {
    shape,
    read(rows, into) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        if (Number.isInteger(row) && row >= 0 && row < count) continue;
        throw new RangeError(`Cannot read row ${row} of "${name}": expected one of ${count}`);
      }
      if (into.length !== rows.length * size) {
        throw new RangeError(
          `Cannot read ${rows.length} rows of "${name}": expected room for ` +
            `${rows.length * size} numbers, got ${into.length}`,
        );
      }
      const lost = found.read(
        rows,
        [name],
        (shard, _, to, bytes) => into.set(numbersOf(shard.places[name]!, bytes), to * size),
      );
      for (const to of lost) {
        const row = rows[to]!;
        if (!isAbsent(row)) {
          throw new RangeError(
            `Cannot read row ${row} of "${name}": expected features that were found, got none: they ` +
              "were damaged or removed since; run again to encode their samples",
          );
        }
        into.fill(0, to * size, (to + 1) * size);
      }
    },
  };
}
