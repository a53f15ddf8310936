/** Small files of the feature store made into large ones. @module */

import { join } from "node:path";
import { comesBefore } from "./find_rows.ts";
import { type RowsToPack, SourceError, writePackedShard } from "./packed_shard.ts";
import { keyBytes, keyTable } from "./sample_keys.ts";
import { readShardIndex, type Shard, type ShardIndex } from "./shard.ts";
import { isGone, listShards, removeFile } from "./shard_files.ts";

/** What of an encoder is packed. */
export interface PackOptions {
  /** Names its folder. */
  readonly digest: string;
  /** How many small files are worth it. */
  readonly least: number;
  /** Told of each file that was damaged, and is now removed. */
  readonly onDamage: (message: string) => void;
}

/** What {@linkcode packShards} did. */
export interface Packed {
  readonly digest: string;
  /** Files that are gone, and files that they became. */
  readonly from: number;
  readonly into: number;
  /** Rows of these files. */
  readonly samples: number;
}

// A file with fewer rows and bytes is small. Folders are by so many digits of the keys that a file has
// about this many rows at most, or gigabytes; a digit less would be 16 times as many, so no file that is
// made of more than one is small.
const small = { rows: 512, bytes: 32e6 };
const large = { rows: 16_384, bytes: 1e9 };
const mostDigits = 4;

// Of small files, of each of which every large one has some rows; the others are opened again.
const keptBytes = 512e6;

/**
 * Packs the small shards of an encoder into large ones, sorted by their keys, in folders named after what
 * these begin with. A sample that is there twice is kept as it would have been read; all rows are checked.
 *
 * Small ones go when all that was made of them is on the disk, so a reader, who looks again for files that
 * are gone, finds every sample at any time, and a kill loses nothing. Two packers at a time make the same
 * files, or some rows twice, which the next one makes one.
 */
export function packShards(
  store: string,
  { digest, least, onDamage }: PackOptions,
): Packed | undefined {
  const folder = join(store, digest);
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      return packOnce(folder, { digest, least, onDamage });
    } catch (error) {
      // Another has packed the same, or will be found to be damaged no more.
      if (!(error instanceof SourceError)) throw error;
      const { cause, shard } = error;
      if (cause instanceof RangeError) remove(shard.path, cause, onDamage);
      else if (!isGone(cause)) throw cause;
    }
  }
}

function packOnce(folder: string, { digest, least, onDamage }: PackOptions): Packed | undefined {
  const files = listShards(folder);
  if (files.length < least) return;
  const indices = files.flatMap(({ path }) => {
    try {
      return [readShardIndex(path, { digest })];
    } catch (error) {
      if (error instanceof RangeError) remove(path, error, onDamage);
      else if (!isGone(error)) throw error;
      return [];
    }
  });
  const sources = indices.filter(({ shard }) => isSmall(shard)).map(({ shard }) => shard);
  if (sources.length < least) return;
  const made = new Set<string>();
  const kept = { contents: new Map(), room: keptBytes };
  let samples = 0;
  for (const same of Map.groupBy(indices, ({ shard }) => shard.bySample).values()) {
    for (const group of groupsToPack(same)) {
      samples += group.places.length;
      for (const path of writeGroup(folder, group, { digest, kept })) made.add(path);
    }
  }
  const gone = sources.filter(({ path }) => !made.has(path));
  if (gone.length === 0) return; // They were packed, each kind of features by itself.
  for (const { path } of gone) removeFile(path);
  return { digest, from: gone.length, into: made.size, samples };
}

function isSmall({ count, bytes }: Shard): boolean {
  return count < small.rows && bytes < small.bytes;
}

/** Rows of small shards, by the kind of their features. */
interface Group {
  /** Of all shards that are found by such keys, one row after the other, and the rows themselves. */
  readonly keys: Uint32Array<ArrayBuffer>;
  readonly shardOf: readonly Shard[];
  readonly rowOf: Int32Array;
  /** Of the rows of this group among those, in the order of their keys. */
  readonly places: readonly number[];
}

