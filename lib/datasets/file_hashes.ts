/** What files were found to be, kept between commands, so that only those that changed are read again. @module */

import { neededNodeModule } from "../deps/node.ts";
import type { FileContent, HashedFile } from "./hash_file.ts";
import { ifThere, sha256, writeWhole } from "../files.ts";

/** What is kept of a file, and how more of it is. */
export interface FileRecord {
  /** As it was read before; undefined if it never was or has changed. */
  readonly known: HashedFile<unknown> | undefined;
  /** Keeps what was read after the record was asked for. */
  keep(found: HashedFile<unknown>): void;
}

/** Hashes of files by path, size and time of modification; see {@linkcode openFileHashes}. */
export interface FileHashes {
  /** The record of a file under the name of a look at its bytes. */
  find(file: FileContent, look: string): Promise<FileRecord>;
  /** Writes what is new, together with what other processes have written since. */
  save(): Promise<void>;
}

/** How {@linkcode openFileHashes} keeps, and whom it tells. */
export interface FileHashesOptions {
  /** Most files that are kept; of each part those asked for last stay. @default 2000000 */
  readonly most?: number;
  /** Into how many files they are divided. @default 64 */
  readonly parts?: number;
  /** Told of a part that is damaged or can't be written; what it held is made anew. */
  readonly onDamage?: ((message: string) => void) | undefined;
}

// Deno tells the time of a change in seconds: one that was written so lately may change within its tick.
const settledMilliseconds = 2000;

type Entry = readonly [key: string, stamp: string, hash: string, seen: unknown];

/** What a part holds: lines of JSON by key, which are an {@linkcode Entry} each; few are looked into. */
type Lines = Map<string, string>;

/**
 * Opens the manifest in the folder `path`, which need not exist: files that are divided by the digest of
 * a file's path, each of them a line with the SHA-256 of the rest, and a line of JSON per file. A part is
 * read when it is first asked and written whole where there is something new, so that a process that is
 * killed leaves what was there; of two that write at a time each adds what the other has written before,
 * and what one of them loses is read once more.
 *
 * A file counts as unchanged while its path, size and times are the same. One that was written less
 * than two seconds before it is read is not kept, since another change may leave them so. Content that
 * is at hand, such as a picture in a row of a table, is found by its SHA-256.
 */
export function openFileHashes(
  path: string,
  { most = 2_000_000, parts = 64, onDamage = () => {} }: FileHashesOptions = {},
): FileHashes {
  const all = Array.from({ length: parts }, (_, part) => {
    const name = part.toString(16).padStart(2, "0");
    return openPart(`${path}/${name}`, { most: Math.ceil(most / parts), onDamage });
  });
  return {
    async find(file, look) {
      const { path, bytes } = file;
      const name = bytes ? sha256(bytes) : neededNodeModule("node:path").resolve(path);
      const key = sha256(`${look} ${name}`).slice(0, 32);
      const part = all[Number.parseInt(key.slice(0, 8), 16) % parts]!;
      const stamp = bytes ? { text: "", isSettled: true } : await stampOf(path);
      const known = stamp && await part.find(key, stamp.text);
      return {
        known,
        keep({ hash, seen }) {
          if (stamp?.isSettled) part.keep([key, stamp.text, hash, seen ?? null]);
        },
      };
    },
    async save() {
      for (const part of all) await part.save();
    },
  };
}

/** One of the files of a manifest. */
function openPart(
  path: string,
  { most, onDamage }: { readonly most: number; readonly onDamage: (message: string) => void },
) {
  let kept: Promise<Lines> | undefined;
  // In the order in which they were last asked for.
  const used: Lines = new Map();
  let isNew = false;
  const touch = (key: string, line: string) => {
    used.delete(key);
    used.set(key, line);
  };
  return {
    async find(key: string, stamp: string): Promise<HashedFile<unknown> | undefined> {
      const line = used.get(key) ?? (await (kept ??= readLines(path, onDamage))).get(key);
      if (line === undefined) return undefined;
      const [, then, hash, seen] = JSON.parse(line) as Entry;
      if (then !== stamp) return undefined;
      touch(key, line);
      return { hash, seen: seen ?? undefined };
    },
    keep(entry: Entry): void {
      touch(entry[0], JSON.stringify(entry));
      isNew = true;
    },
    async save(): Promise<void> {
      if (!isNew) return;
      // Another process may have written since; its damage was told of before.
      const all = await readLines(path, () => {});
      for (const [key, line] of used) {
        all.delete(key);
        all.set(key, line);
      }
      const lines = [...all.values()].slice(-most).join("\n");
      try {
        await Deno.mkdir(neededNodeModule("node:path").dirname(path), { recursive: true });
        await writeWhole(path, `${sha256(lines)}\n${lines}`);
        isNew = false;
      } catch (error) {
        onDamage(`Cannot keep hashes in "${path}": ${(error as Error).message}`);
      }
    },
  };
}

async function stampOf(file: string): Promise<{ text: string; isSettled: boolean } | undefined> {
  const now = Date.now();
  const info = await Deno.stat(file).catch(() => undefined); // Reading it says what is wrong.
  if (!info?.isFile || info.mtime === null) return undefined;
  const times = [info.mtime, info.ctime].map((time) => time?.getTime() ?? 0);
  return {
    text: [info.size, ...times].join(" "),
    isSettled: Math.max(...times) < now - settledMilliseconds,
  };
}

async function readLines(path: string, onDamage: (message: string) => void): Promise<Lines> {
  try {
    const text = await ifThere(Deno.readTextFile(path));
    if (text === undefined) return new Map();
    const end = text.indexOf("\n");
    const lines = text.slice(end + 1);
    if (text.slice(0, end) !== sha256(lines)) throw new RangeError("its digest is another's");
    // A line begins with its key: `["0f…",`.
    return new Map(lines.split("\n").map((line) => [line.slice(2, 34), line]));
  } catch (error) {
    onDamage(
      `Cannot use the hashes in "${path}", which are made anew: ${(error as Error).message}`,
    );
    return new Map();
  }
}
