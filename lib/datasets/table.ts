/** A set of one's own: a table whose rows have a text, an image and a clip, or some of them. @module */

import { sha256 } from "../files.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { Target } from "../target.ts";
import { splitLeaks } from "./audit.ts";
import { isFeatureFile } from "./mmsa.ts";
import { type CorpusFile, hashFiles } from "./corpus_files.ts";
import type { ImageBits } from "./image_bits.ts";
import { type LabelMap, severalLabels } from "./label_words.ts";
import { layoutOf } from "./layouts/mod.ts";
import { joinGroups, nearDuplicates } from "./near_duplicates.ts";
import { normaliseText } from "./normalise_text.ts";
import { type Pair, type PairedCorpora, rowSamples, shownBy, splitOfParts } from "./paired.ts";
import { byPart } from "./parts.ts";
import { perceptualHash } from "./perceptual_hash.ts";
import { openRowVideos } from "./row_videos.ts";
import { countLeftOut, type Row, type Rows, type Several, withoutEmptyRows } from "./rows.ts";
import type { Sample } from "./sample.ts";
import type { TableReport } from "./table_report.ts";
import { readTarget, type TableTarget, type TargetChoice } from "./table_target.ts";
import { groupColumns, rowsOfTable } from "./table_set.ts";
import { withValidation } from "./validation_part.ts";
import { defaultValence, listCounts, type ValenceMap } from "./valence.ts";

/** A table as read: what belongs together, and what it was understood to be. */
export interface TableCorpora extends PairedCorpora {
  /** For its author to check. */
  readonly report: TableReport;
  /** What is learnt. */
  readonly target: Target;
  /** What each label counts as, of two polarities. */
  readonly valence: ValenceMap;
}

