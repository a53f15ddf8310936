/** A set of one's own: a table whose rows have a text, an image and a clip, or some of them. @module */

import { kindOf, sha256 } from "../files.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { Target } from "../target.ts";
import { isFeatureFile } from "./mmsa.ts";
import { type CorpusFile, hashFiles } from "./corpus_files.ts";
import type { FileHashes } from "./file_hashes.ts";
import type { ImageLook } from "./image_bits.ts";
import type { LabelMap } from "./label_words.ts";
import { layoutOf } from "./layouts/mod.ts";
import { joinGroups, nearDuplicates } from "./near_duplicates.ts";
import { normaliseText } from "./normalise_text.ts";
import { type Pair, type PairedCorpora, rowSamples, shownBy, splitOfParts } from "./paired.ts";
import { byPart } from "./parts.ts";
import { pictureLooks } from "./picture_looks.ts";
import { openRowVideos } from "./row_videos.ts";
import { countLeftOut, type Row, type Rows, type Several, withoutEmptyRows } from "./rows.ts";
import type { Sample } from "./sample.ts";
import { partsByName, type SplitFile } from "./split_file.ts";
import { groupNotes, labelNotes, learntOf, partNotes, weightNotes } from "./table_notes.ts";
import type { TableReport } from "./table_report.ts";
import type { OpenVideo } from "./table_cells.ts";
import { readTarget, type TableTarget, type TargetChoice } from "./table_target.ts";
import { rowsOfTable } from "./table_set.ts";
import { defaultValence, listCounts, type ValenceMap } from "./valence.ts";

/** A table as read: what belongs together, and what it was understood to be. */
export interface TableCorpora extends PairedCorpora {
  /** For its author to check. */
  readonly report: TableReport;
  /** What is learnt. */
  readonly target: Target;
  /** What each label counts as, of two polarities. */
  readonly valence: ValenceMap;
  /** Modalities whose samples have {@linkcode Sample.numbers}, each with the file that gives them. */
  readonly numbersFrom?: NonNullable<Rows["numbersFrom"]>;
}

/** How {@linkcode readPairedTable} reads. */
export interface TableOptions {
  /** A folder from which its paths may lead too, beside its own. */
  readonly from?: string | undefined;
  /** What becomes of each emotion. @default defaultValence */
  readonly valence?: ValenceMap;
  /** What becomes of labels that are not in it, or otherwise there; or the name of a numbering. */
  readonly labels?: LabelMap | undefined;
  /** What is learnt; by default what the labels look like: see {@linkcode readTarget}. */
  readonly target?: TargetChoice | undefined;
  /** What becomes of rows with several labels; by default what the set's usual reading does. */
  readonly several?: Several | undefined;
  /** The part of each row, in place of what the set says; of folds, one is tested on. */
  readonly split?: { readonly file: SplitFile; readonly fold?: number | undefined } | undefined;
  /** Takes the videos of rows apart; without it, a row is what it has besides. */
  readonly openVideo?: OpenVideo | undefined;
  /** Told how many images and clips are read, and before that how many rows with videos. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** What earlier commands have read of these files: {@linkcode openFileHashes}. */
  readonly hashes?: FileHashes | undefined;
}

/**
 * Reads a table with the column `label` and at least one of `text`, `image` and `audio`, or a set in
 * one of the field's {@linkcode layouts}, whose rows are then treated alike. What is in a row belongs
 * together: a message, a picture and a clip of one moment. Paths are absolute or relative to the file
 * or to `from`, with slashes of either kind. A cell may be empty, but not all three. For labels see
 * {@linkcode readTarget}; where no column is called `label`, one called `score`, `emotion`,
 * `sentiment`, `polarity`, `class`, `target` or `annotation` has them. If the table has them, it reads
 *
 * - `video`, if it names files: what a row lacks of text, image and audio is taken out of its video;
 * - `group`, or `speaker`, `subject`, `actor`, or a `video` that names no files: rows of one stay on
 *   one side of a split; without, a row is a group of its own;
 * - `split`: `train`, `validation` (`val`, `dev`) or `test`, for all rows; a set of training and test
 *   gets its validation part from training;
 * - `id`: a name of each row, for predictions; `set.csv:17` by default;
 * - `segment`: where a row comes among those of its group, such as an utterance in a video;
 * - `weight`: what each row counts in the training of a network, 0 or more.
 *
 * No other column is read. Rows that share an image or a clip by content, images that look alike, and
 * rows of one text without a clip (beside pictures, of three words or more) become one group, unless a split is given, by the column or by `split`:
 * groups are then as the table has them, what the parts share is in the report, and copies stay. Else
 * left out and counted are rows whose cells are equal
 * to an earlier one's (`duplicate`; `conflicting`, all of them, if their labels differ) and those
 * whose label is excluded.
 *
 * @throws {RangeError} By file and line: a column that is missing or named twice, a row without a
 * sample, an unknown label or part, an id twice, a file that is not there or can't be read.
 * @throws {SyntaxError} The file is no well-formed table, by file and line.
 */
