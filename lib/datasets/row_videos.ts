/** What rows have no files for, taken out of their videos. @module */

import { mapBounded } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import { countLeftOut, type Row, type Rows } from "./rows.ts";
import type { Cells, OpenVideo, RowCells } from "./table_cells.ts";

/** How {@linkcode openRowVideos} reads. */
export interface RowVideoOptions {
  /** Takes a video apart. */
  readonly openVideo?: OpenVideo | undefined;
  /** Told how many videos are opened. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What a row has, and, of the modalities `of` that it lacks, what its video has. */
export async function fillFromVideo(
  { cells, video }: RowCells,
  { openVideo, of = modalities }: {
    readonly openVideo: OpenVideo;
    readonly of?: readonly Modality[];
  },
): Promise<Cells> {
  const lacks = of.filter((m) => cells[m] === undefined);
  if (video === undefined || lacks.length === 0) return cells;
  const parts = await openVideo(video);
  const filled = lacks.flatMap((m) => parts[m] === undefined ? [] : [[m, parts[m]]]);
  return { ...cells, ...Object.fromEntries(filled) };
}

/** Opens each video once, however many rows have it. */
export function onceEach(openVideo: OpenVideo): OpenVideo {
  const opened = new Map<string, ReturnType<OpenVideo>>();
  return (path) => {
    const parts = opened.get(path) ?? openVideo(path);
    opened.set(path, parts);
    return parts;
  };
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
  const open = openVideo && onceEach(openVideo);
  const opened = await mapBounded(set.rows, async ({ video, ...row }): Promise<Row> => {
    if (open === undefined || video === undefined) return row;
    const cells = await fillFromVideo({ cells: row.cells, video }, { openVideo: open });
    onProgress?.(++done, count);
    return { ...row, cells };
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
