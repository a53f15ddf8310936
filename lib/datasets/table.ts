/** A set of one's own: a table whose rows have a text, an image and a clip, or some of them. @module */

import { shown } from "../checks.ts";
import { neededNodeModule } from "../deps/node.ts";
import { kindOf, mapBounded, sha256 } from "../files.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import { splitLeaks } from "./audit.ts";
import { type CorpusFile, hashFiles } from "./corpus_files.ts";
import type { ImageBits } from "./image_bits.ts";
import { joinGroups, nearDuplicates } from "./near_duplicates.ts";
import { normaliseText } from "./normalise_text.ts";
import { type Pair, type PairedCorpora, rowSamples, shownBy, splitOfParts } from "./paired.ts";
import type { Target } from "../target.ts";
import { byPart, type Part, parts } from "./parts.ts";
import { perceptualHash } from "./perceptual_hash.ts";
import type { Sample } from "./sample.ts";
import type { TableReport } from "./table_report.ts";
import { readTarget, type TableTarget, type TargetChoice } from "./table_target.ts";
import { tableRows } from "./table_rows.ts";
import { defaultValence, type ValenceMap } from "./valence.ts";

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
  /** What becomes of labels that are not in it, or otherwise there. */
  readonly labels?: ValenceMap | undefined;
  /** What is learnt; by default what the labels look like: see {@linkcode readTarget}. */
  readonly target?: TargetChoice | undefined;
  /** Told how many images and clips are read. */
  readonly onProgress?: (done: number, total: number) => void;
}

const columns = [...modalities, "label", "group", "split", "id"] as const;
const optional = columns.filter((column) => column !== "label");
const synonyms = { group: ["speaker", "subject", "actor", "video"] };

/** A row as it is in the file, but for paths, which are complete. */
interface Row {
  readonly line: number;
  readonly id: string;
  readonly cells: { readonly [M in Modality]?: string };
  readonly label: string;
  /** Empty where the table names none. */
  readonly group: string;
  readonly part: Part | undefined;
}

/**
 * Reads a table, as {@linkcode tableRows} does, with the column `label` and at least one of `text`,
 * `image` and `audio`. What is in a row belongs together: a message, a picture and a clip of one
 * moment. Paths are absolute or relative to the file, with slashes of either kind. A cell may be
 * empty, but not all three. For labels see {@linkcode readTarget}. If the table has them, it reads
 *
 * - `group`, or `speaker`, `subject`, `actor`, `video`: rows of one stay on one side of a split;
 *   without, a row is a group of its own;
 * - `split`: `train`, `validation` (`val`, `dev`) or `test`, for all rows;
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
  { valence = defaultValence, labels, target, onProgress }: TableOptions = {},
): Promise<TableCorpora> {
  const { rows, unused, groupColumn } = await readRows(path);
  const meant = readTarget(rows.map(({ label }) => label), { valence, labels, target, path });
  const seen = await lookAtRows(rows, { path, onProgress });
  const { kept, leftOut } = select(rows, meant, seen.map(({ hashes }) => hashes));
  if (kept.length === 0) {
    throw new RangeError(
      `Cannot read "${path}": expected rows with a label that is learnt, got none`,
    );
  }
  const { groups, looks } = groupRows(kept.map((i) => ({ ...rows[i]!, ...seen[i]! })));
  const name = path.slice(path.search(/[^\\/]*$/));
  const samples: Record<Modality, Sample[]> = { text: [], image: [], audio: [] };
  const pairs = kept.map((i, at): Pair => {
    const { line, id, cells } = rows[i]!;
    const emotion = meant.emotions[i]!;
    const pair: { [M in Modality]?: number } = {};
    for (const m of modalities) {
      const hash = seen[i]!.hashes[m];
      if (hash === undefined) continue;
      const near = m === "image" ? looks.get(at) : undefined;
      pair[m] = samples[m].push({
        id: id || `${name}:${line}`,
        modality: m,
        emotion,
        group: groups[at]!,
        hash,
        source: m === "text" ? { text: cells.text! } : { path: cells[m]! },
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
  const given = rows[0]!.part && kept.map((i) => rows[i]!.part!);
  return {
    ...{ corpora, pairs, ...given && { given }, target: meant.target, valence: meant.valence },
    report: {
      ...{ path, rows: rows.length, used: kept.length, labels: meant.counts, unused, leftOut },
      ...learntReport(meant, kept),
      modalities: byModality((m) => samples[m].length),
      groups: { column: groupColumn, count: new Set(groups).size },
      ...given && { split: byPart((part) => splitOfParts(given)[part].length) },
      notes: [
        ...groupNotes(groupColumn, kept.filter((i) => rows[i]!.group === "").length),
        ...neutralNotes(meant, target),
        ...looks.size > 0 ? [`${looks.size} rows have images that look alike: one group each`] : [],
        ...given
          ? splitLeaks(rowSamples({ corpora, pairs }), splitOfParts(given))
            .map((leak) => `the column split leaks: ${leak}`)
          : [],
      ],
    },
  };
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

function neutralNotes({ counts }: TableTarget, target: TargetChoice | undefined): string[] {
  const rows = counts.filter(({ meaning }) => meaning === "excluded")
    .reduce((sum, { rows }) => sum + rows, 0);
  if (target !== undefined || rows === 0) return [];
  return [
    `${rows} rows are neither positive nor negative: --target classes learns their labels too`,
  ];
}

function groupNotes(column: string | null, lone: number): string[] {
  if (column !== null) return lone > 0 ? [`${lone} rows have no group: each is its own`] : [];
  const names = ["group", ...synonyms.group].join(", ");
  return [
    `no column of groups (${names}): each row is a group of its own, and one person may be on two ` +
    "sides of a split",
  ];
}

async function readRows(path: string) {
  const rows: (Omit<Row, "cells"> & { fields: Readonly<Record<Modality, string>> })[] = [];
  const names = new Set<string>();
  const lines = new Map<string, number>();
  for await (const { line, fields, ...row } of tableRows(path, columns, { optional, synonyms })) {
    const where = `Cannot read "${path}", line ${line}`;
    for (const name of row.names) names.add(name);
    const id = fields.id.trim();
    if (lines.has(id)) {
      throw new RangeError(
        `${where}: expected an id of its own, got ${shown(id)} of line ${lines.get(id)}`,
      );
    }
    if (id !== "") lines.set(id, line);
    const part = partOf(fields.split, where);
    if (rows.length > 0 && (part === undefined) !== (rows[0]!.part === undefined)) {
      throw new RangeError(`${where}: expected a split for all rows or none, got some without`);
    }
    rows.push({ line, id, fields, label: fields.label, group: fields.group.trim(), part });
  }
  const groupNames = ["group", ...synonyms.group];
  const isRead = (name: string) => [...columns, ...groupNames].includes(name.toLowerCase());
  return {
    rows: await mapBounded(rows, async ({ fields, ...row }): Promise<Row> => ({
      ...row,
      cells: await readCells(path, fields, { where: `Cannot read "${path}", line ${row.line}` }),
    })),
    unused: [...names].filter((name) => name !== "" && !isRead(name)),
    groupColumn: [...names].find((name) => groupNames.includes(name.toLowerCase())) ?? null,
  };
}

function partOf(cell: string, where: string): Part | undefined {
  const name = cell.trim().toLowerCase();
  if (name === "") return undefined;
  const part = /^(val|valid|dev)$/.test(name) ? "validation" : parts.find((one) => one === name);
  if (part !== undefined) return part;
  throw new RangeError(`${where}: expected a split of ${parts.join(", ")}, got ${shown(cell)}`);
}

/**
 * What a row of the table `path` has of the modalities `of`: the text, and the paths of files that are
 * there, whose cells are absolute or relative to the table, with slashes of either kind.
 *
 * @throws {RangeError} There is no such file, or the row has none of them; the message begins with
 * `where`.
 */
