/** Files: hashed, several at a time, and written whole or not at all. @module */

import { neededNodeModule, nodeModule } from "./deps/node.ts";
import { sha256 as portableSha256 } from "./deps/noble_hashes.ts";

/** SHA-256 in hexadecimal; of a string, that of its UTF-8 bytes. */
export function sha256(data: Uint8Array | string): string {
  const crypto = nodeModule("node:crypto");
  if (crypto === undefined) {
    return portableSha256(typeof data === "string" ? new TextEncoder().encode(data) : data).toHex();
  }
  // Thirteen times as fast. In one go: an object for each of hundreds of thousands of messages fills
  // the memory.
  return crypto.hash("sha256", data, "hex");
}

/**
 * SHA-256 of a file, however long, in hexadecimal.
 *
 * @throws {RangeError} It is no file, or longer than `maxBytes`.
 */
export async function sha256OfFile(
  path: string,
  { maxBytes }: { readonly maxBytes: number },
): Promise<string> {
  const info = await ifThere(Deno.stat(path));
  if (!info?.isFile || info.size > maxBytes) {
    const got = info?.isFile ? `${Math.ceil(info.size / 1e6)} MB` : info ? "no file" : "nothing";
    throw new RangeError(
      `Cannot read "${path}": expected a file of ${maxBytes / 1e6} MB or less, got ${got}`,
    );
  }
  const hash = neededNodeModule("node:crypto").createHash("sha256");
  const file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

/** What is asked of a path, or undefined where nothing is there, as below a file. */
export async function ifThere<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  return await asked.catch((error): undefined => {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) return;
    // What no file can be called: a name that is too long, or one with a NUL.
    if (!["ENAMETOOLONG", "EINVAL"].includes(error.code)) throw error;
  });
}

/** What is at `path`. */
export async function kindOf(path: string): Promise<"file" | "folder" | "nothing"> {
  const info = await ifThere(Deno.stat(path));
  return info === undefined ? "nothing" : info.isDirectory ? "folder" : "file";
}

// A minute of music on a compact disc is 10 MB, a photograph rarely as many. So many bytes are in
// memory for each file that is read at the time.
const longestFile = 64e6;

/**
 * The bytes of a file that is a sample, of which none is as long as to fill the memory.
 *
 * @throws {RangeError} It is no file, can't be read, or is longer than 64 MB.
 */
export async function readBounded(path: string): Promise<Uint8Array<ArrayBuffer>> {
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

/** What a folder holds, by name and in its order; of one that is not there, nothing. */
export async function namesIn(folder: string): Promise<string[]> {
  const names = await ifThere(Array.fromAsync(Deno.readDir(folder), ({ name }) => name));
  return (names ?? []).sort();
}

/**
 * Applies `task` to every item, at most `limit` at a time, and returns the results in the order of
 * the items. If some fail, no more are begun, those under way are waited for, and the error of the
 * first of them in that order is thrown, so that equal input gives equal errors.
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
 * Writes a file that is there whole or not at all, whenever the process is
 * killed. A loss of power may still cut it off, so a reader checks a digest:
 * that is cheaper than waiting for the disk at each write.
 */
export function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  return putWhole(path, (partial) => writeContent(partial, content));
}

/**
 * Puts a file in its place by one rename, once `write` has written it under the name that it is given.
 * That name is no other writer's, on whatever machine: process numbers are the same in every container.
 */
export async function putWhole(
  path: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = `${path}.${crypto.randomUUID()}.partial`;
  try {
    await write(partial);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {}); // A full disk: what it held is worth more.
    throw error;
  }
}

/** Says whether a file is one that {@linkcode putWhole} is writing, or has left when it was killed. */
export function isPartial(name: string): boolean {
  return name.endsWith(".partial");
}

/**
 * How old a file of {@linkcode putWhole} is at least, in ms, when its writer is dead: one that lives
 * writes a file in seconds.
 */
export const partialLifeMs = 3600e3;

/** The contents of files by their path within a folder. */
export type FolderContents = Iterable<readonly [path: string, content: Uint8Array | string]>;

/**
 * Makes `folder`, which is nowhere yet, of these files and no others. It appears by one rename, so
 * that one cut short leaves none. Says false where another process was faster; then that folder
 * stays.
 */
export async function createFolder(folder: string, files: FolderContents): Promise<boolean> {
  const { dirname } = neededNodeModule("node:path");
  await Deno.mkdir(dirname(folder), { recursive: true });
  const partial = await Deno.makeTempDir({ dir: dirname(folder), prefix: ".partial-" });
  try {
    await Deno.chmod(partial, 0o755);
    await writeFiles(partial, files);
    await Deno.rename(partial, folder);
    return true;
  } catch (error) {
    await removeIfThere(partial);
    if (await kindOf(folder) === "nothing") throw error;
    return false;
  }
}

/**
 * Replaces `folder` by one that holds just these files. They are written
 * beside it and moved when all are there, so that a failure leaves what was
 * there before and nothing else.
 */
export async function replaceFolder(folder: string, files: FolderContents): Promise<void> {
  const made = `${folder}.partial`, previous = `${folder}.previous`;
  await removeIfThere(made);
  try {
    await writeFiles(made, files);
    await moveInto(folder, { made, previous });
  } catch (error) {
    await removeIfThere(made);
    throw error;
  }
  await removeIfThere(previous);
}

/**
 * Puts the folder `made` in `place`. A folder can't be renamed onto another, so what is there steps
 * aside to `previous`, and back where that fails; the caller removes it.
 */
export async function moveInto(
  place: string,
  { made, previous }: { readonly made: string; readonly previous: string },
): Promise<void> {
  await removeIfThere(previous);
  const replaces = await ifThere(Deno.rename(place, previous).then(() => true));
  try {
    await Deno.rename(made, place);
  } catch (error) {
    if (replaces) await Deno.rename(previous, place);
    throw error;
  }
}

/** Removes a file, or a folder with all that it holds; what is not there stays so. */
export async function removeIfThere(path: string): Promise<void> {
  await ifThere(Deno.remove(path, { recursive: true }));
}

async function writeFiles(folder: string, files: FolderContents): Promise<void> {
  const { dirname, join } = neededNodeModule("node:path");
  for (const [path, content] of files) {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await writeContent(file, content);
  }
}

async function writeContent(path: string, content: Uint8Array | string): Promise<void> {
  await Deno.writeFile(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
}
