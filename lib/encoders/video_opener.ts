/** What opens the videos of a table. @module */

import type { OpenVideo } from "../datasets/table_cells.ts";

/** `videoFiles` with this cache, loaded when the first video is opened. */
export function videoOpener(cache: string): OpenVideo {
  return async (path) => await (await import("./video.ts")).videoFiles(path, { cache });
}
