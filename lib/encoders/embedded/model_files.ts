/** Writes models in the Hugging Face layout, whole or not at all. @module */

import { createFolder } from "../../files.ts";

/** A model's files by path within its folder; a value that is no bytes is written as JSON. */
export type ModelFiles = Readonly<Record<string, Uint8Array | object>>;

/**
 * Writes `files` to the folder `path` unless it exists. Two at once agree: equal recipes give equal
 * bytes, and the faster one's folder stays.
 */
export async function writeModelFolder(path: string, files: ModelFiles): Promise<void> {
  const contents = Object.entries(files).map(([name, content]) =>
    [name, content instanceof Uint8Array ? content : JSON.stringify(content, undefined, 1)] as const
  );
  await createFolder(path, contents);
}
