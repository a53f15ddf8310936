/** What a feature store holds, and how it is made smaller. @module */

import { join } from "node:path";
import { ifThere, mapBounded, namesIn, partialLifeMs, removeIfThere } from "../files.ts";
import { readShardIndex, type ShardIndex } from "./shard.ts";

/** The shards of an encoder's folder in the order of their names; none where there is no folder. */
export async function listShards(folder: string): Promise<string[]> {
  return (await namesIn(folder)).filter((name) => shardName.test(name))
    .map((name) => join(folder, name));
}

const shardName = /^[0-9a-f]{32}\.safetensors$/;
const partialName = /^[0-9a-f]{32}\.safetensors\.[0-9a-f-]+\.partial$/;

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
  const found = await Promise.all(
    (await digestsIn(folder)).map((digest) => measure(folder, digest)),
  );
  return found.sort((a, b) => b.bytes - a.bytes || (a.digest < b.digest ? -1 : 1));
}

async function measure(folder: string, digest: string): Promise<StoredFeatures> {
  const files = await ownFiles(join(folder, digest));
  const shards = files.filter(({ name }) => shardName.test(name));
  const indices = await mapBounded(
    shards,
    ({ path }) =>
      readShardIndex(path).catch((error): undefined => {
        if (!(error instanceof RangeError || error instanceof Deno.errors.NotFound)) throw error;
      }),
  );
  const whole = indices.filter((index): index is ShardIndex => index !== undefined);
  const id = whole.find(({ id }) => id !== undefined)?.id;
  return {
    digest,
    ...id !== undefined && { id },
    samples: new Set(whole.flatMap(({ keys }) => keys)).size,
    shards: whole.length,
    half: whole.filter(({ half }) => half).length,
    damaged: shards.length - whole.length,
    partials: files.length - shards.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    written: Math.max(0, ...files.map(({ written }) => written)),
  };
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
    for (const file of await ownFiles(own)) {
      if (!all && !(partial && isStale(file))) continue;
      pruned.push({ path: file.path, bytes: file.bytes });
      if (!dryRun) await removeIfThere(file.path);
    }
    // Fails where something is left, which then stays.
    if (!dryRun && all) await Deno.remove(own).catch(() => {});
  }
  return pruned;
}

/** Removes what writers have left in an encoder's folder an hour ago or longer. */
export async function removeStalePartials(folder: string): Promise<void> {
  for (const file of await ownFiles(folder)) if (isStale(file)) await removeIfThere(file.path);
}

/** A file that the store has made. */
interface OwnFile extends Pruned {
  readonly name: string;
  readonly written: number;
}

function isStale({ name, written }: OwnFile): boolean {
  return partialName.test(name) && Date.now() - written > partialLifeMs;
}

async function ownFiles(folder: string): Promise<OwnFile[]> {
  const names = (await namesIn(folder))
    .filter((name) => shardName.test(name) || partialName.test(name));
  const files = await mapBounded(names, async (name): Promise<OwnFile[]> => {
    const path = join(folder, name);
    const info = await ifThere(Deno.lstat(path));
    if (!info?.isFile) return [];
    return [{ name, path, bytes: info.size, written: info.mtime?.getTime() ?? 0 }];
  });
  return files.flat();
}

async function digestsIn(folder: string): Promise<string[]> {
  const digests: string[] = [];
  for (const name of await namesIn(folder)) {
    if (!/^[0-9a-f]{64}$/.test(name)) continue;
    if ((await Deno.lstat(join(folder, name))).isDirectory) digests.push(name);
  }
  return digests;
}
