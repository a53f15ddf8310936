/** Photographs of faces in a folder per emotion, or listed in a CSV file. @module */

import { shown } from "../checks.ts";
import { neededNodeModule } from "../deps/node.ts";
import { type CorpusFile, hasEnding, hashFiles, listFiles, noteOfOthers } from "./corpus_files.ts";
import { emotionOf } from "./emotion_names.ts";
import type { FileHashes } from "./file_hashes.ts";
import { imageEndings } from "./open_image.ts";
import { joinGroups, nearDistance, nearDuplicates } from "./near_duplicates.ts";
import type { ImageLook } from "./image_bits.ts";
import { lookAtFace } from "./picture_looks.ts";
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
  /** What earlier commands have read of these files: {@linkcode openFileHashes}. */
  readonly hashes?: FileHashes | undefined;
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
 * Images are files with one of {@linkcode imageEndings}, in any case; what is in them says of which
 * format they are. Left out and counted are equal files (`duplicate`), equal files with different
 * emotions (`conflicting`), corrupt ones, and files that are `not an image` by name, which a note
 * lists. With `onCorrupt`, so are links that lead out of the folder, rows of no file, and images of
 * an emotion that the valence map lacks.
 *
 * @throws {RangeError} Folders or labels that name no emotion of the valence map, all of them with
 * their counts; a row of a CSV file, by line; a file that does not begin as any of these formats do,
 * or that can't be decoded where near-duplicates are looked for.
 */
export async function readFaces(
  directory: string,
  { valence = defaultValence, ...options }: FacesOptions = {},
): Promise<Corpus> {
  const { onCorrupt, onProgress } = options;
  let leftOut = 0;
  const leaveOut = onCorrupt && ((error: Error, file: CorpusFile) => {
    leftOut++;
    onCorrupt(error, file);
  });
  const files = await listFiles(directory, { onCorrupt: leaveOut });
  const table = labelTable(files, directory);
  const named = table === undefined
    ? byFolder(files, valence)
    : await byTable(table, { files, valence, onCorrupt: leaveOut });
  if (named.length === 0) {
    throw new RangeError(`Cannot read "${directory}": expected labelled images, got none`);
  }
  const labelled = leaveOut === undefined ? named : withEmotions(named, { valence, leaveOut });
  const known = labelled.length > 0 ? labelled : named;
  assertMapped(known.map(({ emotion }) => emotion), { valence, corpus: directory });
  const groups = await readGroups(files);
  const { nearDuplicates: distance = groups.size > 0 ? false : nearDistance } = options;
  const hashed = await hashFiles(labelled, {
    ...distance === false ? { name: "face" } : { name: "face, looks", inWorkers: "face" },
    look: (bytes, path) => lookAtFace(bytes, { path, closely: distance !== false }),
    hashes: options.hashes,
    onCorrupt: leaveOut,
    onProgress,
  });
  const candidates: Candidate[] = [];
  const pictures: (ImageLook | undefined)[] = [];
  for (const [i, { id, path, emotion }] of labelled.entries()) {
    const { hash, seen } = hashed[i] ?? {};
    if (hash === undefined) continue;
    const group = groups.get(id) ?? hash;
    candidates.push({ id, modality: "image", source: { path }, emotion, group, hash });
    pictures.push(seen);
  }
  const clusters = distance === false ? [] : nearDuplicates(pictures.map((look) => look?.whole), {
    distance,
    crops: pictures.map((look) => look?.crops),
  });
  const { samples, excluded } = selectSamples(keepTogether(candidates, clusters), {
    valence,
    content: ({ hash }) => hash,
    label: ({ emotion }) => emotion,
  });
  const others = files.filter(({ id }) => !isImage(id) && !/\.csv$/i.test(id));
  const unread = { corrupt: leftOut, "not an image": others.length };
  const counted = Object.entries(unread).filter(([, count]) => count > 0);
  return {
    modality: "image",
    name: "Faces",
    samples,
    excluded: { ...excluded, ...Object.fromEntries(counted) },
    notes: [...distance === false ? [] : [noteOf(samples, distance)], ...noteOfOthers(others)],
  };
}

type LeaveOut = (error: Error, file: CorpusFile) => void;

/** The images whose emotion the map has; the others are left out one by one. */
function withEmotions(
  named: readonly LabelledFile[],
  { valence, leaveOut }: { readonly valence: ValenceMap; readonly leaveOut: LeaveOut },
): LabelledFile[] {
  return named.filter((file) => {
    const { emotion, path } = file;
    if (isMapped(emotion, valence)) return true;
    leaveOut(
      new RangeError(
        `Cannot read "${path}": expected an emotion of the valence map, got ${shown(emotion)}`,
      ),
      file,
    );
    return false;
  });
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
  const mixed = clusters.filter((cluster) => new Set(cluster.map(({ label }) => label)).size > 1);
  return `${images} images in ${clusters.length} clusters of near-duplicates ` +
    `(${distance} of 64 bits or fewer), ${mixed.length} of them with both polarities`;
}

type LabelledFile = CorpusFile & { readonly emotion: string };

function isImage(id: string): boolean {
  return hasEnding(id, imageEndings);
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
  { path, id }: CorpusFile,
  { files, valence, onCorrupt }: {
    readonly files: readonly CorpusFile[];
    readonly valence: ValenceMap;
    readonly onCorrupt?: LeaveOut | undefined;
  },
): Promise<LabelledFile[]> {
  const labelled: LabelledFile[] = [];
  const onBadRow = onCorrupt &&
    ((error: Error, line: number) => onCorrupt(error, { path, id: `${id}:${line}` }));
  for await (const { file, value } of fileRows(path, { column: "label", files, onBadRow })) {
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
  { column, files, onBadRow }: {
    readonly column: string;
    readonly files: readonly CorpusFile[];
    readonly onBadRow?: ((error: Error, line: number) => void) | undefined;
  },
): AsyncGenerator<{ line: number; file: CorpusFile; value: string }> {
  const { posix } = neededNodeModule("node:path");
  const known = new Map(files.map((file) => [file.id, file]));
  // A Mac writes é as e and an accent, where a table may have one character.
  const composed = new Map(files.map((file) => [file.id.normalize(), file]));
  const find = (path: string) => known.get(path) ?? composed.get(path.normalize());
  for await (const { line, fields } of tableRows(table, ["path", column])) {
    const [path, value] = [fields.path!.trim(), fields[column]!.trim()];
    const file = find(posix.normalize(path)) ?? find(posix.normalize(path.replaceAll("\\", "/")));
    const wanted = file === undefined
      ? `the path of a file in the same folder, got "${fields.path}"`
      : value === ""
      ? `a ${column}, got ""`
      : undefined;
    if (file !== undefined && wanted === undefined) {
      yield { line, file, value };
      continue;
    }
    const error = new RangeError(`Cannot read "${table}", line ${line}: expected ${wanted}`);
    if (onBadRow === undefined) throw error;
    onBadRow(error, line);
  }
}