/** What is to be packed of the shards that are found by keys of one kind: each sample once. */
function groupsToPack(indices: readonly ShardIndex[]): Group[] {
  const count = indices.reduce((sum, { shard }) => sum + shard.count, 0);
  const keys = new Uint32Array(count * keyBytes / 4);
  const rowOf = new Int32Array(count);
  const shardOf: Shard[] = [];
  for (const index of indices) {
    keys.set(index.keys, shardOf.length * keyBytes / 4);
    for (let row = 0; row < index.shard.count; row++) {
      rowOf[shardOf.length] = row;
      shardOf.push(index.shard);
    }
  }
  const { first } = keyTable(keys);
  const best = Int32Array.from(first);
  for (let i = 0; i < count; i++) {
    const held = best[first[i]!]!;
    if (comesBefore(shardOf[i]!, shardOf[held]!)) best[first[i]!] = i;
  }
  const kept = Array.from(rowOf.keys())
    .filter((i) => best[first[i]!] === i && isSmall(shardOf[i]!));
  const leads = leadingNumbers(keys);
  const rank = (a: number, b: number) => leads[a]! - leads[b]! || compareKeys(keys, a, b);
  return [...Map.groupBy(kept, (i) => kindOf(shardOf[i]!)).values()]
    .map((places) => ({ keys, shardOf, rowOf, places: places.sort(rank) }));
}

const kinds = new WeakMap<Shard, string>();

/** The features of a shard: their names, types and shapes. */
function kindOf(shard: Shard): string {
  const known = kinds.get(shard);
  if (known !== undefined) return known;
  const kind = JSON.stringify(
    Object.entries(shard.places).map(([name, { dtype, shape }]) => [name, dtype, shape.slice(1)]),
  );
  kinds.set(shard, kind);
  return kind;
}

/** The first 48 bits of keys: a sort compares them as numbers. */
function leadingNumbers(keys: Uint32Array<ArrayBuffer>): Float64Array {
  const view = new DataView(keys.buffer);
  return Float64Array.from(
    { length: keys.byteLength / keyBytes },
    (_, i) => view.getUint32(i * keyBytes) * 2 ** 16 + view.getUint16(i * keyBytes + 4),
  );
}

function compareKeys(keys: Uint32Array<ArrayBuffer>, a: number, b: number): number {
  const [x, y] = [a, b].map((i) => new Uint8Array(keys.buffer, i * keyBytes, keyBytes).toHex());
  return x! < y! ? -1 : Number(x !== y);
}

/** Writes a group's files, and returns their paths. */
function writeGroup(
  folder: string,
  { keys, shardOf, rowOf, places }: Group,
  of: Pick<RowsToPack, "digest" | "kept">,
): string[] {
  const bytesOf = (i: number) => new Uint8Array(keys.buffer, i * keyBytes, keyBytes);
  const digits = digitsFor(places.length, shardOf[places[0]!]!);
  const prefixOf = (i: number) => bytesOf(i).subarray(0, 2).toHex().slice(0, digits);
  const id = [...new Set(places.map((i) => shardOf[i]!.id))].filter((id) => id !== undefined)
    .sort()[0];
  return [...Map.groupBy(places, prefixOf)].map(([prefix, own]) => {
    const place = join(folder, prefix);
    Deno.mkdirSync(place, { recursive: true });
    const ownKeys = new Uint8Array(own.length * keyBytes);
    own.forEach((i, row) => ownKeys.set(bytesOf(i), row * keyBytes));
    const rows = own.map((i) => ({ shard: shardOf[i]!, row: rowOf[i]! }));
    return join(place, writePackedShard(place, { ...of, id, keys: ownKeys, rows }));
  });
}

function digitsFor(rows: number, { places, count }: Shard): number {
  const rowBytes = Object.values(places).reduce((sum, { begin, end }) => sum + end - begin, 0) /
    count;
  const files = Math.max(rows / large.rows, rows * rowBytes / large.bytes);
  return Math.min(mostDigits, Math.max(0, Math.ceil(Math.log2(files) / 4)));
}

function remove(path: string, error: RangeError, onDamage: (message: string) => void): void {
  removeFile(path);
  onDamage(`${error.message}; removed, its samples will be encoded again`);
}