export async function readPairedTable(
  path: string,
  { from, valence = defaultValence, labels, target, several, split, openVideo, ...told }:
    TableOptions = {},
): Promise<TableCorpora> {
  if (isFeatureFile(path)) {
    throw new RangeError(
      `Cannot read "${path}": expected a table or a set of samples, got features, which ` +
        "readFeatures reads",
    );
  }
  const set = await openRowVideos(withoutEmptyRows(await readRows(path, from)), {
    openVideo,
    onProgress: told.onProgress,
  });
  const { rows } = set;
  const meant = readTarget(rows.map(({ label }) => label), {
    ...{ path, valence, labels, target, numbering: set.numbering, several: several ?? set.several },
  });
  const { numbersFrom = {} } = set;
  const seen = await lookAtRows(rows, { path, numbersFrom, ...told });
  const name = path.replace(/[\\/]+$/, "").replace(/^.*[\\/]/s, "");
  const ids = rows.map(({ id, place }) =>
    id || (typeof place === "number" ? `${name}:${place}` : place)
  );
  const named = split &&
    partsByName(rows.map(({ group }, i) => ({ id: ids[i]!, group })), split.file, split);
  const partOf = named?.given ?? rows.map(({ part }) => part);
  const isGiven = partOf.some((part) => part !== undefined);
  const hashes = seen.map(({ hashes }) => hashes);
  const { kept, leftOut } = select(rows, meant, { hashes, keepsCopies: isGiven });
  const allLeftOut = [...leftOut, ...set.leftOut ?? []];
  if (kept.length === 0) throw nothingLearnt(path, allLeftOut);
  const used = kept.map((i): UsedRow => ({
    ...{ ...rows[i]!, ...seen[i]!, id: ids[i]! },
    ...{ emotion: meant.emotions[i]!, label: meant.values[i]! },
  }));
  const { groups, looks } = groupRows(used, { joined: !isGiven });
  const { samples, pairs } = pairUp(used, { groups, looks, numbersFrom });
  const complete = pairs.filter((pair) => shownBy(pair).length === modalities.length).length;
  const excluded = Object.fromEntries(leftOut.map(({ reason, rows }) => [reason, rows]));
  const notes = [`${rows.length} rows; of ${pairs.length} used, ${complete} have all modalities`];
  const corpora = byModality((m) => ({ modality: m, name, samples: samples[m], excluded, notes }));
  const given = isGiven ? kept.map((i) => partOf[i]) : undefined;
  const isReplaced = named !== undefined && rows[0]!.part !== undefined;
  return {
    ...{ corpora, pairs, ...given && { given }, target: meant.target, valence: meant.valence },
    ...set.numbersFrom && { numbersFrom },
    ...used.some(({ segment }) => segment !== undefined) && {
      order: used.map((row) => ({
        ...{ group: ownGroup(row), segment: row.segment ?? "", place: row.place },
      })),
    },
    report: {
      ...{ path, layout: set.layout, rows: rows.length, used: kept.length, labels: meant.counts },
      ...{ unused: set.unused ?? [], leftOut: allLeftOut },
      ...learntOf(meant.target, used.map(({ label }) => label)),
      modalities: byModality((m) => samples[m].length),
      groups: { by: set.groupedBy, count: new Set(groups).size },
      ...given && { split: byPart((part) => splitOfParts(given)[part].length) },
      notes: [
        ...groupNotes(set, kept.filter((i) => rows[i]!.group === "").length),
        ...labelNotes(meant, target),
        ...looks.size > 0 && !isGiven
          ? [`${looks.size} rows have images that look alike: one group each`]
          : [],
        ...weightNotes(used),
        ...set.notes ?? [],
        ...named?.notes ?? [],
        ...isReplaced ? [`"${split!.file.path}" is used, and not the split of the set`] : [],
        ...given ? partNotes(rowSamples({ corpora, pairs }), splitOfParts(given)) : [],
      ],
    },
  };
}

