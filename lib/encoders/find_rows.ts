/** Where the features of samples are in the store. @module */

import { basename } from "node:path";
import { keysOfOlder, type KeyTable, keyTable, sampleKeys } from "./sample_keys.ts";
import { type EncoderIdentity, readShardIndex, type Shard, type ShardIndex } from "./shard.ts";
import { isGone, listShards, removeFile, type ShardFile } from "./shard_files.ts";
import { readShardRows, type RowPlace } from "./shard_rows.ts";

/** What is looked for, and whom to tell of damage. */
export interface Search {
  /** Of the encoder. */
  readonly folder: string;
  readonly encoder: EncoderIdentity;
  readonly hashes: readonly string[];
  readonly onDamage: (message: string) => void;
}

/** Rows that were found; they may move to other files, or be lost, before they are read. */
export interface FoundRows {
  /** Indices of hashes that the store lacks, ascending; of equal ones the first. */
  missing(): number[];
  /**
   * Gives `take` the bytes of each of `rows`, by their place in it, one feature after the other, in the
   * order of the files. Returns the places of those that the store lacks.
   */
  read(
    rows: ArrayLike<number>,
    names: readonly string[],
    take: (shard: Shard, name: string, to: number, bytes: Uint8Array<ArrayBuffer>) => void,
  ): number[];
}

/** A shard for each hash, or none. */
interface Located {
  readonly shards: readonly Shard[];
  /** Of each hash the place of its shard in `shards`, or -1; of equal hashes only the first counts. */
  readonly shardOf: Int32Array;
  readonly rowOf: Int32Array;
}

// Files that are packed, or lists of a network disk that are old: a second look is enough, if nobody
// packs without end.
const looks = 10;

/** Looks hashes up, and again whenever a file turns out to be gone or damaged. */
export function findRows(search: Search): FoundRows {
  const { hashes, onDamage } = search;
  const keys = wantedKeys(search);
  const damaged = new Set<string>();
  const refuse = (path: string, error: RangeError) => {
    damaged.add(path);
    try {
      removeFile(path);
    } catch {
      // Of a disk that is only read: it is not read again, and told all the same.
    }
    onDamage(`${error.message}; removed, its samples will be encoded again`);
  };
  const lookUp = () => locate(search, { keys, damaged, refuse });
  let located = lookUp();
  return {
    missing: () => [...hashes.keys()].filter((i) => keys.first[i] === i && located.shardOf[i]! < 0),
    read(rows, names, take) {
      let left: readonly number[] = Array.from(rows, (_, to) => to);
      for (let look = 0; look < looks; look++) {
        const lost: number[] = [];
        const byShard = new Map<number, RowPlace[]>();
        for (const to of left) {
          const i = keys.first[rows[to]!]!;
          const shard = located.shardOf[i]!;
          if (shard < 0) {
            lost.push(to);
            continue;
          }
          const place = { row: located.rowOf[i]!, to };
          const own = byShard.get(shard);
          if (own === undefined) byShard.set(shard, [place]);
          else own.push(place);
        }
        const again: number[] = [];
        for (const [index, own] of byShard) {
          const shard = located.shards[index]!;
          try {
            readShardRows(
              shard,
              { rows: own, names },
              (name, to, bytes) => take(shard, name, to, bytes),
            );
          } catch (error) {
            if (error instanceof RangeError) refuse(shard.path, error);
            else if (!isGone(error)) throw error;
            for (const { to } of own) again.push(to);
          }
        }
        if (again.length === 0) return lost.sort((a, b) => a - b);
        // Who was not there may have come: what is lost has to be what is missing by the same look.
        located = lookUp();
        left = [...again, ...lost];
      }
      throw new RangeError(
        `Cannot read "${search.folder}": expected files that stay, got others ${looks} times`,
      );
    },
  };
}

