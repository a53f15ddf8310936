/** Photographs of faces in a folder per emotion, or listed in a CSV file. @module */

import { neededNodeModule } from "../deps/node.ts";
import { type CorpusFile, hashFiles, listFiles } from "./corpus_files.ts";
import { emotionOf } from "./emotion_names.ts";
import { joinGroups, nearDistance, nearDuplicates } from "./near_duplicates.ts";
import type { ImageBits } from "./image_bits.ts";
import { heicAdvice, perceptualHash } from "./perceptual_hash.ts";
import type { Corpus, Sample } from "./sample.ts";
import { type Candidate, selectSamples } from "./select.ts";
import { tableRows } from "./table_rows.ts";
import { assertMapped, defaultValence, isMapped, type ValenceMap } from "./valence.ts";

/** How {@linkcode readFaces} reads. */
export interface FacesOptions {
  /** What becomes of each emotion. @default defaultValence */
  readonly valence?: ValenceMap;
  /** Told of each corrupt image, which is then left out; without it, the first is thrown. */
  readonly onCorrupt?: (error: Error, file: CorpusFile) => void;
  /** Told how many images are read. */
  readonly onProgress?: (done: number, total: number) => void;
  /**
   * Looks for near-duplicates that differ in so many bits of {@linkcode perceptualHash} or fewer.
   * `false` compares exact copies only. Unless told {@linkcode nearDistance}, and `false` where
   * `groups.csv` says what belongs together.
   */
  readonly nearDuplicates?: number | false;
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
 * source); an image that it does not list is a group of its own, by its hash. Images that look alike,
 * also in the mirror, are near-duplicates: their groups become one. They stay in the corpus, since a
 * training set may well hold variants of one picture; only a split must not divide them. The notes
 * count them, and how many have labels of both polarities.
 *
 * Images are `.jpg`, `.jpeg`, `.png`, `.webp` and `.bmp`; BMP has no perceptual hash, since nothing
 * here decodes it. Left out and counted are equal files (`duplicate`), equal files with different
 * emotions (`conflicting`), corrupt ones, and files that are `not an image` by name.
 *
 * @throws {RangeError} Folders or labels that name no emotion of the valence map, all of them with
 * their counts; a row of a CSV file, by line; a file that does not begin as any of these formats do,
 * or that can't be decoded where near-duplicates are looked for.
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
  const { nearDuplicates: distance = groups.size > 0 ? false : nearDistance } = options;
  const hashed = await hashFiles(labelled, {
    look: (bytes, path) => lookAt(bytes, { path, closely: distance !== false }),
    onCorrupt: options.onCorrupt,
    onProgress: options.onProgress,
  });
  const candidates: Candidate[] = [];
  const pictures: (ImageBits | undefined)[] = [];
  for (const [i, { id, path, emotion }] of labelled.entries()) {
    const { hash, seen } = hashed[i] ?? {};
    if (hash === undefined) continue;
    const group = groups.get(id) ?? hash;
    candidates.push({ id, modality: "image", source: { path }, emotion, group, hash });
    pictures.push(seen);
  }
  const clusters = distance === false ? [] : nearDuplicates(pictures, { distance });
  const { samples, excluded } = selectSamples(keepTogether(candidates, clusters), {
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
    notes: distance === false ? [] : [noteOf(samples, distance)],
  };
}

function keepTogether(
  candidates: readonly Candidate[],
  clusters: readonly (readonly number[])[],
): Candidate[] {
  const groups = joinGroups(candidates.map(({ group }) => group), clusters);
  const names = new Map(
    clusters.flatMap((cluster) => cluster.map((i) => [i, candidates[cluster[0]!]!.hash])),
  );
  return candidates.map((candidate, i) => {
    const name = names.get(i);
    const near = name === undefined ? {} : { nearDuplicates: name };
    return { ...candidate, group: groups[i]!, ...near };
  });
}

function noteOf(samples: readonly Sample[], distance: number): string {
  const near = samples.filter(({ nearDuplicates }) => nearDuplicates !== undefined);
  const clusters = [...Map.groupBy(near, ({ nearDuplicates }) => nearDuplicates!).values()]
    .filter((cluster) => cluster.length > 1);
  const images = clusters.reduce((sum, cluster) => sum + cluster.length, 0);
  const mixed = clusters.filter((own) => new Set(own.map(({ label }) => label)).size > 1);
  return `${images} images in ${clusters.length} clusters of near-duplicates ` +
    `(${distance} of 64 bits or fewer), ${mixed.length} of them with both polarities`;
}

type LabelledFile = CorpusFile & { readonly emotion: string };

function isImage(id: string): boolean {
  return /\.(jpe?g|png|webp|bmp)$/i.test(id);
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
  const { posix } = neededNodeModule("node:path");
  const known = new Map(files.map((file) => [file.id, file]));
  for await (const { line, fields } of tableRows(table, ["path", column])) {
    const file = known.get(posix.normalize(fields.path!)) ??
      known.get(posix.normalize(fields.path!.replaceAll("\\", "/")));
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

/** What a file shows, where that is asked for; throws on a file that is no image. */
async function lookAt(
  bytes: Uint8Array,
  { path, closely }: { readonly path: string; readonly closely: boolean },
): Promise<ImageBits | undefined> {
  const format = formatOf(bytes, path);
  return closely && format !== "BMP" ? await perceptualHash({ path, bytes }) : undefined;
}

function formatOf(bytes: Uint8Array, path: string): string {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const format = Object.keys(formats).find((name) => formats[name]!(head));
  if (format !== undefined) return format;
  const first = bytes.length === 0
    ? "an empty file"
    : `the first bytes ${hex(bytes.subarray(0, 8))}`;
  const got = heicAdvice(bytes) ?? first;
  throw new RangeError(
    `Cannot read "${path}": expected an image (${Object.keys(formats).join(", ")}), got ${got}`,
  );
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
