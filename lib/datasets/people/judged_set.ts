/** Sets in which people judged each modality by itself, and all together. @module */

import { shown } from "../../checks.ts";
import type { Modality } from "../../modality.ts";
import type { Part } from "../parts.ts";
import { tableRows } from "../table_rows.ts";

/** What people had before them when they judged: one modality, or all that there are. */
export type Judged = Modality | "all";

/** One sample as people judged it. */
export interface JudgedSample {
  /** As its set names it. */
  readonly id: string;
  /** What it must not be parted from: its conversation, or its actor. */
  readonly group: string;
  /** `[K]`: how many said each emotion, by what they had; a verdict without votes is one vote. */
  readonly votes: { readonly [J in Judged]?: readonly number[] };
  /** Of acted samples the place of the emotion that was meant. */
  readonly intended?: number;
  /** Where the set is published in parts. */
  readonly part?: Part;
}

/** Samples, and what was left out. */
export interface JudgedSet {
  /** As captions have it. */
  readonly name: string;
  /** The K emotions, in the spelling of `defaultValence`. */
  readonly emotions: readonly string[];
  /** Those that were judged by themselves. */
  readonly modalities: readonly Modality[];
  /** What a group is, such as `actor`. */
  readonly groupedBy: string;
  /** Those that were judged in every way, in the order of their tables. */
  readonly samples: readonly JudgedSample[];
  /** How many samples were left out, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/**
 * The emotion with the most votes; of several with as many, the first of the set's order. Where
 * `decided` is asked for, these have none.
 */
export function verdictOf(
  votes: readonly number[],
  { decided = false }: { readonly decided?: boolean } = {},
): number | undefined {
  const most = Math.max(...votes);
  const first = votes.indexOf(most);
  return decided && votes.indexOf(most, first + 1) >= 0 ? undefined : first;
}

/** A row of a table with its place, for errors. */
export interface PlacedRow<Column extends string> {
  readonly where: string;
  readonly fields: Readonly<Record<Column, string>>;
}

/**
 * The rows of a table by their id.
 *
 * @throws {RangeError} A column is missing, an id comes twice or is empty, or there is no row; with file and line.
 */
export async function rowsById<Column extends string>(
  path: string,
  { columns, synonyms = {}, idOf }: {
    readonly columns: readonly Column[];
    readonly synonyms?: Readonly<Record<string, readonly string[]>>;
    /** Throws a RangeError without a place for a row that has none. */
    readonly idOf: (row: PlacedRow<Column>) => string;
  },
): Promise<Map<string, PlacedRow<Column>>> {
  const rows = new Map<string, PlacedRow<Column>>();
  for await (const { line, fields } of tableRows(path, columns, { synonyms })) {
    const where = `Cannot read "${path}", line ${line}`;
    const id = idOf({ where, fields });
    const earlier = rows.get(id);
    if (earlier !== undefined) {
      throw new RangeError(`${where}: expected ${shown(id)} once, got it again`);
    }
    rows.set(id, { where, fields });
  }
  if (rows.size === 0) throw new RangeError(`Cannot read "${path}": expected rows, got none`);
  return rows;
}

/** Counts reasons in the order in which they first come. */
export function countReasons(reasons: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
