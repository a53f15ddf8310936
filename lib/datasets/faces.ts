/** Photographs of faces in a folder per emotion, or listed in a CSV file. @module */

import { posix } from "node:path";
import { csvRows } from "./csv.ts";
import { type CorpusFile, hashFiles, listFiles } from "./files.ts";
import type { Corpus } from "./sample.ts";
import { type Candidate, selectSamples } from "./select.ts";
import { assertMapped, defaultValence, isMapped, type ValenceMap } from "./valence.ts";

/** How {@linkcode readFaces} reads. */
export interface FacesOptions {
  /** What becomes of each emotion. @default defaultValence */
  readonly valence?: ValenceMap;
  /** Told of each corrupt image, which is then left out; without it, the first is thrown. */
  readonly onCorrupt?: (error: Error) => void;
}

/**
 * Reads a folder of images labelled by emotion. The layout of the paper's AKSNAZAR set is not
 * published, so any of these will do:
 *
 * - a folder per emotion, at any depth: `happy/1.jpg`, `train/Angry/2.png`. The innermost folder that
 *   names an emotion counts, in any case and in any common spelling (`anger`, `angry`);
 * - folders `positive` and `negative`;
 * - `labels.csv`, or any single CSV file, with columns `path` (relative to the folder) and `label`.
 *   Images that it does not list are not read.
 *
 * A file `groups.csv` with columns `path` and `group` names each image's group (the person, the
 * source); an image that it does not list is a group of its own, by its hash. Images are `.jpg`,
 * `.jpeg`, `.png`, `.webp` and `.bmp`. Left out and counted are equal files (`duplicate`), equal files
 * with different emotions (`conflicting`), corrupt ones, and files that are `not an image` by name.
 *
 * @throws {RangeError} Folders or labels that name no emotion of the valence map, all of them with
 * their counts; a row of a CSV file, by line; a file that does not begin as any of these formats do.
 */
export async function readFaces(
  directory: string,
  { valence = defaultValence, ...options }: FacesOptions = {},
): Promise<Corpus> {
  const files = await listFiles(directory);
  const table = labelTable(files, directory);
  const labelled = table === undefined
    ? byFolder(files, valence)
    : await byTable(table, { files, valence });
  if (labelled.length === 0) {
    throw new RangeError(`Cannot read "${directory}": expected labelled images, got none`);
  }
  assertMapped(labelled.map(({ emotion }) => emotion), { valence, corpus: directory });
  const groups = await readGroups(files);
  const hashes = await hashFiles(labelled, { check: checkImage, onCorrupt: options.onCorrupt });
  const candidates = labelled.flatMap(({ id, path, emotion }, i): Candidate[] => {
    const hash = hashes[i];
    if (hash === undefined) return [];
    const group = groups.get(id) ?? hash;
    return [{ id, modality: "image", source: { path }, emotion, group, hash }];
  });
  const { samples, excluded } = selectSamples(candidates, {
    valence,
    content: ({ hash }) => hash,
    label: ({ emotion }) => emotion,
  });
  const unread = {
    corrupt: labelled.length - candidates.length,
    "not an image": files.filter(({ id }) => !isImage(id) && !/\.csv$/i.test(id)).length,
  };
  const counted = Object.entries(unread).filter(([, count]) => count > 0);
  return {
    modality: "image",
    name: "Faces",
    samples,
    excluded: { ...excluded, ...Object.fromEntries(counted) },
  };
}

type LabelledFile = CorpusFile & { readonly emotion: string };

function isImage(id: string): boolean {
  return /\.(jpe?g|png|webp|bmp)$/i.test(id);
}

const spellings: Readonly<Record<string, string>> = {
  anger: "angry",
  happiness: "happy",
  sadness: "sad",
  sorrow: "sad",
  surprised: "surprise",
  fearful: "fear",
  disgusted: "disgust",
};

