/** Files of a corpus: listed in one order on every machine, read and hashed a few at a time. @module */

import { kindOf, mapBounded, sha256 } from "../files.ts";
import { audioEndings } from "../signal/decode_audio.ts";

/** A file and its name within the corpus. */
export interface CorpusFile {
  /** What to open. */
  readonly path: string;
  /** The path relative to the corpus, with forward slashes. */
  readonly id: string;
  /** What it holds, if it is at hand: `path` is then not opened. */
  readonly bytes?: Uint8Array;
}

/**
 * Every file below `directory`, sorted by {@linkcode CorpusFile.id} in code-unit order. Hidden files
 * and what archivers and file managers leave behind (`__MACOSX`, `Thumbs.db`, `desktop.ini`) are no
 * part of a corpus and are passed over. A folder that is named as an image or a clip is listed as a
 * file, which it will be refused as, rather than looked into.
 *
 * @throws {RangeError} `directory` is no folder, or in it lies a symbolic link, since what it leads to
 * may be outside, or something else that is no file, such as a pipe, whose end may never come.
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
      if (!entry.isFile && !entry.isDirectory) {
        const got = entry.isSymlink ? "a link" : "neither";
        throw new RangeError(`Cannot read "${path}": expected a file or folder, got ${got}`);
      }
      const isFolder = entry.isDirectory && !isSampleName(entry.name);
      (isFolder ? pending : files).push({ path, id });
    }
  }
  return files.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function isSampleName(name: string): boolean {
  return hasEnding(name, [...audioEndings, ".jpg", ".jpeg", ".png", ".webp", ".bmp"]);
}

/** Whether a name ends so, in small or capital letters. */
export function hasEnding(name: string, endings: readonly string[]): boolean {
  return endings.some((ending) => name.toLowerCase().endsWith(ending));
}

function isLitter(name: string): boolean {
  return name.startsWith(".") || ["__macosx", "thumbs.db", "desktop.ini"].includes(
    name.toLowerCase(),
  );
}

function article(kind: "file" | "nothing"): string {
  return kind === "file" ? "a file" : "nothing";
}

/** What a reader of files is told besides. */
export interface HashOptions {
  /**
   * Told of each file that can't be read or is corrupt, and of what is wrong with it, in the order of
   * the files; the file is then left out. Without it, the first is thrown.
   */
  readonly onCorrupt?: ((error: Error, file: CorpusFile) => void) | undefined;
  /** Told how many files are read. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

// A minute of music on a compact disc is 10 MB, a photograph rarely as many. So many bytes are in
// memory for each file that is read at the time.
const longestFile = 64e6;

/**
 * Reads each file, lets `look` throw on bytes that are no such sample, and returns the SHA-256 of
 * each and what `look` returned. With `onCorrupt`, a file that can't be used is `undefined`.
 *
 * @throws {RangeError} A file can't be read, or is longer than 64 MB.
 */
export async function hashFiles<Seen = void>(
  files: readonly CorpusFile[],
  { look, onCorrupt, onProgress = () => {} }: HashOptions & {
    readonly look: (bytes: Uint8Array, path: string) => Seen | Promise<Seen>;
  },
): Promise<(HashedFile<Seen> | undefined)[]> {
  let done = 0;
  const outcomes = await mapBounded(files, async ({ path, bytes: held }) => {
    try {
      const bytes = held ?? await readBounded(path);
      return { seen: await look(bytes, path), hash: sha256(bytes) };
    } catch (error) {
      if (onCorrupt === undefined) throw error;
      return error as Error;
    } finally {
      onProgress(++done, files.length);
    }
  });
  return outcomes.map((outcome, i) => {
    if (!(outcome instanceof Error)) return outcome;
    onCorrupt?.(outcome, files[i]!);
  });
}

async function readBounded(path: string): Promise<Uint8Array> {
  const fail = (got: string, cause?: unknown): never => {
    throw new RangeError(
      `Cannot read "${path}": expected a file of ${longestFile / 1e6} MB or less, got ${got}`,
      { cause },
    );
  };
  try {
    const { isFile, isDirectory, size } = await Deno.stat(path);
    if (isFile && size <= longestFile) return await Deno.readFile(path);
    return fail(isFile ? `${Math.ceil(size / 1e6)} MB` : isDirectory ? "a folder" : "no file");
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return fail((error as Error).message, error);
  }
}

/** A file as {@linkcode hashFiles} found it. */
export interface HashedFile<Seen> {
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
  readonly seen: Seen;
}
