/** A split that somebody else has made, as a JSON file of ids or groups. @module */

import { shown } from "../checks.ts";
import { type Part, parts } from "./parts.ts";
import { countedRows } from "./rows.ts";

/** What a JSON file says of a split: names by part, or folds of names. */
export interface SplitFile {
  /** For errors and reports. */
  readonly path: string;
  /** What the names are: `id`, `group`, or undefined where the file does not say. */
  readonly by?: "id" | "group";
  /** Names by part; undefined where the file has folds. */
  readonly named?: Readonly<Partial<Record<Part, readonly string[]>>>;
  /** Folds of names; undefined where the file has parts. */
  readonly folds?: readonly (readonly string[])[];
}

/** What a split may name of a row. */
export interface NamedRow {
  /** Unique in its set. */
  readonly id: string;
  /** As the set names it, before copies were joined; empty where it names none. */
  readonly group: string;
}

const partNames: Readonly<Record<string, Part>> = {
  ...{ train: "train", training: "train", test: "test", testing: "test" },
  ...{ validation: "validation", valid: "validation", val: "validation", dev: "validation" },
};

/**
 * Reads `{ "train": […], "validation": […], "test": […] }`, of which the validation part may be
 * missing, or `{ "folds": [[…], …] }`. The names are ids of rows, or groups: all of them the one or all
 * the other, and `"by": "group"` or `"by": "id"` says which where both have such names.
 *
 * @throws {RangeError} The file is not there or is neither, or a name is in two parts.
 */
export async function readSplitFile(path: string): Promise<SplitFile> {
  let value: unknown;
  try {
    value = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    const got = error instanceof Deno.errors.NotFound ? "nothing" : (error as Error).message;
    throw new RangeError(
      `Cannot read "${path}": expected a JSON file of a split, got ${got}`,
      { cause: error },
    );
  }
  return parseSplit(value, path);
}

/** The same of a value that was read; throws what {@linkcode readSplitFile} does. */
export function parseSplit(value: unknown, path: string): SplitFile {
  const fail = (wanted: string, got: unknown): never => {
    throw new RangeError(`Cannot read "${path}": expected ${wanted}, got ${shown(got)}`);
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return fail("an object with train and test, or folds", value);
  }
  const { by, folds, ...rest } = value as Record<string, unknown>;
  if (by !== undefined && by !== "id" && by !== "group") return fail('"by" as id or group', by);
  const namesIn = (list: unknown, where: string): string[] => {
    if (!Array.isArray(list) || list.length === 0) return fail(`a list of names as ${where}`, list);
    return list.map((name) =>
      typeof name === "string" || typeof name === "number"
        ? String(name)
        : fail(`names in ${where}`, name)
    );
  };
  if (folds !== undefined) {
    if (Object.keys(rest).length > 0) return fail("folds alone", Object.keys(rest).join(", "));
    if (!Array.isArray(folds) || folds.length < 2) return fail("two folds or more", folds);
    const lists = folds.map((fold, i) => namesIn(fold, `fold ${i + 1}`));
    assertApart(lists.map((list, i) => [`fold ${i + 1}`, list]), path);
    return { path, ...by && { by }, folds: lists };
  }
  const named: Partial<Record<Part, string[]>> = {};
  for (const [name, list] of Object.entries(rest)) {
    const part = partNames[name.toLowerCase()];
    if (part === undefined) return fail("parts train, validation and test, or folds", name);
    if (named[part]) return fail(`one part ${part}`, Object.keys(rest).join(", "));
    if (part === "validation" && Array.isArray(list) && list.length === 0) continue;
    named[part] = namesIn(list, part);
  }
  if (!named.train || !named.test) {
    return fail("parts train and test", Object.keys(rest).join(", "));
  }
  assertApart(Object.entries(named), path);
  return { path, ...by && { by }, named };
}

