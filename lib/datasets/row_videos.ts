/** What rows have no files for, taken out of their videos. @module */

import { mapBounded } from "../files.ts";
import { modalities } from "../modality.ts";
import { countLeftOut, type Row, type Rows } from "./rows.ts";

/** How {@linkcode openRowVideos} reads. */
export interface RowVideoOptions {
  /** Takes a video apart: the text that is said in it, its image and its sound as files. */
  readonly openVideo?: ((path: string) => Promise<Row["cells"]>) | undefined;
  /** Told how many videos are opened. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

// Each keeps several processes busy.
const atATime = 2;

/**
 * The rows of a set, where what a row lacks of text, image and audio is taken out of its video, if it
 * has one. Without `openVideo` a row is what it has besides; one that has nothing is left out and
 * counted, and so is one whose video gives nothing.
 *
 * @throws {RangeError} A video can't be opened.
 */
export async function openRowVideos(
  set: Rows,
  { openVideo, onProgress }: RowVideoOptions = {},
): Promise<Rows> {
  const count = set.rows.filter(({ video }) => video !== undefined).length;
  if (count === 0) return set;
  let done = 0;
  const opened = await mapBounded(set.rows, async ({ video, ...row }): Promise<Row> => {
    const lacks = modalities.filter((m) => row.cells[m] === undefined);
    if (openVideo === undefined || video === undefined || lacks.length === 0) return row;
    const parts = await openVideo(video);
    onProgress?.(++done, count);
    const found = lacks.flatMap((m) => parts[m] === undefined ? [] : [[m, parts[m]]]);
    return { ...row, cells: { ...row.cells, ...Object.fromEntries(found) } };
  }, { limit: atATime });
  const isEmpty = ({ cells }: Row) => Object.keys(cells).length === 0;
  const [reason, note] = openVideo === undefined
    ? ["only a video, which is not opened here", "which is not opened here"]
    : ["a video without text, image and sound", "which gives what they have no file for"];
  const out = opened.filter(isEmpty).map(({ place }) => [place, reason] as const);
  return {
    ...set,
    rows: opened.filter((row) => !isEmpty(row)),
    leftOut: [...set.leftOut ?? [], ...countLeftOut(out)],
    notes: [...set.notes ?? [], `${count} rows have a video, ${note}`],
  };
}