export async function readCells(
  path: string,
  fields: Readonly<Record<Modality, string>>,
  { where, of = modalities }: { readonly where: string; readonly of?: readonly Modality[] },
): Promise<{ readonly [M in Modality]?: string }> {
  const { dirname, isAbsolute, join } = neededNodeModule("node:path");
  const cells: { [M in Modality]?: string } = {};
  for (const m of of) {
    const cell = fields[m].trim();
    if (cell === "") continue;
    const places = [cell, cell.replaceAll("\\", "/")]
      .map((file) => isAbsolute(file) ? file : join(dirname(path), file));
    const kinds = m === "text" ? [] : await Promise.all(places.map(kindOf));
    const found = m === "text" ? cell : places[kinds.indexOf("file")];
    if (found === undefined) {
      throw new RangeError(`${where}: expected a file for ${m}, got none at ${shown(places[1])}`);
    }
    cells[m] = found;
  }
  if (Object.keys(cells).length > 0) return cells;
  throw new RangeError(`${where}: expected ${of.join(", ")} or some of them, got none`);
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
  const lineOf = new Map<string, number>();
  for (const { line, cells: { image, audio } } of rows.toReversed()) {
    for (const file of [image, audio]) if (file !== undefined) lineOf.set(file, line);
  }
  const pictures = new Set(rows.map(({ cells }) => cells.image));
  const files = [...lineOf.keys()].map((path): CorpusFile => ({ path, id: path }));
  const hashed = await hashFiles(files, {
    look: (bytes, path) => pictures.has(path) ? perceptualHash({ path, bytes }) : undefined,
    onCorrupt({ message }, { id }) {
      throw new RangeError(`Cannot read "${path}", line ${lineOf.get(id)}: ${message}`);
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

const fewLines = 5;

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
  const out = [...rows.keys()].filter((i) => reasons.has(i));
  const leftOut = [...Map.groupBy(out, (i) => reasons.get(i)!)].map(([reason, own]) => ({
    reason,
    rows: own.length,
    lines: own.slice(0, fewLines).map((i) => rows[i]!.line),
  }));
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
    rows.map(({ group, line }) => group || `row ${line}`),
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