function assertApart(
  lists: readonly (readonly [where: string, names: readonly string[]])[],
  path: string,
): void {
  const places = new Map<string, string>();
  for (const [where, names] of lists) {
    for (const name of names) {
      const earlier = places.get(name);
      if (earlier !== undefined && earlier !== where) {
        throw new RangeError(
          `Cannot read "${path}": expected each name in one part, got ${
            shown(name)
          } in ${earlier} ` +
            `and ${where}`,
        );
      }
      places.set(name, where);
    }
  }
}

/** The part of each row by a split file, and what its reader has to know. */
export interface NamedParts {
  /** Undefined of a row that the file does not name. */
  readonly given: readonly (Part | undefined)[];
  /** Such as how many rows the file leaves out. */
  readonly notes: readonly string[];
}

/**
 * The part of each row. Of folds, `fold` is tested on, counted from 1, and the others are trained on.
 *
 * @throws {RangeError} The file has names that no row has, names that are both ids and groups of
 * different rows, or no such fold; or `fold` is given for a file of parts, or missing for folds.
 */
export function partsByName(
  rows: readonly NamedRow[],
  file: SplitFile,
  { fold }: { readonly fold?: number | undefined } = {},
): NamedParts {
  const { path } = file;
  const partOf = new Map<string, Part>();
  for (const [part, names] of partsOf(file, fold)) for (const name of names) partOf.set(name, part);
  const by = namedBy(rows, [...partOf.keys()], file);
  const given = rows.map((row) => partOf.get(row[by]));
  const names = new Set(rows.map((row) => row[by]));
  const unknown = [...partOf.keys()].filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new RangeError(
      `Cannot use the split "${path}": expected names of rows, got ${unknown.length} that no row ` +
        `has as its ${by}: ${some(unknown)}`,
    );
  }
  const left = rows.filter((_, i) => given[i] === undefined).map(({ id }) => id);
  return {
    given,
    notes: left.length > 0
      ? [`${countedRows(left.length, "is", "are")} in no part of "${path}": ${some(left)}`]
      : [],
  };
}

function partsOf(
  { path, named, folds = [] }: SplitFile,
  fold: number | undefined,
): [Part, readonly string[]][] {
  if (named) {
    if (fold === undefined) {
      return parts.flatMap((part) => named[part] ? [[part, named[part]]] : []);
    }
    throw new RangeError(`Cannot use fold ${fold}: expected folds in "${path}", got parts`);
  }
  if (fold === undefined || !Number.isInteger(fold) || fold < 1 || fold > folds.length) {
    throw new RangeError(
      `Cannot use the split "${path}": expected a fold from 1 to ${folds.length}, ` +
        `got ${fold ?? "none"}`,
    );
  }
  return [["test", folds[fold - 1]!], ["train", folds.filter((_, i) => i !== fold - 1).flat()]];
}

/** Whether names are ids or groups: whichever more of them are; where all are both, the file has to say. */
function namedBy(
  rows: readonly NamedRow[],
  names: readonly string[],
  { path, by }: SplitFile,
): "id" | "group" {
  if (by !== undefined) return by;
  const [ids, groups] = [new Set(rows.map(({ id }) => id)), new Set(rows.map((row) => row.group))];
  const countIn = (set: ReadonlySet<string>) => names.filter((name) => set.has(name)).length;
  const [asIds, asGroups] = [countIn(ids), countIn(groups)];
  const isBoth = asIds === names.length && asGroups === names.length &&
    rows.some(({ id, group }) => id !== group);
  if (!isBoth) return asGroups > asIds ? "group" : "id";
  throw new RangeError(
    `Cannot use the split "${path}": expected "by": "id" or "by": "group" in it, got names that are ` +
      `both: ${some(names)}`,
  );
}

function some(names: readonly string[]): string {
  const few = names.slice(0, 5).map(shown).join(", ");
  return names.length > 5 ? `${few}, …` : few;
}
