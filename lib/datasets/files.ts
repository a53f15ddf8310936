/** Files of a corpus: listed in one order on every machine, read and hashed a few at a time. @module */

import { createHash } from "node:crypto";

/** A file and its name within the corpus. */
export interface CorpusFile {
  /** What to open. */
  readonly path: string;
  /** The path relative to the corpus, with forward slashes. */
  readonly id: string;
}

/** SHA-256 in hexadecimal; of a string, that of its UTF-8 bytes. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** What is at `path`. */
export async function kindOf(path: string): Promise<"file" | "folder" | "nothing"> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "nothing";
    throw error;
  }
}

/**
 * Every file below `directory`, sorted by {@linkcode CorpusFile.id} in code-unit order. Hidden files
 * and what archivers and file managers leave behind (`__MACOSX`, `Thumbs.db`, `desktop.ini`) are no
 * part of a corpus and are passed over.
 *
 * @throws {RangeError} `directory` is no folder, or a symbolic link lies in it: what it leads to may
 * be outside.
 */
export async function listFiles(directory: string): Promise<CorpusFile[]> {
  const kind = await kindOf(directory);
  if (kind !== "folder") {
    throw new RangeError(`Cannot read "${directory}": expected a folder, got ${article(kind)}`);
  }
  const files: CorpusFile[] = [];
  const pending = [{ path: directory.replace(/(?<=.)[\\/]+$/, ""), id: "" }];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for await (const entry of Deno.readDir(folder.path)) {
      if (isLitter(entry.name)) continue;
      const path = `${folder.path.replace(/\/$/, "")}/${entry.name}`;
      const id = folder.id === "" ? entry.name : `${folder.id}/${entry.name}`;
      if (entry.isSymlink) {
        throw new RangeError(`Cannot read "${path}": expected a file or folder, got a link`);
      }
      (entry.isDirectory ? pending : files).push({ path, id });
    }
  }
  return files.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function isLitter(name: string): boolean {
  return name.startsWith(".") || ["__macosx", "thumbs.db", "desktop.ini"].includes(
    name.toLowerCase(),
  );
}

function article(kind: "file" | "nothing"): string {
  return kind === "file" ? "a file" : "nothing";
}

/**
 * Applies `task` to every item, at most `limit` at a time, and returns the results in the order of
 * the items. If some fail, no more are begun and the error of the first of them in that order is
 * thrown, so that equal input gives equal errors.
 */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  task: (item: Item, index: number) => Promise<Result>,
  { limit = 16 }: { readonly limit?: number } = {},
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const failures = new Map<number, unknown>();
  let next = 0;
  const worker = async () => {
    while (next < items.length && failures.size === 0) {
      const index = next++;
      try {
        results[index] = await task(items[index]!, index);
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return results;
}

/**
 * Reads each file, lets `look` throw on bytes that are no such sample, and returns the SHA-256 of
 * each and what `look` returned. With `onCorrupt`, that is told what `look` threw, file after file,
 * and the file is `undefined`.
 */
export async function hashFiles<Seen = void>(
  files: readonly CorpusFile[],
  { look, onCorrupt }: {
    readonly look: (bytes: Uint8Array, path: string) => Seen | Promise<Seen>;
    readonly onCorrupt?: ((error: Error) => void) | undefined;
  },
): Promise<(HashedFile<Seen> | undefined)[]> {
  const outcomes = await mapBounded(files, async ({ path }) => {
    const bytes = await Deno.readFile(path);
    try {
      return { seen: await look(bytes, path), hash: sha256(bytes) };
    } catch (error) {
      if (onCorrupt === undefined) throw error;
      return error as Error;
    }
  });
  return outcomes.map((outcome) => {
    if (!(outcome instanceof Error)) return outcome;
    onCorrupt?.(outcome);
  });
}

/** A file as {@linkcode hashFiles} found it. */
export interface HashedFile<Seen> {
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
  readonly seen: Seen;
}
