/** What the author of a table may not have meant by its columns. @module */

import { shown } from "../checks.ts";
import { partNamed } from "./rows.ts";

const looksLikeGroups =
  /speaker|subject|actor|person|participant|patient|author|user|session|dialog|interview|video/i;

/** Columns, and what their cells look like. */
export interface SeenColumns {
  /** Those that nothing reads. */
  readonly unused: readonly string[];
  /** Those of which every cell names a part of a split. */
  readonly ofParts: ReadonlySet<string>;
  /** Whether there are columns of groups and of parts already. */
  readonly has: { readonly groups: boolean; readonly split: boolean };
}

/** Notes on columns that are not read, though they look as if they were meant to be. */
export function columnNotes({ unused, ofParts, has }: SeenColumns): string[] {
  const persons = has.groups ? [] : unused.filter((name) => looksLikeGroups.test(name));
  const splits = has.split ? [] : unused.filter((name) => ofParts.has(name));
  return [
    ...persons.map((name) =>
      `${shown(name)} may say whose rows are: called "group", a column keeps rows of one on one ` +
      "side of a split"
    ),
    ...splits.map((name) => `${shown(name)} has parts: called "split", they are used`),
  ];
}

/** Of columns that may be of parts so far, those that still are after one more row. */
export function stillOfParts(
  so: ReadonlySet<string> | undefined,
  { names, cells }: { readonly names: readonly string[]; readonly cells: readonly string[] },
): ReadonlySet<string> {
  if (so?.size === 0) return so;
  return new Set(
    names.filter((name, i) =>
      (so === undefined || so.has(name)) && partNamed(cells[i]!) !== undefined
    ),
  );
}
