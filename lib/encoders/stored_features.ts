/** What a feature store holds, and how it is made smaller. @module */

import { join } from "node:path";
import { namesIn } from "../files.ts";
import { type Packed, packShards } from "./pack_shards.ts";
import { readShardIndex, type Shard, type ShardIndex } from "./shard.ts";
import {
  isShard,
  isStale,
  listOwnFiles,
  prefixFolders,
  removeFile,
  removeStalePartials,
  unlessGone,
} from "./shard_files.ts";

/** What the store holds of one encoder. */
export interface StoredFeatures {
  /** Names the folder. */
  readonly digest: string;
  /** Of the encoder and its transform, if a file says so; those of older versions don't. */
  readonly id?: string;
  /** Different ones. */
  readonly samples: number;
  readonly shards: number;
  /** How many of the shards have features in half precision. */
  readonly half: number;
  /** How many files are no shards though they are named so. */
  readonly damaged: number;
  /** What killed writers have left, or living ones are writing. */
  readonly partials: number;
  /** All files together. */
  readonly bytes: number;
  /** When the last of them was written, in ms since 1970. */
  readonly written: number;
}

/**
 * Lists the encoders of the store in `folder`, largest first. Keys are read and numbers are not: a
 * shard whose numbers are damaged counts as whole.
 */
export async function listFeatures(folder: string): Promise<StoredFeatures[]> {
  const found = (await digestsIn(folder)).map((digest) => measure(folder, digest));
  return found.sort((a, b) => b.bytes - a.bytes || (a.digest < b.digest ? -1 : 1));
}

function measure(folder: string, digest: string): StoredFeatures {
  const files = listOwnFiles(join(folder, digest));
  const shards = files.filter(({ name }) => isShard(name));
  const whole: Shard[] = [];
  const keys: BigUint64Array[] = [];
  for (const { path } of shards) {
    const index = indexOf(path, digest);
    if (index === undefined) continue;
    whole.push(index.shard);
    keys.push(firstLongs(index));
  }
  const id = whole.find(({ id }) => id !== undefined)?.id;
  return {
    digest,
    ...id !== undefined && { id },
    samples: countDifferent(keys),
    shards: whole.length,
    half: whole.filter(({ half }) => half).length,
    damaged: shards.length - whole.length,
    partials: files.length - shards.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    written: files.reduce((last, { written }) => Math.max(last, written), 0),
  };
}

function indexOf(path: string, digest: string): ShardIndex | undefined {
  try {
    return unlessGone(() => readShardIndex(path, { digest }));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** 64 bits of each key: of 10 million two are alike by a chance of 3e-6. */
function firstLongs({ keys }: ShardIndex): BigUint64Array {
  const longs = new BigUint64Array(keys.buffer, 0, keys.length / 2);
  return BigUint64Array.from({ length: longs.length / 4 }, (_, i) => longs[4 * i]!);
}

function countDifferent(some: readonly BigUint64Array[]): number {
  const all = new BigUint64Array(some.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const own of some) {
    all.set(own, filled);
    filled += own.length;
  }
  all.sort();
  let count = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) count++;
  return count;
}

/**
 * Makes large files of the small ones of every encoder of the store in `folder`, where there are two or
 * more, and says of which. `onDamage` is told of files that were damaged, and are now removed. Others may
 * read, write and pack meanwhile.
 */
export async function* packFeatures(
  folder: string,
  { onDamage }: { readonly onDamage: (message: string) => void },
): AsyncGenerator<Packed> {
  for (const digest of await digestsIn(folder)) {
    removeStalePartials(join(folder, digest));
    const packed = packShards(folder, { digest, least: 2, onDamage });
    if (packed) yield packed;
  }
}

/** Which files of a store go; none by default. */
export interface PruneOptions {
  /** Whether all files of an encoder go; those of none by default. */
  readonly drop?: (features: StoredFeatures) => boolean;
  /** What killed writers have left an hour ago or longer, of all encoders. */
  readonly partial?: boolean;
  /** Only says what would go. */
  readonly dryRun?: boolean;
}

/** What {@linkcode pruneFeatures} removed, or would. */
export interface Pruned {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Removes files of the store in `folder`: shards and what writers have left, by their names, in
 * folders named as digests are. Nothing else is touched, and no link is followed. A folder that is
 * then empty goes too. A run that reads them at the time encodes its samples again.
 */
export async function pruneFeatures(
  folder: string,
  { drop = () => false, partial = false, dryRun = false }: PruneOptions,
): Promise<Pruned[]> {
  const pruned: Pruned[] = [];
  for (const features of await listFeatures(folder)) {
    const own = join(folder, features.digest);
    const all = drop(features);
    for (const file of listOwnFiles(own)) {
      if (!all && !(partial && isStale(file))) continue;
      pruned.push({ path: file.path, bytes: file.bytes });
      if (!dryRun) removeFile(file.path);
    }
    if (dryRun || !all) continue;
    // Fails where something is left, which then stays.
    for (const made of [...prefixFolders(own), own]) await Deno.remove(made).catch(() => {});
  }
  return pruned;
}

async function digestsIn(folder: string): Promise<string[]> {
  const digests: string[] = [];
  for (const name of await namesIn(folder)) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue;
    if ((await Deno.lstat(join(folder, name))).isDirectory) digests.push(name);
  }
  return digests;
}
