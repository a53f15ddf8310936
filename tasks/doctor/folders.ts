/** Folders as the doctor counts them. @module */

import { join } from "node:path";
import { kindOf } from "../../lib/files.ts";

/** How much is in a folder; zeros where there is none. */
export interface Size {
  readonly files: number;
  readonly bytes: number;
}

/** The names of the folders in a folder, in order. */
export async function listFolders(path: string): Promise<string[]> {
  if (await kindOf(path) !== "folder") return [];
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    // Hidden ones are unfinished, or another program's.
    if (isDirectory && !name.startsWith(".")) names.push(name);
  }
  return names.sort();
}

/** All that is below a folder. */
export async function sizeOf(path: string): Promise<Size> {
  if (await kindOf(path) !== "folder") return { files: 0, bytes: 0 };
  const total = { files: 0, bytes: 0 };
  for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
    const inside = isDirectory
      ? await sizeOf(join(path, name))
      : { files: 1, bytes: isFile ? (await Deno.stat(join(path, name))).size : 0 };
    total.files += inside.files;
    total.bytes += inside.bytes;
  }
  return total;
}
