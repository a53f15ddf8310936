/** A file of a corpus, read and hashed. @module */

import { readBounded, sha256 } from "../files.ts";

/** A file as it was read. */
export interface HashedFile<Seen> {
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
  /** What a look at its bytes found. */
  readonly seen: Seen;
}

/** A file, or content that is at hand. */
export interface FileContent {
  /** What to open, or where `bytes` are from. */
  readonly path: string;
  /** What it holds, if it is at hand: `path` is then not opened. */
  readonly bytes?: Uint8Array;
}

/**
 * Reads a file, lets `look` throw on bytes that are no such sample, and returns their SHA-256 and
 * what `look` returned.
 *
 * @throws {RangeError} The file can't be read, or is longer than 64 MB.
 */
export async function hashFile<Seen>(
  { path, bytes: held }: FileContent,
  look: (bytes: Uint8Array, path: string) => Seen | Promise<Seen>,
): Promise<HashedFile<Seen>> {
  const bytes = held ?? await readBounded(path);
  return { seen: await look(bytes, path), hash: sha256(bytes) };
}
