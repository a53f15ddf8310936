/** A table of rows, and beside it what others have extracted of them: numbers by id. @module */

import { shown } from "../../checks.ts";
import { modalities, type Modality } from "../../modality.ts";
import { hasEnding } from "../corpus_files.ts";
import { type NumbersById, readNumbersById } from "../numbers_by_id.ts";
import type { Row } from "../rows.ts";
import { labelColumns, rowsOfTable } from "../table_set.ts";
import { headerOf, type Layout, nameOf, type Seen } from "./layout.ts";

const named = /^(text|image|video|vision|face|audio)_.*\.(csv|tsv)$/i;

/** The modality that a table of numbers is of, by its name; undefined of other files. */
function modalityOf(name: string): Modality | undefined {
  const [, what] = named.exec(name) ?? [];
  if (what === undefined) return undefined;
  const word = what.toLowerCase();
  return word === "text" || word === "audio" ? word : "image";
}

/**
 * A folder with one table of rows, which have an `id` each, and tables of numbers by id, named after
 * their modality: `audio_73.csv`, `text_768.tsv`, `image_35.csv` (or `video_`, `vision_`, `face_`). The
 * numbers stand in the place of an encoder's states, one step a row; the table has what is to be
 * encoded, such as the text itself. A row whose id has no numbers lacks the modality.
 */
export const featuresBeside: Layout = {
  name: "features beside a table",
  looksLike:
    "one table with id and label or score, and numbers by id: audio_73.csv, image_35.csv, " +
    "text_768.csv",
  async fit(seen) {
    if (seen.kind !== "folder") return 0;
    const { tables, numbers } = await filesOf(seen);
    return tables.length === 1 && numbers.length > 0 ? 1 : 0;
  },
  async rows(seen) {
    const { tables: [table], numbers } = await filesOf(seen);
    const twice = numbers.find(([m], i) => numbers.findIndex(([other]) => other === m) < i);
    if (twice !== undefined) {
      const both = numbers.filter(([m]) => m === twice[0]).map(([, { id }]) => shown(id));
      throw new RangeError(
        `Cannot read "${seen.path}": expected one table of numbers of ${twice[0]}, got ` +
          both.join(" and "),
      );
    }
    const given = numbers.map(([m]) => m);
    const set = await rowsOfTable(table!.path, undefined, { given });
    const lone = set.rows.find(({ id }) => id === "");
    if (lone) {
      throw new RangeError(
        `Cannot read "${
          table!.path
        }", line ${lone.place}: expected an id, which its numbers go by, ` +
          "got none",
      );
    }
    const read: { [M in Modality]?: NumbersById } = {};
    for (const [m, { path }] of numbers) read[m] = await readNumbersById(path);
    const rows = set.rows.map((row): Row => {
      const own = given.flatMap((m) => {
        const of = read[m]!.rows.get(row.id);
        return of ? [[m, of] as const] : [];
      });
      return { ...row, numbers: Object.fromEntries(own) };
    });
    return {
      ...set,
      rows,
      layout: `${nameOf(table!.id)} with ${numbers.map(([, { id }]) => nameOf(id)).join(", ")}`,
      numbersFrom: Object.fromEntries(numbers.map(([m, { path }]) => [m, path])),
      notes: [...set.notes ?? [], ...given.flatMap((m) => notesOf(m, read[m]!, rows))],
    };
  },
};

async function filesOf(seen: Seen) {
  const top = seen.files.filter(({ id }) => !id.includes("/") && hasEnding(id, [".csv", ".tsv"]));
  const headers = await Promise.all(top.slice(0, mostTables).map((file) => headerOf(seen, file)));
  const having = top.filter((_, i) => headers[i]?.includes("id"));
  const isTable = (i: number) => headers[i]?.some((name) => labelColumns.includes(name)) ?? false;
  const numbers = having.flatMap((file) => {
    const m = modalityOf(file.id);
    return m === undefined || isTable(top.indexOf(file)) ? [] : [[m, file] as const];
  }).sort(([a], [b]) => modalities.indexOf(a) - modalities.indexOf(b));
  return { tables: having.filter((file) => isTable(top.indexOf(file))), numbers };
}

// A folder of more is none of one table and its features.
const mostTables = 40;

function notesOf(
  m: Modality,
  { path, width, rows: numbers, zero, repairs: { infinite, nan } }: NumbersById,
  rows: readonly Row[],
): string[] {
  const ids = new Set(rows.map(({ id }) => id));
  const lacking = rows.filter(({ numbers }) => numbers?.[m] === undefined).length;
  const others = [...numbers.keys()].filter((id) => !ids.has(id)).length;
  const repaired = [
    ...infinite > 0 ? [`${infinite} infinite`] : [],
    ...nan > 0 ? [`${nan} NaN`] : [],
  ];
  return [
    `${m} is given: ${width} numbers a row, by id, in ${nameOf(path)}`,
    ...lacking > 0
      ? [`${m} is missing from ${lacking} of ${rows.length} rows, whose ids have no numbers`]
      : [],
    ...zero > 0 ? [`${m}: of ${zero} ids all numbers are 0, which count as none`] : [],
    ...others > 0 ? [`${m}: no row has ${others} of the ids in ${nameOf(path)}`] : [],
    ...repaired.length > 0 ? [`${m}: ${repaired.join(" and ")} values became 0`] : [],
  ];
}
