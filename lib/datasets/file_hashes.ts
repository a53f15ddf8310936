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
  /** Most files that are kept; those asked for last stay. @default 400000 */
  readonly most?: number;
  /** Told of a file of hashes that is damaged or can't be written; what it held is made anew. */
  readonly onDamage?: ((message: string) => void) | undefined;
}

// Deno tells the time of a change in seconds: one that was written so lately may change within its tick.
const settledMilliseconds = 2000;

type Entry = readonly [key: string, stamp: string, hash: string, seen: unknown];

/**
 * Opens the file `path`, which need not exist: a line with the SHA-256 of the rest, and a line of JSON
 * per file. It is read when it is first asked and written whole, so that a process that is killed
 * leaves what was there; of two that write at a time each adds what the other has written before.
 *
 * A file counts as unchanged while its path, size and times are the same. One that was written less
 * than two seconds before it is read is not kept, since another change may leave them so. Content that
 * is at hand, such as a picture in a row of a table, is found by its SHA-256.
 */
export function openFileHashes(
  path: string,
  { most = 400_000, onDamage = () => {} }: FileHashesOptions = {},
): FileHashes {
  let kept: Promise<Map<string, Entry>> | undefined;
  const entries = () => kept ??= readEntries(path, onDamage);
  // In the order in which they were last asked for.
  const used = new Map<string, Entry>();
  let isNew = false;
  return {
    async find(file, look) {
      const { path, bytes } = file;
      const name = bytes ? sha256(bytes) : neededNodeModule("node:path").resolve(path);
      const key = `${look} ${name}`;
      const stamp = bytes ? { text: "", isSettled: true } : await stampOf(path);
      const entry = used.get(key) ?? (await entries()).get(key);
      const touch = (entry: Entry) => {
        used.delete(key);
        used.set(key, entry);
      };
      const isSame = entry !== undefined && entry[1] === stamp?.text;
      if (isSame) touch(entry);
      return {
        known: isSame ? { hash: entry[2], seen: entry[3] ?? undefined } : undefined,
        keep({ hash, seen }) {
          if (!stamp?.isSettled) return;
          touch([key, stamp.text, hash, seen ?? null]);
          isNew = true;
        },
      };
    },
    async save() {
      if (!isNew) return;
      // Another process may have written since; its damage was told of before.
      const all = await readEntries(path, () => {});
      for (const [key, entry] of used) {
        all.delete(key);
        all.set(key, entry);
      }
      const lines = [...all.values()].slice(-most).map((entry) => JSON.stringify(entry)).join("\n");
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

async function readEntries(
  path: string,
  onDamage: (message: string) => void,
): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  try {
    const text = await ifThere(Deno.readTextFile(path));
    if (text === undefined) return entries;
    const end = text.indexOf("\n");
    const lines = text.slice(end + 1);
    if (text.slice(0, end) !== sha256(lines)) throw new RangeError("its digest is another's");
    for (const line of lines.split("\n")) {
      const entry = JSON.parse(line) as Entry;
      entries.set(entry[0], entry);
    }
    return entries;
  } catch (error) {
    onDamage(
      `Cannot use the hashes in "${path}", which are made anew: ${(error as Error).message}`,
    );
    return new Map();
  }
}
