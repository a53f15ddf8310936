/** Samples to be judged, from a table. @module */

import { namesFiles, type OpenVideo, readCells } from "../lib/datasets/table_cells.ts";
import { fillFromVideo, onceEach } from "../lib/datasets/row_videos.ts";
import { tableRows } from "../lib/datasets/table_rows.ts";
import { mapBounded } from "../lib/files.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import type { SampleInput } from "../lib/inference/input_encoders.ts";

/** A sample, and the row of the table that it is from. */
export interface SampleLine {
  readonly line: number;
  /** Of the column `id`; empty where there is none. */
  readonly id: string;
  readonly sample: SampleInput;
  /** The row's columns. */
  readonly names: readonly string[];
  /** A cell for each of `names`. */
  readonly cells: readonly string[];
}

/**
 * Reads the samples of a table with some of the columns `text`, `image`, `audio` and `video`, as
 * `readPairedTable` reads them; an empty cell is a modality that is missing. Other columns are kept.
 * Of modalities that are not `learnt` nothing is read.
 *
 * @throws {RangeError} By file and line: a column named twice, a row of nothing that was learnt, a
 * path to no file; or no row is there.
 */
export async function readSamples(
  path: string,
  { learnt = modalities, openVideo }: {
    readonly learnt?: readonly Modality[];
    readonly openVideo?: OpenVideo;
  } = {},
): Promise<SampleLine[]> {
  const columns = ["text", "image", "audio", "video", "id"] as const;
  const rows = await Array.fromAsync(tableRows(path, columns, { optional: columns }));
  if (rows.length === 0) {
    throw new RangeError(`Cannot read "${path}": expected a row or more, got a header only`);
  }
  const isOfFiles = await namesFiles(path, rows.map(({ fields }) => fields.video.trim()));
  const open = openVideo && onceEach(openVideo);
  return await mapBounded(rows, async ({ line, fields, names, cells }) => {
    const where = `Cannot read "${path}", line ${line}`;
    const { video: _, ...withoutVideo } = fields;
    const read = await readCells(path, isOfFiles ? fields : withoutVideo, { where, of: learnt });
    const sample = open === undefined
      ? read.cells
      : await fillFromVideo(read, { openVideo: open, of: learnt });
    if (Object.keys(sample).length === 0) {
      throw new RangeError(`${where}: expected ${learnt.join(", ")} in the video, got none`);
    }
    return { line, id: fields.id.trim(), sample, names, cells };
  }, isOfFiles ? { limit: 2 } : {});
}