/** The keys of a search: those of older versions are made when such a file is there. */
interface WantedKeys {
  readonly first: Int32Array;
  /** By the sample's hash alone. */
  readonly own: KeyTable;
  readonly older: () => KeyTable;
  /** Says of a folder with this prefix whether it may have a sample, of any of so many such folders. */
  readonly isWanted: (prefixes: readonly string[]) => (prefix: string) => boolean;
}

function wantedKeys({ encoder, hashes }: Search): WantedKeys {
  const bytes = sampleKeys(hashes);
  const own = keyTable(new Uint32Array(bytes.buffer));
  let olderBytes: Uint8Array<ArrayBuffer> | undefined, olderTable: KeyTable | undefined;
  const olderKeys = () => olderBytes ??= keysOfOlder(hashes, encoder.digest);
  return {
    first: own.first,
    own,
    older: () => olderTable ??= keyTable(new Uint32Array(olderKeys().buffer)),
    isWanted(prefixes) {
      // So many samples are in most of the folders.
      if (hashes.length > 2 * prefixes.length) return () => true;
      const begins = [bytes, olderKeys()].flatMap((keys) =>
        hashes.map((_, i) => keys.subarray(i * 32, i * 32 + 2).toHex())
      );
      return (prefix) => begins.some((begin) => begin.startsWith(prefix));
    },
  };
}

/** Lists and looks, again if files went in between or what was not found may have come. */
function locate(
  { folder, encoder, hashes }: Search,
  { keys, damaged, refuse }: {
    readonly keys: WantedKeys;
    readonly damaged: ReadonlySet<string>;
    readonly refuse: (path: string, error: RangeError) => void;
  },
): Located {
  for (let look = 1;; look++) {
    const files = listShards(folder, keys.isWanted).filter(({ path }) => !damaged.has(path));
    const located = {
      shards: [],
      shardOf: new Int32Array(hashes.length).fill(-1),
      rowOf: new Int32Array(hashes.length),
    };
    let isWhole = true;
    for (const { path } of files) {
      try {
        const index = readShardIndex(path, encoder);
        takeIn(index, index.shard.bySample ? keys.own : keys.older(), located);
      } catch (error) {
        if (error instanceof RangeError) refuse(path, error);
        else if (!isGone(error)) throw error;
        else isWhole = false;
      }
    }
    const isComplete = isWhole && absentOf(keys, located).length === 0;
    if (look === looks || isComplete) return located;
    if (isWhole && isSame(files, listShards(folder, keys.isWanted), damaged)) return located;
  }
}

/** Notes which samples a shard has. */
function takeIn(
  { shard, keys }: ShardIndex,
  table: KeyTable,
  { shards, shardOf, rowOf }: Located & { readonly shards: Shard[] },
): void {
  const place = shards.length;
  for (let row = 0; row < shard.count; row++) {
    const i = table.find(keys, row);
    if (i < 0) continue;
    const held = shardOf[i]!;
    if (held >= 0 && !comesBefore(shard, shards[held]!)) continue;
    if (shards.length === place) shards.push(shard);
    shardOf[i] = place;
    rowOf[i] = row;
  }
}

/** The first of each hash that is nowhere. */
function absentOf({ first }: WantedKeys, { shardOf }: Located): number[] {
  const absent: number[] = [];
  for (let i = 0; i < first.length; i++) if (first[i] === i && shardOf[i]! < 0) absent.push(i);
  return absent;
}

/** Of two shards with a sample: that in single precision, then the packed one, then the first by name. */
export function comesBefore(a: Shard, b: Shard): boolean {
  if (a.half !== b.half) return b.half;
  if (Boolean(a.sums) !== Boolean(b.sums)) return a.sums !== undefined;
  return basename(a.path) < basename(b.path);
}

function isSame(
  before: readonly ShardFile[],
  after: readonly ShardFile[],
  damaged: ReadonlySet<string>,
): boolean {
  const known = new Set([...before.map(({ path }) => path), ...damaged]);
  return after.every(({ path }) => known.has(path));
}
