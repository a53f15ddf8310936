/** Features on disk, found by what they were made from. @module */

import { join } from "node:path";
import { mapBounded, sha256, writeWhole } from "../files.ts";
import type { Features } from "./encoder.ts";
import {
  copyRow,
  emptyTable,
  type EncoderIdentity,
  type FeatureTable,
  keyOf,
  makeShard,
  type Precision,
  readShard,
  readShardIndex,
  type ShardIndex,
} from "./shard.ts";
import { listShards, removeStalePartials } from "./stored_features.ts";

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
  /** Told of each file that was damaged, and is now removed. */
  readonly onDamage?: (message: string) => void;
}

// Files that are open at a time; the bytes of so many are in memory.
const readers = 8;

/**
 * Opens the store in `folder`, which need not exist.
 *
 * A sample's features are kept under SHA-256(sample hash, encoder digest), so a
 * changed file, model or setting can't be mistaken for the old one. Shards are
 * safetensors files named after their content, a folder for each digest. A shard
 * is written under another name and then renamed: killed at any moment, the
 * store holds whole shards and at most a `.partial` file that nothing reads; a
 * writer of the same encoder removes those that are an hour old.
 *
 * Of every shard the keys are read, of those with a sample that is asked for the
 * rest, several at a time. Where a sample is in two, the one in single precision
 * counts, then the first by name. A shard that is damaged all the same (its
 * SHA-256 tells) is removed and reported to `onDamage`; its samples count as
 * missing. Several processes may share a store.
 */
export function openFeatureStore(
  folder: string,
  { precision = "float32", onDamage = () => {} }: FeatureStoreOptions = {},
): FeatureStore {
  const tidied = new Set<string>();
  return {
    async find(encoder, hashes) {
      const { table, missing } = await this.read(encoder, hashes);
      const tables = Object.entries(table).map(([name, { shape, data }]) => {
        const size = data.length / Math.max(1, hashes.length);
        const read: RowReader["read"] = (rows, into) => {
          for (let i = 0; i < rows.length; i++) {
            if (!(rows[i]! in hashes)) {
              throw new RangeError(`Cannot read row ${rows[i]}: expected one of ${hashes.length}`);
            }
            into.set(data.subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
          }
        };
        return [name, { shape, read }];
      });
      return { missing, tables: Object.fromEntries(tables) };
    },
    async read(encoder, hashes) {
      const table = emptyTable(encoder, hashes.length);
      const wanted = new Map<string, number[]>();
      hashes.forEach((hash, i) => {
        const key = keyOf(hash, encoder);
        const rows = wanted.get(key);
        if (rows === undefined) wanted.set(key, [i]);
        else rows.push(i);
      });
      const paths = await listShards(join(folder, encoder.digest));
      let shards = await readWhole(paths, (path) => readShardIndex(path, encoder), onDamage);
      // Again if a shard turns out to be damaged: another may have the same samples.
      for (;;) {
        const useful = shareOut(wanted, shards);
        if (useful.size === 0) break;
        await readWhole([...useful.keys()], async (shard) => {
          const rows = useful.get(shard)!;
          const from = await readShard(shard.path, encoder);
          for (const [row, key] of rows) {
            for (const to of wanted.get(key)!) {
              copyRow({ table: from, row }, { table, row: to });
            }
            wanted.delete(key);
          }
        }, onDamage);
        shards = shards.filter((shard) => !useful.has(shard));
      }
      return {
        table,
        missing: [...wanted.values()].map(([first]) => first!).sort((a, b) => a - b),
      };
    },
    async write(encoder, rows) {
      const { bytes, stored } = makeShard(encoder, rows, precision);
      const name = `${sha256(bytes).slice(0, 32)}.safetensors`;
      const shards = join(folder, encoder.digest);
      await Deno.mkdir(shards, { recursive: true });
      if (!tidied.has(shards)) await removeStalePartials(shards);
      tidied.add(shards);
      await writeWhole(join(shards, name), bytes);
      return stored;
    },
  };
}

/** Applies `read` to files, several at a time. The damaged are removed and reported, in order. */
async function readWhole<Item extends string | ShardIndex, Result>(
  items: readonly Item[],
  read: (item: Item) => Promise<Result>,
  onDamage: (message: string) => void,
): Promise<Result[]> {
  const outcomes = await mapBounded(items, async (item) => {
    try {
      return { result: await read(item) };
    } catch (error) {
      // Removed by another process since the folder was listed.
      if (error instanceof Deno.errors.NotFound) return {};
      if (!(error instanceof RangeError)) throw error;
      await Deno.remove(typeof item === "string" ? item : item.path).catch(() => {});
      return { damage: `${error.message}; removed, its samples will be encoded again` };
    }
  }, { limit: readers });
  for (const { damage } of outcomes) if (damage !== undefined) onDamage(damage);
  return outcomes.flatMap((outcome) => "result" in outcome ? [outcome.result as Result] : []);
}

/** Which rows to take from which shard: each wanted key from the first that has it. */
function shareOut(
  wanted: ReadonlyMap<string, unknown>,
  shards: readonly ShardIndex[],
): Map<ShardIndex, [row: number, key: string][]> {
  const taken = new Set<string>();
  const useful = new Map<ShardIndex, [number, string][]>();
  for (const shard of shards.toSorted((a, b) => Number(a.half) - Number(b.half))) {
    const rows = [...shard.keys.entries()]
      .filter(([, key]) => wanted.has(key) && !taken.has(key));
    for (const [, key] of rows) taken.add(key);
    if (rows.length > 0) useful.set(shard, rows);
  }
  return useful;
}
