/** Writes a table's files all at once: a reader finds the old ones or the new ones. @module */

import { join } from "node:path";

/** Text files by path in the result's folder. */
export type Files = ReadonlyMap<string, string>;

/**
 * Replaces `folder` by one that holds just these files. They are written
 * beside it and moved when all are there, so that a failure leaves what was
 * there before and nothing else.
 */
export async function writeResult(folder: string, files: Files): Promise<void> {
  const partial = `${folder}.partial`, previous = `${folder}.previous`;
  await removeIfThere(partial);
  try {
    for (const [path, text] of files) {
      const file = join(partial, path);
      await Deno.mkdir(join(file, ".."), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    // A folder can't be renamed onto another: the old one steps aside, and back if need be.
    await removeIfThere(previous);
    const replaces = await renameIfThere(folder, previous);
    try {
      await Deno.rename(partial, folder);
    } catch (error) {
      if (replaces) await Deno.rename(previous, folder);
      throw error;
    }
  } catch (error) {
    await removeIfThere(partial);
    throw error;
  }
  await removeIfThere(previous);
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await Deno.rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeIfThere(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** The commit of the working copy, or null outside one. */
export async function currentCommit(root: URL): Promise<string | null> {
  const read = (path: string) => Deno.readTextFile(new URL(`.git/${path}`, root));
  try {
    const head = (await read("HEAD")).trim();
    if (!head.startsWith("ref: ")) return head;
    const ref = head.slice("ref: ".length);
    return (await read(ref).catch(async () => {
      const line = (await read("packed-refs")).split("\n").find((l) => l.endsWith(` ${ref}`));
      return line!.split(" ")[0]!;
    })).trim();
  } catch {
    return null;
  }
}