/** How {@linkcode readPairedTable} reads. */
export interface TableOptions {
  /** What becomes of each emotion. @default defaultValence */
  readonly valence?: ValenceMap;
  /** What becomes of labels that are not in it, or otherwise there; or the name of a numbering. */
  readonly labels?: LabelMap | undefined;
  /** What is learnt; by default what the labels look like: see {@linkcode readTarget}. */
  readonly target?: TargetChoice | undefined;
  /** What becomes of rows with several labels; by default what the set's usual reading does. */
  readonly several?: Several | undefined;
  /** Told how many images and clips are read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Reads a table with the column `label` and at least one of `text`, `image` and `audio`, or a set in
 * one of the field's {@linkcode layouts}, whose rows are then treated alike. What is in a row belongs
 * together: a message, a picture and a clip of one moment. Paths are absolute or relative to the file,
 * with slashes of either kind. A cell may be empty, but not all three. For labels see
 * {@linkcode readTarget}. If the table has them, it reads
 *
 * - `group`, or `speaker`, `subject`, `actor`, `video`: rows of one stay on one side of a split;
 *   without, a row is a group of its own;
 * - `split`: `train`, `validation` (`val`, `dev`) or `test`, for all rows; a set of training and test
 *   gets its validation part from training;
 * - `id`: a name of each row, for predictions; `set.csv:17` by default.
 *
 * No other column is read. Rows that share an image or a clip by content, images that look alike, and
 * rows of nothing but one text become one group. Left out and counted are rows whose cells are equal
 * to an earlier one's (`duplicate`; `conflicting`, all of them, if their labels differ) and those
 * whose label is excluded.
 *
 * @throws {RangeError} By file and line: a column that is missing or named twice, a row without a
 * sample, an unknown label or part, an id twice, a file that is not there or can't be read.
 * @throws {SyntaxError} The file is no well-formed table, by file and line.
 */
export async function readPairedTable(
  path: string,
  { valence = defaultValence, labels, target, several, onProgress }: TableOptions = {},
): Promise<TableCorpora> {
  if (isFeatureFile(path)) {
    throw new RangeError(
      `Cannot read "${path}": expected a table or a set of samples, got features, which ` +
        "readFeatures reads",
    );
  }
  const set = await openRowVideos(withoutEmptyRows(await readRows(path)));
  const { rows } = set;
  const meant = readTarget(rows.map(({ label }) => label), {
    ...{ path, valence, labels, target, numbering: set.numbering, several: several ?? set.several },
  });
  const seen = await lookAtRows(rows, { path, onProgress });
  const { kept, leftOut } = select(rows, meant, seen.map(({ hashes }) => hashes));
  if (kept.length === 0) {
    const out = [...leftOut, ...set.leftOut ?? []].map(({ reason, rows }) =>
      [reason, rows] as const
    );
    throw new RangeError(
      `Cannot read "${path}": expected rows with a label that is learnt, got none` +
        (out.length > 0 ? `; left out: ${listCounts(out)}` : ""),
    );
  }
  const { groups, looks } = groupRows(kept.map((i) => ({ ...rows[i]!, ...seen[i]! })));
  const name = path.replace(/[\\/]+$/, "").replace(/^.*[\\/]/s, "");
  const samples: Record<Modality, Sample[]> = { text: [], image: [], audio: [] };
  const pairs = kept.map((i, at): Pair => {
    const { place, id, cells, bytes } = rows[i]!;
    const emotion = meant.emotions[i]!;
    const pair: { [M in Modality]?: number } = {};
    for (const m of modalities) {
      const hash = seen[i]!.hashes[m];
      if (hash === undefined) continue;
      const near = m === "image" ? looks.get(at) : undefined;
      const file = { path: cells[m]!, ...m === "image" && bytes && { bytes } };
      pair[m] = samples[m].push({
        id: id || (typeof place === "number" ? `${name}:${place}` : place),
        modality: m,
        emotion,
        group: groups[at]!,
        hash,
        source: m === "text" ? { text: cells.text! } : file,
        label: meant.values[i]!,
        ...near !== undefined && { nearDuplicates: near },
      }) - 1;
    }
    return pair;
  });
  const complete = pairs.filter((pair) => shownBy(pair).length === modalities.length).length;
  const excluded = Object.fromEntries(leftOut.map(({ reason, rows }) => [reason, rows]));
  const notes = [`${rows.length} rows; of ${pairs.length} used, ${complete} have all modalities`];
  const corpora = byModality((m) => ({ modality: m, name, samples: samples[m], excluded, notes }));
  const { given, notes: drawn } = rows[0]!.part === undefined
    ? { given: undefined, notes: [] }
    : withValidation(kept.map((i) => rows[i]!.part!), rowSamples({ corpora, pairs }));
  return {
    ...{ corpora, pairs, ...given && { given }, target: meant.target, valence: meant.valence },
    report: {
      ...{ path, layout: set.layout, rows: rows.length, used: kept.length, labels: meant.counts },
      ...{ unused: set.unused ?? [], leftOut: [...leftOut, ...set.leftOut ?? []] },
      ...learntReport(meant, kept),
      modalities: byModality((m) => samples[m].length),
      groups: { by: set.groupedBy, count: new Set(groups).size },
      ...given && { split: byPart((part) => splitOfParts(given)[part].length) },
      notes: [
        ...groupNotes(set, kept.filter((i) => rows[i]!.group === "").length),
        ...labelNotes(meant, target),
        ...looks.size > 0 ? [`${looks.size} rows have images that look alike: one group each`] : [],
        ...set.notes ?? [],
        ...drawn,
        ...given
          ? splitLeaks(rowSamples({ corpora, pairs }), splitOfParts(given))
            .map((leak) => `the ${set.layout === null ? "column" : "set's"} split leaks: ${leak}`)
          : [],
      ],
    },
  };
}

/** The rows of a table, or of a set in a layout of the field. */
async function readRows(path: string): Promise<Rows> {
  const found = await layoutOf(path);
  return found === undefined ? await rowsOfTable(path) : await found.layout.rows(found.seen);
}

function learntReport(
  { target, values }: TableTarget,
  kept: readonly number[],
): Pick<TableReport, "target" | "scores"> {
  if (target.kind === "classes") return { target };
  const scores = kept.map((i) => values[i]!).sort((a, b) => a - b);
  return {
    target,
    scores: {
      least: scores[0]!,
      median: scores[Math.floor(scores.length / 2)]!,
      greatest: scores.at(-1)!,
      zero: scores.filter((score) => score === 0).length,
    },
  };
}

function labelNotes({ counts }: TableTarget, target: TargetChoice | undefined): string[] {
  const rowsOf = (some: typeof counts) => some.reduce((sum, { rows }) => sum + rows, 0);
  const several = rowsOf(counts.filter(({ emotion }) => emotion === severalLabels));
  const neutral = rowsOf(counts.filter(({ meaning }) => meaning === "excluded")) - several;
  return [
    ...target === undefined && neutral > 0
      ? [
        `${neutral} rows are neither positive nor negative: --target classes learns their labels too`,
      ]
      : [],
    ...several > 0
      ? [
        `${several} rows have several labels: --several first takes the first of each, --several ` +
        "agree those that are of one class",
      ]
      : [],
  ];
}

function groupNotes({ layout, groupedBy }: Rows, lone: number): string[] {
  if (groupedBy !== null) return lone > 0 ? [`${lone} rows have no group: each is its own`] : [];
  const what = layout === null
    ? `no column of groups (${groupColumns.join(", ")})`
    : "nothing says whose the rows are";
  return [`${what}: each row is a group of its own, and one person may be on two sides of a split`];
}

/** What was read of a row's files: SHA-256 by modality, and what its picture looks like. */
interface Seen {
  readonly hashes: { readonly [M in Modality]?: string };
  readonly look?: ImageBits | undefined;
}

async function lookAtRows(
  rows: readonly Row[],
  { path, onProgress }: { readonly path: string; readonly onProgress: TableOptions["onProgress"] },
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
  const hashed = await hashFiles(files, {
    look: (bytes, path) => pictures.has(path) ? perceptualHash({ path, bytes }) : undefined,
    onCorrupt({ message }, { id }) {
      const place = placeOf.get(id);
      // A path is in the message already.
      if (typeof place === "string") throw new RangeError(message);
      throw new RangeError(`Cannot read "${path}", line ${place}: ${message}`);
    },
    onProgress,
  });
  const found = new Map(files.map(({ id }, i) => [id, hashed[i]!]));
  return rows.map(({ cells }) => ({
    hashes: {
      ...cells.text && { text: sha256(cells.text) },
      ...cells.image && { image: found.get(cells.image)!.hash },
      ...cells.audio && { audio: found.get(cells.audio)!.hash },
    },
    look: found.get(cells.image ?? "")?.seen,
  }));
}

/** One row of each content, where its labels agree and are learnt, and why the others are left out. */
function select(
  rows: readonly Row[],
  { emotions, values }: Pick<TableTarget, "emotions" | "values">,
  hashes: readonly Seen["hashes"][],
): { kept: number[]; leftOut: TableReport["leftOut"] } {
  const contents = hashes.map((own) => modalities.map((m) => own[m] ?? "").join(" "));
  const reasons = new Map<number, string>();
  for (const own of Map.groupBy(rows.keys(), (i) => contents[i]!).values()) {
    const [first, ...copies] = own as [number, ...number[]];
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

/** The group of each row, once those that share something are one; and of pictures that look alike a name. */
function groupRows(
  rows: readonly (Row & Seen)[],
): { groups: string[]; looks: ReadonlyMap<number, string> } {
  const clusters = nearDuplicates(rows.map(({ look }) => look));
  const names = clusters.flatMap((own) =>
    own.map((at) => [at, rows[own[0]!]!.hashes.image!] as const)
  );
  const sharing = (by: (row: Row & Seen) => string | undefined) => {
    const having = [...rows.keys()].filter((at) => by(rows[at]!) !== undefined);
    return [...Map.groupBy(having, (at) => by(rows[at]!)!).values()];
  };
  const groups = joinGroups(
    // Two files may not name one speaker alike by chance: an empty group is the row's own.
    rows.map(({ group, place }) => group || `row ${place}`),
    [
      ...sharing(({ hashes }) => hashes.image),
      ...sharing(({ hashes }) => hashes.audio),
      ...sharing(loneText),
      ...clusters,
    ],
  );
  return { groups, looks: new Map(names) };
}

// What people say beside a picture, others say too; as a row of its own it is one message.
function loneText({ cells: { text, image, audio } }: Row): string | undefined {
  return image === undefined && audio === undefined ? normaliseText(text!) : undefined;
}