/** A row that is used: whose it is, what it shows, and what is learnt of it. */
interface UsedRow extends Omit<Row, "label">, Seen {
  readonly emotion: string;
  /** Its place among the classes, or its score. */
  readonly label: number;
}

/** A sample for each modality of each row, and their places. */
function pairUp(
  rows: readonly UsedRow[],
  { groups, looks, numbersFrom }: ReturnType<typeof groupRows> & {
    readonly numbersFrom: NonNullable<Rows["numbersFrom"]>;
  },
): { samples: Record<Modality, Sample[]>; pairs: Pair[] } {
  const samples: Record<Modality, Sample[]> = { text: [], image: [], audio: [] };
  const pairs = rows.map(
    ({ id, cells, bytes, numbers, emotion, label, weight, hashes, ...row }, at): Pair => {
      const pair: { [M in Modality]?: number } = {};
      const post = hashes.image && writtenText({ cells, hashes });
      for (const m of modalities) {
        const hash = hashes[m];
        if (hash === undefined) continue;
        const near = m === "image" ? looks.get(at) : undefined;
        const path = numbersFrom[m] ?? cells[m]!;
        const file = { path, ...m === "image" && bytes && { bytes } };
        pair[m] = samples[m].push({
          ...{ id, modality: m, emotion, group: groups[at]!, hash },
          source: m === "text" && cells.text !== undefined ? { text: cells.text } : file,
          ...numbers?.[m] && { numbers: numbers[m] },
          label,
          ...weight !== undefined && { weight },
          ...near !== undefined && { nearDuplicates: near },
          ...m === "text" && post !== undefined && { post },
          ...m === "audio" && ownGroup(row) !== groups[at] && { speaker: ownGroup(row) },
        }) - 1;
      }
      return pair;
    },
  );
  return { samples, pairs };
}

function nothingLearnt(path: string, leftOut: TableReport["leftOut"]): RangeError {
  const counts = leftOut.map(({ reason, rows }) => [reason, rows] as const);
  return new RangeError(
    `Cannot read "${path}": expected rows with a label that is learnt, got none` +
      (counts.length > 0 ? `; left out: ${listCounts(counts)}` : ""),
  );
}

/** The rows of a table, or of a set in a layout of the field. */
async function readRows(path: string, from: string | undefined): Promise<Rows> {
  const set = await layoutOf(path);
  if (set !== undefined) return await set.layout.rows(set.seen);
  if (await kindOf(path) === "file") return await rowsOfTable(path, from);
  throw new RangeError(
    `Cannot read "${path}": expected a table (.csv, .tsv, .txt, .jsonl) or a set in a layout that is ` +
      `known, got ${await kindOf(path) === "folder" ? "another folder" : "nothing"}`,
  );
}

/** What was read of a row's files: SHA-256 by modality, and what its picture looks like. */
interface Seen {
  readonly hashes: { readonly [M in Modality]?: string };
  readonly look?: ImageLook | undefined;
}

async function lookAtRows(
  rows: readonly Row[],
  { path, numbersFrom, ...told }:
    & { readonly path: string }
    & Required<Pick<Rows, "numbersFrom">>
    & Pick<TableOptions, "onProgress" | "hashes">,
): Promise<Seen[]> {
  const placeOf = new Map<string, number | string>();
  const bytesOf = new Map<string, Uint8Array>();
  for (const { place, cells: { image, audio }, bytes } of rows.toReversed()) {
    for (const file of [image, audio]) if (file !== undefined) placeOf.set(file, place);
    if (bytes !== undefined) bytesOf.set(image!, bytes);
  }
  const pictures = new Set(rows.map(({ cells }) => cells.image));
  const files = [...placeOf.keys()].map((path): CorpusFile => {
    const bytes = bytesOf.get(path);
    return { path, id: path, ...bytes && { bytes } };
  });
  const [seen, heard] = [true, false].map((is) => files.filter((f) => pictures.has(f.path) === is));
  let done = 0;
  const options = {
    ...told,
    onProgress: () => told.onProgress?.(++done, files.length),
    onCorrupt({ message }: Error, { id }: CorpusFile) {
      const place = placeOf.get(id);
      // A path is in the message already.
      if (typeof place === "string") throw new RangeError(message);
      throw new RangeError(`Cannot read "${path}", line ${place}: ${message}`);
    },
  };
  const look = pictureLooks.picture;
  const hashed = [
    ...await hashFiles(seen!, { ...options, look, name: "looks", inWorkers: "picture" }),
    ...await hashFiles(heard!, { ...options, look() {}, name: "bytes" }),
  ];
  const read = new Map([...seen!, ...heard!].map(({ id }, i) => [id, hashed[i]!]));
  return rows.map(({ cells, numbers = {} }) => ({
    hashes: {
      ...cells.text && !numbersFrom.text && { text: sha256(cells.text) },
      ...cells.image && { image: read.get(cells.image)!.hash },
      ...cells.audio && { audio: read.get(cells.audio)!.hash },
      ...Object.fromEntries(Object.entries(numbers).map(([m, own]) => [m, hashOfNumbers(own)])),
    },
    look: read.get(cells.image ?? "")?.seen as ImageLook | undefined,
  }));
}