/** One spelling for each emotion, unless the valence map has the given spelling only. */
function emotionOf(label: string, valence: ValenceMap): string {
  const name = label.trim().toLowerCase();
  const usual = Object.hasOwn(spellings, name) ? spellings[name]! : name;
  return isMapped(usual, valence) ? usual : name;
}

function byFolder(files: readonly CorpusFile[], valence: ValenceMap): LabelledFile[] {
  return files.filter(({ id }) => isImage(id)).map((file) => {
    const folders = file.id.split("/").slice(0, -1).reverse();
    const emotions = folders.map((folder) => emotionOf(folder, valence));
    const emotion = emotions.find((name) => isMapped(name, valence)) ?? emotions[0];
    return { ...file, emotion: emotion ?? "no folder" };
  });
}

function labelTable(files: readonly CorpusFile[], directory: string): CorpusFile | undefined {
  const tables = files.filter(({ id }) => /^[^/]*\.csv$/i.test(id) && id !== "groups.csv");
  const named = tables.find(({ id }) => id === "labels.csv");
  if (named !== undefined || tables.length < 2) return named ?? tables[0];
  const got = tables.map(({ id }) => id).join(", ");
  throw new RangeError(
    `Cannot read "${directory}": expected labels.csv or a single CSV file, got ${got}`,
  );
}

async function byTable(
  { path }: CorpusFile,
  { files, valence }: { readonly files: readonly CorpusFile[]; readonly valence: ValenceMap },
): Promise<LabelledFile[]> {
  const labelled: LabelledFile[] = [];
  for await (const { file, value } of fileRows(path, { column: "label", files })) {
    labelled.push({ ...file, emotion: emotionOf(value, valence) });
  }
  return labelled;
}

async function readGroups(files: readonly CorpusFile[]): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  const table = files.find(({ id }) => id === "groups.csv");
  if (table === undefined) return groups;
  for await (const { file, value, line } of fileRows(table.path, { column: "group", files })) {
    const known = groups.get(file.id) ?? value;
    if (known !== value) {
      throw new RangeError(
        `Cannot read "${table.path}", line ${line}: expected group "${known}" for "${file.id}" ` +
          `as before, got "${value}"`,
      );
    }
    groups.set(file.id, value);
  }
  return groups;
}

/** The rows of a table from `path` to `column`, where each path must be one of `files`. */
async function* fileRows(
  table: string,
  { column, files }: { readonly column: string; readonly files: readonly CorpusFile[] },
): AsyncGenerator<{ line: number; file: CorpusFile; value: string }> {
  const known = new Map(files.map((file) => [file.id, file]));
  for await (const { line, fields } of csvRows(table, ["path", column])) {
    const file = known.get(posix.normalize(fields.path!));
    const value = fields[column]!.trim();
    if (file === undefined) {
      throw new RangeError(
        `Cannot read "${table}", line ${line}: expected the path of a file in the same folder, ` +
          `got "${fields.path}"`,
      );
    }
    if (value === "") {
      throw new RangeError(`Cannot read "${table}", line ${line}: expected a ${column}, got ""`);
    }
    yield { line, file, value };
  }
}

// By the first bytes, as Latin-1.
const formats: Readonly<Record<string, (head: string) => boolean>> = {
  JPEG: (head) => head.startsWith("\xff\xd8\xff"),
  PNG: (head) => head.startsWith("\x89PNG\r\n\x1a\n"),
  WebP: (head) => head.startsWith("RIFF") && head.startsWith("WEBP", 8),
  BMP: (head) => head.startsWith("BM") && head.startsWith("\0\0\0\0", 6),
};

function checkImage(bytes: Uint8Array, path: string): void {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  if (Object.values(formats).some((matches) => matches(head))) return;
  const got = bytes.length === 0 ? "an empty file" : `the first bytes ${hex(bytes.subarray(0, 8))}`;
  throw new RangeError(
    `Cannot read "${path}": expected an image (${Object.keys(formats).join(", ")}), got ${got}`,
  );
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
