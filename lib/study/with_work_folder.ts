/** A run with a folder for its unfinished work, which is removed at its end. @module */

import { openWorkFolder, type WorkFolder, type WorkOptions } from "./work_folder.ts";

/** Opens the work folder of a run that all this decides. */
export type OpenWork = (decides: Readonly<Record<string, unknown>>) => Promise<WorkFolder>;

/**
 * Runs something that may open `folder` for its unfinished work. The folder is removed once the
 * run has come to its end; a run that fails or is killed, and one that makes a part, leaves it to the
 * next one.
 */
export async function withWorkFolder<T>(
  folder: string,
  { as = "collector", ...options }: Omit<WorkOptions, "decides">,
  run: (openWork: OpenWork) => Promise<T>,
): Promise<T> {
  const opened: WorkFolder[] = [];
  try {
    const result = await run(async (decides) => {
      const work = await openWorkFolder(folder, { decides, as, ...options });
      opened.push(work);
      return work;
    });
    if (as === "collector") { for (const work of opened) await work.remove(); }
    return result;
  } finally {
    for (const work of opened) await work.close();
  }
}