function hashOfNumbers(numbers: Float32Array): string {
  return sha256(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
}

/**
 * One row of each content, where its labels agree and are learnt, and why the others are left out. A
 * split that is given says of copies too where they belong.
 */
function select(
  rows: readonly Row[],
  { emotions, values }: Pick<TableTarget, "emotions" | "values">,
  { hashes, keepsCopies }: {
    readonly hashes: readonly Seen["hashes"][];
    readonly keepsCopies: boolean;
  },
): { kept: number[]; leftOut: TableReport["leftOut"] } {
  const contents = hashes.map((ofRow, i) =>
    keepsCopies ? String(i) : modalities.map((m) => ofRow[m] ?? "").join(" ")
  );
  const reasons = new Map<number, string>();
  for (const equal of Map.groupBy(rows.keys(), (i) => contents[i]!).values()) {
    const [first, ...copies] = equal as [number, ...number[]];
    const isConflict = copies.some((i) => emotions[i] !== emotions[first]);
    for (const i of copies) reasons.set(i, isConflict ? "conflicting" : "duplicate");
    if (isConflict) reasons.set(first, "conflicting");
    else if (values[first] === undefined) reasons.set(first, emotions[first] || "no label");
  }
  const leftOut = countLeftOut(
    [...reasons].sort(([a], [b]) => a - b)
      .map(([i, reason]) => [rows[i]!.place, reason]),
  );
  return { kept: [...rows.keys()].filter((i) => !reasons.has(i)), leftOut };
}

/**
 * The group of each row, once those that share something are one if they are to be `joined`; and of
 * pictures that look alike a name.
 */
function groupRows(
  rows: readonly UsedRow[],
  { joined }: { readonly joined: boolean },
): { groups: string[]; looks: ReadonlyMap<number, string> } {
  const clusters = nearDuplicates(rows.map(({ look }) => look?.whole), {
    crops: rows.map(({ look }) => look?.crops),
  });
  const names = clusters.flatMap((cluster) =>
    cluster.map((at) => [at, rows[cluster[0]!]!.hashes.image!] as const)
  );
  const sharing = (by: (row: UsedRow) => string | undefined) => {
    const having = [...rows.keys()].filter((at) => by(rows[at]!) !== undefined);
    return [...Map.groupBy(having, (at) => by(rows[at]!)!).values()];
  };
  const named = rows.map(ownGroup);
  const looks = new Map(names);
  if (!joined) return { groups: named, looks };
  const shared = [
    ({ hashes }: Seen) => hashes.image,
    ({ hashes }: Seen) => hashes.audio,
    writtenText,
  ];
  return { groups: joinGroups(named, [...shared.flatMap(sharing), ...clusters]), looks };
}

// Two files may not name one speaker alike by chance: an empty group is the row's own.
function ownGroup({ group, place }: Pick<Row, "group" | "place">): string {
  return group || `row ${place}`;
}

// A sentence that is spoken may be a script that all speakers have. As a row of its own a text is one
// message, and beside a picture a post that was copied, unless it is of a word or two.
function writtenText(
  { cells: { text }, hashes: { image, audio } }: Pick<UsedRow, "cells" | "hashes">,
): string | undefined {
  if (audio !== undefined || text === undefined) return undefined;
  const words = normaliseText(text);
  return image === undefined || words.split(" ").length > 2 ? words : undefined;
}
