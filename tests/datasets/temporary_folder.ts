/** A folder of files for the time of one test. @module */

import { dirname } from "node:path";

/** Writes `files` (relative path to content) to a new folder, runs, and removes it again. */
export async function withFolder<T = void>(
  files: Readonly<Record<string, string | Uint8Array>>,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    const made = new Set<string>();
    for (const [name, content] of Object.entries(files)) {
      const path = `${folder}/${name}`, parent = dirname(path);
      if (!made.has(parent)) Deno.mkdirSync(parent, { recursive: true });
      made.add(parent);
      // At once: of thousands of small files the waiting takes longer than the writing.
      if (typeof content === "string") Deno.writeTextFileSync(path, content);
      else Deno.writeFileSync(path, content);
    }
    return await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
