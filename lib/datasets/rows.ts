/** Rows of a set as its files have them, before its labels mean something. @module */

import type { Modality } from "../modality.ts";
import type { NumberingName } from "./numberings.ts";
import type { Part } from "./parts.ts";

/** What belongs together: one moment, with what it was labelled. */
export interface Row {
  /** A line of the file, or a path in the folder. */
  readonly place: number | string;
  /** Its name in predictions; empty where the set names none. */
  readonly id: string;
  /** The text itself, and complete paths. */
  readonly cells: { readonly [M in Modality]?: string };
  /** Content of the image where that is no file: its path then says where it comes from. */
  readonly bytes?: Uint8Array;
  /** A complete path: it shows and says what the row has no cell for. */
  readonly video?: string;
  /** Of modalities in {@linkcode Rows.numbersFrom}: what others have extracted. */
  readonly numbers?: { readonly [M in Modality]?: Float32Array };
  /** As the set has it: `3`, `joy`, `W`. */
  readonly label: string;
  /** Empty where the set names none. */
  readonly group: string;
  /** Of a set that orders the rows of a group, its place there; empty where it says none. */
  readonly segment?: string;
  /** What it counts in training, 0 or more; undefined where the set does not say. */
  readonly weight?: number;
  /** Undefined where the set has no split. */
  readonly part: Part | undefined;
}

/** Rows that are not used, for one reason. */
export interface LeftOut {
  /** Such as `duplicate`, or the emotion that is excluded. */
  readonly reason: string;
  /** How many. */
  readonly rows: number;
  /** The first few of their places: lines of the file, or paths in the folder. */
  readonly places: readonly (number | string)[];
}

/** What becomes of a row with several labels. */
export type Several = "agree" | "first" | "none";

/** A set as read: its rows, and what was seen on the way. */
export interface Rows {
  /** In the order of the set. */
  readonly rows: readonly Row[];
  /** What was recognised, for the report; null of a plain table. */
  readonly layout: string | null;
  /** What names the groups: `the column "speaker"`, `actor`; null where nothing does. */
  readonly groupedBy: string | null;
  /** What the set's numbers or letters stand for, unless the caller says otherwise. */
  readonly numbering?: NumberingName | Readonly<Record<string, string>>;
  /** What the set's usual reading does with several labels. @default "agree" */
  readonly several?: Several;
  /** Modalities whose features came with the set, each with their file: of these a row has numbers or nothing. */
  readonly numbersFrom?: { readonly [M in Modality]?: string };
  /** Columns that nothing reads. */
  readonly unused?: readonly string[];
  /** What is no row, such as files of another kind. */
  readonly leftOut?: readonly LeftOut[];
  /** What else its reader has to know. */
  readonly notes?: readonly string[];
}

const fewPlaces = 5;

/** `1 row has`, `2 rows have`. */
export function countedRows(count: number, one: string, more: string): string {
  return count === 1 ? `1 row ${one}` : `${count} rows ${more}`;
}

/** The places by reason, as a report counts them. */
export function countLeftOut(
  reasons: Iterable<readonly [place: number | string, reason: string]>,
): LeftOut[] {
  const byReason = Map.groupBy(reasons, ([, reason]) => reason);
  return [...byReason].map(([reason, those]) => ({
    reason,
    rows: those.length,
    places: those.slice(0, fewPlaces).map(([place]) => place),
  }));
}

/** The set without rows of nothing but an empty text, which are counted. */
export function withoutEmptyRows(set: Rows): Rows {
  const isEmpty = ({ cells, video, numbers = {} }: Row) =>
    video === undefined && Object.keys(numbers).length === 0 &&
    Object.entries(cells).every(([m, cell]) =>
      cell.trim() === "" || set.numbersFrom?.[m as Modality] !== undefined
    );
  const out = set.rows.filter(isEmpty).map(({ place }) => [place, "nothing in it"] as const);
  if (out.length === 0) return set;
  return {
    ...set,
    rows: set.rows.filter((row) => !isEmpty(row)),
    leftOut: [...set.leftOut ?? [], ...countLeftOut(out)],
  };
}

/** The part that a name stands for: `Train`, `val`, `dev`, `PublicTest`; undefined of others. */
export function partNamed(name: string): Part | undefined {
  const plain = name.trim().toLowerCase();
  if (/^(train|training)$/.test(plain)) return "train";
  if (/^(validation|validate|val|valid|dev|publictest)$/.test(plain)) return "validation";
  return /^(test|testing|privatetest)$/.test(plain) ? "test" : undefined;
}

/**
 * Rows of a set whose authors kept the test part to themselves: what they publish as validation is
 * tested on, as papers on it do. Others stay as they are.
 */
export function testedOnValidation(
  rows: readonly Row[],
): { readonly rows: readonly Row[]; readonly notes: readonly string[] } {
  const there = new Set(rows.map(({ part }) => part));
  if (there.has("test") || there.has(undefined) || there.size < 2) return { rows, notes: [] };
  return {
    rows: rows.map((row) => row.part === "validation" ? { ...row, part: "test" } : row),
    notes: ["no test part is there: the set's validation part is tested on"],
  };
}
