/** The rows of a table: a message, a picture, a clip, a label in columns. @module */

import { shown } from "../checks.ts";
import { mapBounded } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import { columnNotes, stillOfParts } from "./column_notes.ts";
import { type Part, parts } from "./parts.ts";
import { partNamed, type Row, type Rows } from "./rows.ts";
import { type CellFields, namesFiles, readCells } from "./table_cells.ts";
import { tableRows } from "./table_rows.ts";

const columns = [
  ...modalities,
  "video",
  "label",
  "group",
  "split",
  "id",
  "weight",
  "segment",
] as const;
const optional = columns.filter((column) => column !== "label");
const synonyms = { group: ["speaker", "subject", "actor"] };
const standIns = {
  label: ["score", "emotion", "sentiment", "polarity", "class", "target", "annotation"],
};

/** The columns that name groups, for a person; `video` does where it names no files. */
export const groupColumns: readonly string[] = ["group", ...synonyms.group, "video"];

/** What the column `label` may be called. */
export const labelColumns: readonly string[] = ["label", ...standIns.label];

/** What the column `group` may be called. */
export const groupSynonyms: readonly string[] = synonyms.group;

/** A row whose files are not looked for yet. */
interface Line extends Omit<Row, "cells" | "place"> {
  readonly line: number;
  readonly fields: CellFields & { readonly video: string; readonly segment: string };
}

/**
 * The rows of a table, as `readPairedTable` describes it; paths may lead `from` another folder too. Of
 * modalities whose features are `given` beside it there may be a text, but no files.
 *
 * @throws {RangeError} By file and line: a column that is missing or named twice, a row without a
 * sample, an unknown part, an id twice, a file that is not there.
 * @throws {SyntaxError} The file is no well-formed table, by file and line.
 */
export async function rowsOfTable(
  path: string,
  from?: string,
  { given = [] }: { readonly given?: readonly Modality[] } = {},
): Promise<Rows> {
  const rows: Line[] = [];
  const names = new Set<string>();
  const lines = new Map<string, number>();
  let ofParts: ReadonlySet<string> | undefined;
  const options = { optional, synonyms, standIns };
  for await (const { line, fields, ...row } of tableRows(path, columns, options)) {
    const where = `Cannot read "${path}", line ${line}`;
    for (const name of row.names) names.add(name);
    ofParts = stillOfParts(ofParts, row);
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
    const weight = weightOf(fields.weight, where);
    if (rows.length > 0 && (weight === undefined) !== (rows[0]!.weight === undefined)) {
      throw new RangeError(`${where}: expected a weight for all rows or none, got some without`);
    }
    rows.push({
      ...{ line, id, fields, label: fields.label, group: fields.group.trim(), part },
      ...weight !== undefined && { weight },
    });
  }
  const hasName = (own: readonly string[]) => (name: string) => own.includes(name.toLowerCase());
  const labelled = [...names].some(hasName(["label"]))
    ? undefined
    : [...names].find(hasName(standIns.label));
  const isRead = (name: string) =>
    name === labelled || hasName([...columns, ...groupColumns])(name);
  const isSample = hasName([...modalities, "video"]);
  if (rows.length > 0 && given.length === 0 && ![...names].some(isSample)) {
    throw new RangeError(
      `Cannot read "${path}": expected a column "text", "image", "audio" or "video", got ` +
        [...names].slice(0, 12).map(shown).join(", "),
    );
  }
  const videos = rows.map(({ fields }) => fields.video.trim());
  const hasVideos = await namesFiles({ path, from }, videos);
  assertNotBoth(rows, { path, given, hasVideos });
  const [column, other] = [...names].filter((name) =>
    groupColumns.includes(name.toLowerCase()) && !(hasVideos && name.toLowerCase() === "video")
  );
  if (other !== undefined) {
    const both = `${shown(column)} and ${shown(other)}`;
    throw new RangeError(`Cannot read "${path}": expected one column "group", got ${both}`);
  }
  const groups = oneSpelling(rows.map(({ group }, i) => group || (hasVideos ? "" : videos[i]!)));
  const unused = [...names].filter((name) => name !== "" && !isRead(name));
  const isOrdered = [...names].some(hasName(["segment"]));
  const readRow = async ({ fields, line, ...row }: Line, i: number): Promise<Row> => {
    const where = `Cannot read "${path}", line ${line}`;
    const { video: _, ...own } = fields;
    const mayBeEmpty = given.length > 0;
    const read = await readCells({ path, from }, hasVideos ? fields : own, { where, mayBeEmpty });
    const segment = isOrdered && { segment: fields.segment.trim() };
    return { ...row, place: line, group: groups.names[i]!, ...segment, ...read };
  };
  return {
    rows: await mapBounded(rows, readRow),
    layout: null,
    groupedBy: column === undefined ? null : `the column "${column}"`,
    unused,
    notes: [
      ...labelled === undefined
        ? []
        : [`no column "label": the labels are those of the column ${shown(labelled)}`],
      ...columnNotes({
        ...{ unused, ofParts: ofParts ?? new Set() },
        has: { groups: column !== undefined, split: rows[0]?.part !== undefined },
      }),
      ...isOrdered
        ? ['"segment" orders the rows of a group: --context N takes neighbours beside each']
        : [],
      ...groups.joined === undefined
        ? []
        : [`groups whose names differ in case alone are one, such as ${groups.joined}`],
    ],
  };
}

/** Features that are given stand in the place of files. */
function assertNotBoth(
  rows: readonly Line[],
  { path, given, hasVideos }: {
    readonly path: string;
    readonly given: readonly Modality[];
    readonly hasVideos: boolean;
  },
): void {
  if (given.length === 0) return;
  for (const column of [...given.filter((m) => m !== "text"), ...hasVideos ? ["video"] : []]) {
    const row = rows.find(({ fields }) => fields[column as Modality].trim() !== "");
    if (row === undefined) continue;
    throw new RangeError(
      `Cannot read "${path}", line ${row.line}: expected no file for ${column} where features of ` +
        `${given.join(", ")} are given, got ${shown(row.fields[column as Modality])}`,
    );
  }
}

/** Names of groups, where one that is written in several ways is as it comes first. */
export function oneSpelling(
  given: readonly string[],
): { readonly names: readonly string[]; readonly joined: string | undefined } {
  const spellings = new Map<string, string>();
  let joined: string | undefined;
  const names = given.map((name) => {
    const plain = name.normalize("NFKC").toLowerCase();
    const first = spellings.get(plain) ?? name;
    spellings.set(plain, first);
    if (first !== name) joined ??= `${shown(first)} and ${shown(name)}`;
    return first;
  });
  return { names, joined };
}

function partOf(cell: string, where: string): Part | undefined {
  if (cell.trim() === "") return undefined;
  const part = partNamed(cell);
  if (part !== undefined) return part;
  throw new RangeError(`${where}: expected a split of ${parts.join(", ")}, got ${shown(cell)}`);
}

function weightOf(cell: string, where: string): number | undefined {
  if (cell.trim() === "") return undefined;
  const weight = Number(cell);
  if (Number.isFinite(weight) && weight >= 0) return weight;
  throw new RangeError(`${where}: expected a weight of 0 or more, got ${shown(cell)}`);
}
