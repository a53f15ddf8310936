/** Samples to be judged, from a table. @module */

import { namesFiles, type OpenVideo, readCells } from "../lib/datasets/table_cells.ts";
import { fillFromVideo, onceEach } from "../lib/datasets/row_videos.ts";
import { shown } from "../lib/checks.ts";
import { tableRows } from "../lib/datasets/table_rows.ts";
import { groupSynonyms, oneSpelling } from "../lib/datasets/table_set.ts";
import { kindOf, mapBounded } from "../lib/files.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import type { SampleInput } from "../lib/inference/input_encoders.ts";

/** A sample, and the row of the table that it is from. */
export interface SampleLine {
  readonly line: number;
  /** Of the column `id`; empty where there is none. */
  readonly id: string;
  /** What names the speaker of its clip; empty where nothing does. */
  readonly speaker: string;
  readonly sample: SampleInput;
  /** The row's columns. */
  readonly names: readonly string[];
  /** A cell for each of `names`. */
  readonly cells: readonly string[];
}

// It takes five times as much memory, and what comes of it is one text, of half a gigabyte at most.
const mostBytes = 300e6;

const columns = ["text", "image", "audio", "video", "id"] as const;

/**
 * Reads the samples of a table with some of the columns `text`, `image`, `audio` and `video`, as
 * `readPairedTable` reads them, paths relative to the table or to `from`; an empty cell is a modality that is missing. Other columns are kept.
 * Of modalities that are not `learnt` nothing is read, and the column `group`, `speaker`, `subject` or
 * `actor` if the samples are to be `spoken`.
 *
 * @throws {RangeError} By file and line: a column named twice, a row of nothing that was learnt, a
 * path to no file; or no row is there, or more than 300 MB.
 */
export async function readSamples(
  path: string,
  { from, learnt = modalities, openVideo, spoken = false }: {
    readonly from?: string;
    /** Whether the column that names groups is read, as the speakers of clips; else it is another one. */
    readonly spoken?: boolean;
    readonly learnt?: readonly Modality[];
    readonly openVideo?: OpenVideo;
  } = {},
): Promise<SampleLine[]> {
  const size = await kindOf(path) === "file" ? (await Deno.stat(path)).size : 0;
  if (size > mostBytes) {
    throw new RangeError(
      `Cannot read "${path}": expected a table of ${
        mostBytes / 1e6
      } MB or less, as its columns are ` +
        `kept, got ${Math.ceil(size / 1e6)} MB`,
    );
  }
  const read = [...columns, ...spoken ? ["group" as const] : []];
  const meanings = spoken ? { synonyms: { group: groupSynonyms } } : {};
  const rows = await Array.fromAsync(
    tableRows<(typeof columns)[number] | "group">(path, read, { optional: read, ...meanings }),
  );
  if (rows.length === 0) {
    throw new RangeError(`Cannot read "${path}": expected a row or more, got a header only`);
  }
  const isThere = (name: string) =>
    name !== "id" && columns.includes(name as typeof columns[number]);
  if (!rows.some(({ names }) => names.some((name) => isThere(name.toLowerCase())))) {
    throw new RangeError(
      `Cannot read "${path}": expected a column "text", "image", "audio" or "video", got ` +
        rows[0]!.names.slice(0, 12).map(shown).join(", "),
    );
  }
  const isOfFiles = await namesFiles({ path, from }, rows.map(({ fields }) => fields.video.trim()));
  const open = openVideo && onceEach(openVideo);
  const { names: speakers } = oneSpelling(rows.map(({ fields }) => {
    if (!spoken) return "";
    return fields.group.trim() || (isOfFiles ? "" : fields.video.trim());
  }));
  return await mapBounded(rows, async ({ line, fields, names, cells }, i) => {
    const where = `Cannot read "${path}", line ${line}`;
    const { video: _, ...own } = fields;
    const read = await readCells({ path, from }, isOfFiles ? fields : own, { where, of: learnt });
    const sample = open === undefined
      ? read.cells
      : await fillFromVideo(read, { openVideo: open, of: learnt });
    if (Object.keys(sample).length === 0) {
      throw new RangeError(`${where}: expected ${learnt.join(", ")} in the video, got none`);
    }
    return { line, id: fields.id.trim(), speaker: speakers[i]!, sample, names, cells };
  }, isOfFiles ? { limit: 2 } : {});
}
