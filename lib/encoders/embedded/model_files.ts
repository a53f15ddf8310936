/** Writes models in the Hugging Face layout, whole or not at all. @module */

import { dirname, join } from "node:path";

/** A model's files by path within its folder; a value that is no bytes is written as JSON. */
export type ModelFiles = Readonly<Record<string, Uint8Array | object>>;

/**
 * Writes `files` to the folder `path` unless it exists. The folder appears by one
 * rename, so that one cut short leaves none and two at once agree.
 */
export async function writeModelFolder(path: string, files: ModelFiles): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const partial = await Deno.makeTempDir({ dir: dirname(path), prefix: ".partial-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      const file = join(partial, name);
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeFile(
        file,
        content instanceof Uint8Array
          ? content
          : new TextEncoder().encode(JSON.stringify(content, undefined, 1)),
      );
    }
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial, { recursive: true });
    // Another process was faster: its folder holds the same bytes.
    if (!await exists(path)) throw error;
  }
}

/** Whether there is something at `path`. */
export async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
