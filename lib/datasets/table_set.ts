/** The rows of a table: a message, a picture, a clip, a label in columns. @module */

import { shown } from "../checks.ts";
import { neededNodeModule } from "../deps/node.ts";
import { kindOf, mapBounded } from "../files.ts";
import { modalities, type Modality } from "../modality.ts";
import { type Part, parts } from "./parts.ts";
import { partNamed, type Row, type Rows } from "./rows.ts";
import { tableRows } from "./table_rows.ts";

const columns = [...modalities, "label", "group", "split", "id"] as const;
const optional = columns.filter((column) => column !== "label");
const synonyms = { group: ["speaker", "subject", "actor", "video"] };

/** The columns that name groups, for a person. */
export const groupColumns: readonly string[] = ["group", ...synonyms.group];

/** A row whose files are not looked for yet. */
interface Line extends Omit<Row, "cells" | "place"> {
  readonly line: number;
  readonly fields: Readonly<Record<Modality, string>>;
}

/**
 * The rows of a table, as `readPairedTable` describes it.
 *
 * @throws {RangeError} By file and line: a column that is missing or named twice, a row without a
 * sample, an unknown part, an id twice, a file that is not there.
 * @throws {SyntaxError} The file is no well-formed table, by file and line.
 */
export async function rowsOfTable(path: string): Promise<Rows> {
  const rows: Line[] = [];
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
  const isRead = (name: string) => [...columns, ...groupColumns].includes(name.toLowerCase());
  const column = [...names].find((name) => groupColumns.includes(name.toLowerCase()));
  return {
    rows: await mapBounded(rows, async ({ fields, line, ...row }): Promise<Row> => ({
      ...row,
      place: line,
      cells: await readCells(path, fields, { where: `Cannot read "${path}", line ${line}` }),
    })),
    layout: null,
    groupedBy: column === undefined ? null : `the column "${column}"`,
    unused: [...names].filter((name) => name !== "" && !isRead(name)),
  };
}

function partOf(cell: string, where: string): Part | undefined {
  if (cell.trim() === "") return undefined;
  const part = partNamed(cell);
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
