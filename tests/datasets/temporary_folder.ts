/** A folder of files for the time of one test. @module */

import { dirname } from "node:path";

/** Writes `files` (relative path to content) to a new folder, runs, and removes it again. */
export async function withFolder<T = void>(
  files: Readonly<Record<string, string | Uint8Array>>,
  run: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(
        path,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
    }
    return await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
