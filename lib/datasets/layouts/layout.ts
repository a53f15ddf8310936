/** A layout of a published set: what it looks like, and how it becomes rows. @module */

import { kindOf } from "../../files.ts";
import { audioEndings } from "../../signal/decode_audio.ts";
import { videoEndings } from "../../signal/video_by_ffmpeg.ts";
import { type CorpusFile, hasEnding, listFiles } from "../corpus_files.ts";
import { decodedText } from "../decoded_text.ts";
import { imageEndings } from "../open_image.ts";
import type { Rows } from "../rows.ts";

/** A layout that is recognised by names and headers, without reading what files hold. */
export interface Layout {
  /** The set: `RAVDESS`. */
  readonly name: string;
  /** What is looked for, for a person: `file names such as 03-01-05-01-02-01-12.wav`. */
  readonly looksLike: string;
  /** 1 where it is this layout; else the share of what is looked for that is there. */
  readonly fit: (seen: Seen) => number | Promise<number>;
  /**
   * The rows.
   *
   * @throws {RangeError} By file, and line if it has lines: what can't be read as this layout.
   */
  readonly rows: (seen: Seen) => Promise<Rows>;
}

/** What is at a path, looked at once for all layouts. */
export interface Seen {
  /** As it was given. */
  readonly path: string;
  /** What is there. */
  readonly kind: "file" | "folder";
  /** All files below a folder; a file itself. */
  readonly files: readonly CorpusFile[];
  /** The first lines of a text file, without their ends; none of what is no text. */
  readonly head: (file: CorpusFile) => Promise<readonly string[]>;
}

/** Looks at a path; undefined where nothing is. */
export async function lookAt(path: string): Promise<Seen | undefined> {
  const kind = await kindOf(path);
  if (kind === "nothing") return undefined;
  const heads = new Map<string, Promise<readonly string[]>>();
  return {
    path,
    kind,
    files: kind === "folder" ? await listFiles(path) : [{ path, id: nameOf(path) }],
    head({ path }) {
      const head = heads.get(path) ?? headOf(path);
      heads.set(path, head);
      return head;
    },
  };
}

async function headOf(path: string): Promise<readonly string[]> {
  let text = "";
  try {
    for await (const chunk of decodedText(path)) {
      text += chunk;
      if (text.length > 1e5) break;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return text.split(/\r\n|\n|\r/).slice(0, 50);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.search(/[^\\/]*$/));
}

/** A name without its ending, nor the ` (1)` of a second download. */
export function stemOf(path: string): string {
  return nameOf(path).replace(/\.[^.]*$/, "").replace(/ ?\(\d+\)$/, "");
}

/** The folders of a file within what was looked at, the innermost first. */
export function foldersOf({ id }: CorpusFile): string[] {
  return id.split("/").slice(0, -1).reverse();
}

/** The names of the columns of a delimited file, in lower case; of others, none. */
export async function headerOf(seen: Seen, file: CorpusFile): Promise<string[]> {
  if (!hasEnding(file.id, [".csv", ".tsv", ".txt"])) return [];
  const [line = ""] = (await seen.head(file)).filter((one) => one.trim() !== "");
  const [delimiter] = [",", "\t", ";"].sort((a, b) => line.split(b).length - line.split(a).length);
  return line.split(delimiter!).map((name) => name.trim().replace(/^"(.*)"$/, "$1").trim())
    .map((name) => name.toLowerCase());
}

// A folder of thousands of texts is no folder of tables.
const mostTables = 40;

/** The files whose header has all of these columns, and the largest share of them that one has. */
export async function tablesWith(
  seen: Seen,
  columns: readonly string[],
): Promise<{ readonly tables: readonly CorpusFile[]; readonly fit: number }> {
  const files = seen.files.filter(({ id }) => hasEnding(id, [".csv", ".tsv", ".txt"]));
  const shares = await Promise.all(
    files.slice(0, mostTables).map(async (file) => {
      const header = await headerOf(seen, file);
      return columns.filter((column) => header.includes(column)).length / columns.length;
    }),
  );
  return {
    tables: files.filter((_, i) => shares[i] === 1),
    fit: Math.max(0, ...shares),
  };
}

/** Whether a file is an image, a clip or a video, by its name. */
export function mediumOf({ id }: CorpusFile): "image" | "audio" | "video" | undefined {
  if (hasEnding(id, imageEndings)) return "image";
  if (hasEnding(id, audioEndings)) return "audio";
  return hasEnding(id, videoEndings) ? "video" : undefined;
}

/** Whether a file says something about a set, as its lists and its licence do, and is no sample. */
export function isAbout({ id }: CorpusFile): boolean {
  return /\.(txt|md|csv|tsv|json|pdf|html?|xlsx?|docx?|mat|npy)$|(^|\/)[^.]+$/i.test(id);
}
