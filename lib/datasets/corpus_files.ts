/** Files of a corpus: listed in one order on every machine, read and hashed a few at a time. @module */

import { kindOf, mapBounded } from "../files.ts";
import { audioEndings } from "../signal/decode_audio.ts";
import type { FileHashes } from "./file_hashes.ts";
import { type HashedFile, hashFile } from "./hash_file.ts";
import { imageEndings } from "./open_image.ts";
import type { PictureLook } from "./picture_looks.ts";
import { manyPictures, pictureWorkers } from "./picture_workers.ts";
import { listCounts } from "./valence.ts";

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
 * file, which it will be refused as, rather than looked into. Links are followed inside the corpus,
 * and inside the cache of the Hugging Face hub that it is in, where files are links to blobs.
 *
 * With `onCorrupt`, what is refused below `directory` is told and left out.
 *
 * @throws {RangeError} `directory` is no folder, or in it lies a link that leads out of it, to nothing
 * or in a circle, or something else that is no file, such as a pipe, whose end may never come.
 */
export async function listFiles(
  directory: string,
  { onCorrupt }: Pick<HashOptions, "onCorrupt"> = {},
): Promise<CorpusFile[]> {
  const kind = await kindOf(directory);
  if (kind !== "folder") {
    throw new RangeError(`Cannot read "${directory}": expected a folder, got ${article(kind)}`);
  }
  const root = await Deno.realPath(directory);
  const files: CorpusFile[] = [];
  const pending: Folder[] = [
    { path: directory.replace(/(?<=.)[\\/]+$/, ""), id: "", trail: [root] },
  ];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for await (const entry of Deno.readDir(folder.path)) {
      if (isLitter(entry.name)) continue;
      const path = `${folder.path.replace(/\/$/, "")}/${entry.name}`;
      const file = { path, id: folder.id === "" ? entry.name : `${folder.id}/${entry.name}` };
      try {
        const { isFolder, trail } = await lookAtEntry(entry, path, folder.trail);
        if (isFolder && !isSampleName(entry.name)) pending.push({ ...file, trail });
        else files.push(file);
      } catch (error) {
        if (onCorrupt === undefined) throw error;
        onCorrupt(error as Error, file);
      }
    }
  }
  return files.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A folder, and where the links that led to it have gone, the corpus itself first. */
type Folder = CorpusFile & { readonly trail: readonly [root: string, ...folders: string[]] };

async function lookAtEntry(
  { isFile, isDirectory, isSymlink }: Deno.DirEntry,
  path: string,
  trail: Folder["trail"],
): Promise<{ isFolder: boolean; trail: Folder["trail"] }> {
  const fail = (got: string): never => {
    throw new RangeError(`Cannot read "${path}": expected a file or folder, got ${got}`);
  };
  if (isFile || isDirectory) return { isFolder: isDirectory, trail };
  if (!isSymlink) return fail("neither");
  const target = await Deno.realPath(path).catch(() => fail("a link to nothing"));
  if (!isInside(target, boundsOf(trail[0]))) {
    return fail(`a link out of the corpus, to "${target}"`);
  }
  const { isFile: toFile, isDirectory: toFolder } = await Deno.stat(target);
  if (!toFile && !toFolder) return fail("a link to neither");
  if (toFolder && trail.includes(target)) return fail("a link in a circle");
  return { isFolder: toFolder, trail: toFolder ? [...trail, target] : trail };
}

/** Where links may lead: in the hub's cache a revision's files are links to the blobs beside it. */
function boundsOf(root: string): string {
  const hub = /^(.*[\\/](?:models|datasets|spaces)--[^\\/]+)[\\/]snapshots[\\/]/.exec(root);
  return hub?.[1] ?? root;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || ["/", "\\"].some((slash) => path.startsWith(`${folder}${slash}`));
}

function isSampleName(name: string): boolean {
  return hasEnding(name, [...audioEndings, ...imageEndings]);
}

/** Whether a name ends so, in small or capital letters. */
export function hasEnding(name: string, endings: readonly string[]): boolean {
  return endings.some((ending) => name.toLowerCase().endsWith(ending));
}

/**
 * What is said of files that nothing reads, by the endings of their names: a note of a corpus, or
 * none.
 */
export function noteOfOthers(files: readonly CorpusFile[]): string[] {
  if (files.length === 0) return [];
  const endings = Map.groupBy(files, ({ id }) => /[^/.](\.[^/.]+)$/.exec(id)?.[1] ?? "without");
  const counts = [...endings].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([ending, those]) => [ending, those.length] as const);
  const first = files.slice(0, 3).map(({ id }) => id).join(", ");
  const more = files.length > 3 ? ", …" : "";
  return [`not read, by the endings of their names: ${listCounts(counts)}: ${first}${more}`];
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
  /** What earlier commands have read, and where this one keeps what it reads. */
  readonly hashes?: FileHashes | undefined;
}

/** What is looked for in files. */
export interface Looking<Seen> {
  /** Throws on bytes that are no such sample. */
  readonly look: (bytes: Uint8Array, path: string) => Seen | Promise<Seen>;
  /**
   * Names what `look` finds, for {@linkcode HashOptions.hashes}: another where it finds otherwise.
   * Without it nothing is kept.
   */
  readonly name?: string;
  /** The same look, of many files, in workers. */
  readonly inWorkers?: PictureLook;
}

/**
 * Reads each file, lets `look` throw on bytes that are no such sample, and returns the SHA-256 of
 * each and what `look` returned. With `onCorrupt`, a file that can't be used is `undefined`. A file
 * that `hashes` know, and that has not changed since, is not read.
 *
 * @throws {RangeError} A file can't be read, or is longer than 64 MB.
 */
export async function hashFiles<Seen = void>(
  files: readonly CorpusFile[],
  { look, name, inWorkers, hashes, onCorrupt, onProgress = () => {} }:
    & HashOptions
    & Looking<Seen>,
): Promise<(HashedFile<Seen> | undefined)[]> {
  let done = 0;
  const records = await mapBounded(files, async (file) => {
    return name === undefined ? undefined : await hashes?.find(file, name);
  });
  const unknown = records.filter((record) => !record?.known).length;
  const workers = inWorkers && unknown >= manyPictures ? pictureWorkers(inWorkers) : undefined;
  const read = async (file: CorpusFile) =>
    await workers?.read(file) as HashedFile<Seen> | undefined ?? await hashFile(file, look);
  try {
    const outcomes = await mapBounded(
      files,
      async (file, i): Promise<HashedFile<Seen> | Error> => {
        try {
          const { known, keep } = records[i] ?? {};
          if (known) return known as HashedFile<Seen>;
          const found = await read(file);
          keep?.(found);
          return found;
        } catch (error) {
          if (onCorrupt === undefined) throw error;
          return error as Error;
        } finally {
          onProgress(++done, files.length);
        }
      },
      workers && { limit: workers.room },
    );
    return outcomes.map((outcome, i) => {
      if (!(outcome instanceof Error)) return outcome;
      onCorrupt?.(outcome, files[i]!);
    });
  } finally {
    workers?.end();
    await hashes?.save();
  }
}
