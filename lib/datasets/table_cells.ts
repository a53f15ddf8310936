/** What the cells of a table's row stand for: a text, and files that are there. @module */

import { shown } from "../checks.ts";
import { neededNodeModule } from "../deps/node.ts";
import { kindOf } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import { videoEndings } from "../signal/video_by_ffmpeg.ts";
import { hasEnding } from "./corpus_files.ts";

/** What a row has: a text, and paths of files. */
export type Cells = { readonly [M in Modality]?: string };

/** Takes a video apart: the text that is said in it, and its image and sound as files. */
export type OpenVideo = (path: string) => Promise<Cells>;

/** The cells of a row that are read. */
export type CellFields = Readonly<Record<Modality, string>> & { readonly video?: string };

/**
 * Whether the column `video` of the table `path` names files rather than groups: one of its cells ends
 * as a video does, or is a path to a file.
 */
export async function namesFiles(path: string, cells: Iterable<string>): Promise<boolean> {
  for (const cell of new Set(cells)) {
    if (cell === "") continue;
    if (hasEnding(cell, videoEndings) || await findFile(path, cell) !== undefined) return true;
  }
  return false;
}

/** What a row has by itself. */
export interface RowCells {
  /** Of what it has a cell for. */
  readonly cells: Cells;
  /** A path to its video. */
  readonly video?: string;
}

/**
 * What a row of the table `path` has of the modalities `of`: the text, and the paths of files that are
 * there, whose cells are absolute or relative to the table, with slashes of either kind; and its video.
 *
 * @throws {RangeError} There is no such file, or the row has none of them; the message begins with
 * `where`.
 */
export async function readCells(
  path: string,
  fields: CellFields,
  { where, of = modalities }: { readonly where: string; readonly of?: readonly Modality[] },
): Promise<RowCells> {
  const fileOf = async (name: Modality | "video", cell: string) => {
    const file = await findFile(path, cell);
    if (file !== undefined) return file;
    const { resolve, dirname } = neededNodeModule("node:path");
    const place = shown(resolve(dirname(path), cell.replaceAll("\\", "/")));
    throw new RangeError(`${where}: expected a file for ${name}, got none at ${place}`);
  };
  const cells: { [M in Modality]?: string } = {};
  for (const m of of) {
    const cell = fields[m].trim();
    if (cell !== "") cells[m] = m === "text" ? cell : await fileOf(m, cell);
  }
  const named = fields.video?.trim();
  if (named) return { cells, video: await fileOf("video", named) };
  if (Object.keys(cells).length > 0) return { cells };
  throw new RangeError(`${where}: expected ${of.join(", ")} or some of them, got none`);
}

/** The file that a cell names, whichever its slashes and however its accents are written. */
async function findFile(table: string, cell: string): Promise<string | undefined> {
  const { dirname, isAbsolute, join } = neededNodeModule("node:path");
  const names = [cell, cell.replaceAll("\\", "/")]
    .flatMap((name) => [name, name.normalize("NFC"), name.normalize("NFD")]);
  for (const name of new Set(names)) {
    const place = isAbsolute(name) ? name : join(dirname(table), name);
    if (await kindOf(place) === "file") return place;
  }
}
