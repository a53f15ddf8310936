/**
 * The files of the feature store: shards in an encoder's folder, packed ones also in folders there named
 * after what their keys begin with, and what killed writers have left.
 *
 * @module
 */

import { join } from "node:path";
import { partialLifeMs } from "../files.ts";

/** A shard by its name. */
export interface ShardFile {
  readonly name: string;
  readonly path: string;
  /** What the keys of its rows begin with, in hexadecimal. */
  readonly prefix: string;
}

const shardName = /^[0-9a-f]{32}\.safetensors$/;
const partialName = /^(?:[0-9a-f]{32}\.)?safetensors\.[0-9a-f-]+\.partial$/;
const prefixName = /^[0-9a-f]{1,4}$/;

/** Says whether a file of an encoder's folder is named as shards are. */
export function isShard(name: string): boolean {
  return shardName.test(name);
}

/**
 * The shards of an encoder's folder; none where there is no folder. Those of a folder of it are listed
 * after its own, so that one that is packed while this goes on is not missed: it was there before those
 * that it is made of went.
 */
export function listShards(
  folder: string,
  isWanted: (prefixes: readonly string[]) => (prefix: string) => boolean = () => () => true,
): ShardFile[] {
  const prefixes: string[] = [];
  const files: ShardFile[] = [];
  for (const { name, isDirectory } of entriesOf(folder)) {
    if (isDirectory && prefixName.test(name)) prefixes.push(name);
    if (shardName.test(name)) files.push({ name, path: join(folder, name), prefix: "" });
  }
  for (const prefix of prefixes.filter(isWanted(prefixes))) {
    for (const { name } of entriesOf(join(folder, prefix))) {
      if (!shardName.test(name)) continue;
      files.push({ name, path: join(folder, prefix, name), prefix });
    }
  }
  return files;
}

/** A file that the store has made. */
export interface OwnFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** In ms since 1970. */
  readonly written: number;
}

/** All files of the store in an encoder's folder, those of killed writers too, by path. No link counts. */
export function listOwnFiles(folder: string): OwnFile[] {
  const own: OwnFile[] = [];
  for (const place of [folder, ...prefixFolders(folder)]) {
    for (const { name, isFile } of entriesOf(place)) {
      if (!isFile || !(shardName.test(name) || partialName.test(name))) continue;
      const path = join(place, name);
      const info = unlessGone(() => Deno.lstatSync(path));
      if (!info?.isFile) continue;
      own.push({ name, path, bytes: info.size, written: info.mtime?.getTime() ?? 0 });
    }
  }
  return own.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The folders of packed shards in an encoder's folder. */
export function prefixFolders(folder: string): string[] {
  return entriesOf(folder).filter(({ name, isDirectory }) => isDirectory && prefixName.test(name))
    .map(({ name }) => join(folder, name));
}

/** Says whether a file is what a writer has left that is dead. */
export function isStale({ name, written }: Pick<OwnFile, "name" | "written">): boolean {
  return partialName.test(name) && Date.now() - written > partialLifeMs;
}

/** Removes what writers have left in an encoder's folder an hour ago or longer. */
export function removeStalePartials(folder: string): void {
  for (const file of listOwnFiles(folder)) if (isStale(file)) removeFile(file.path);
}

/** Removes a file, unless it is gone. */
export function removeFile(path: string): void {
  unlessGone(() => Deno.removeSync(path));
}

/** What is asked of a file, or undefined where it is gone, on a network disk while it is open too. */
export function unlessGone<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Says whether an error is that of a file, or a folder, that is not there. */
export function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    (error as { code?: string }).code === "ESTALE";
}

function entriesOf(folder: string): Deno.DirEntry[] {
  return unlessGone(() => [...Deno.readDirSync(folder)]) ?? [];
}
