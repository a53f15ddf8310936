/** What the cells of a table's row stand for: a text, and files that are there. @module */

import { shown } from "../checks.ts";
import { neededNodeModule } from "../deps/node.ts";
import { kindOf, sha256OfFile } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import { videoEndings } from "../signal/video_by_ffmpeg.ts";
import { hasEnding } from "./corpus_files.ts";

/** What a row has: a text, and paths of files. */
export type Cells = { readonly [M in Modality]?: string };

/** Takes a video apart: the text that is said in it, and its image and sound as files. */
export type OpenVideo = (path: string) => Promise<Cells>;

/** The cells of a row that are read. */
export type CellFields = Readonly<Record<Modality, string>> & { readonly video?: string };

/** Where the paths of a table lead from. */
export interface CellPlaces {
  /** Its own. */
  readonly path: string;
  /** A folder besides its own, such as the one that a command was called from. */
  readonly from?: string | undefined;
}

/**
 * Whether the column `video` of a table names files rather than groups: one of its cells ends as a
 * video does, or is a path to a file.
 *
 * @throws {RangeError} A cell names two files.
 */
export async function namesFiles(places: CellPlaces, cells: Iterable<string>): Promise<boolean> {
  for (const cell of new Set(cells)) {
    if (cell === "") continue;
    if (hasEnding(cell, videoEndings) || await findFile(places, cell) !== undefined) return true;
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
 * What a row of a table has of the modalities `of`: the text, and the paths of files that are there,
 * whose cells are absolute, or relative to the table or to `from`, with slashes of either kind; and
 * its video.
 *
 * @throws {RangeError} There is no such file, or one in both places that is not the same, or the row
 * has none of them; the message begins with `where`.
 */
export async function readCells(
  { path, from }: CellPlaces,
  fields: CellFields,
  { where, of = modalities, mayBeEmpty = false }: {
    readonly where: string;
    readonly of?: readonly Modality[];
    /** Whether a row may have none of them, as one whose features came with the set. */
    readonly mayBeEmpty?: boolean;
  },
): Promise<RowCells> {
  const fileOf = async (name: Modality | "video", cell: string) => {
    const found = await findFile({ path, from }, cell, where);
    if (found !== undefined) return found;
    const { resolve, dirname } = neededNodeModule("node:path");
    const tried = [dirname(path), ...from === undefined ? [] : [from]]
      .map((folder) => shown(resolve(folder, cell.replaceAll("\\", "/"))));
    throw new RangeError(
      `${where}: expected a file for ${name}, got none at ${[...new Set(tried)].join(" or ")}`,
    );
  };
  const cells: { [M in Modality]?: string } = {};
  for (const m of of) {
    const cell = fields[m].trim();
    if (cell !== "") cells[m] = m === "text" ? cell : await fileOf(m, cell);
  }
  const named = fields.video?.trim();
  if (named) return { cells, video: await fileOf("video", named) };
  if (mayBeEmpty || Object.keys(cells).length > 0) return { cells };
  throw new RangeError(`${where}: expected ${of.join(", ")} or some of them, got none`);
}

/**
 * The file that a cell names, whichever its slashes and however its accents are written. Of two
 * files there may be only one content.
 */
async function findFile(
  { path, from }: CellPlaces,
  cell: string,
  where = `Cannot read "${path}"`,
): Promise<string | undefined> {
  const { dirname, isAbsolute } = neededNodeModule("node:path");
  if (isAbsolute(cell)) return await fileIn("", cell);
  const beside = await fileIn(dirname(path), cell);
  const other = from === undefined ? undefined : await fileIn(from, cell);
  if (beside === undefined || other === undefined) return beside ?? other;
  if (await isSame(beside, other)) return beside;
  throw new RangeError(
    `${where}: expected one file ${shown(cell)}, got two that differ, ${shown(beside)} and ` +
      `${shown(other)}: an absolute path says which`,
  );
}

async function fileIn(folder: string, cell: string): Promise<string | undefined> {
  const { join } = neededNodeModule("node:path");
  const names = [cell, cell.replaceAll("\\", "/")]
    .flatMap((name) => [name, name.normalize("NFC"), name.normalize("NFD")]);
  for (const name of new Set(names)) {
    const place = folder === "" ? name : join(folder, name);
    if (await kindOf(place) === "file") return place;
  }
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [own, other] = [await Deno.stat(a), await Deno.stat(b)];
  if (await Deno.realPath(a) === await Deno.realPath(b)) return true;
  return own.size === other.size &&
    await sha256OfFile(a, { maxBytes: own.size }) === await sha256OfFile(b, { maxBytes: own.size });
}
