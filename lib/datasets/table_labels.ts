/** What the labels of a table count as. @module */

import * as checks from "../checks.ts";
import type { TableReport } from "./table_report.ts";
import { isMapped, listCounts, type ValenceMap } from "./valence.ts";

/** The labels of a table's rows, and what they count as. */
export interface TableLabels {
  /** One a row: an emotion of `valence`. */
  readonly emotions: readonly string[];
  /** The map that was given, with `labels`. */
  readonly valence: ValenceMap;
  /** For the report: the labels in the order in which they come first. */
  readonly counts: TableReport["labels"];
}

const checkMap = checks.choice(["positive", "negative", "excluded"]);
const names: ValenceMap = { pos: "positive", neg: "negative" };
const numbers: ValenceMap = { 0: "negative", 1: "positive" };

/**
 * Labels as emotions: those of `labels` as it says, those of `valence`, `pos` and `neg`, and, where
 * no other number is among them, 0 as negative and 1 as positive. Case and space around a label do
 * not matter, nor how a whole number is written: `1`, `1.0`.
 *
 * @throws {RangeError} Labels that none of these has, with their counts; an entry of `labels` that
 * is no {@linkcode ValenceMap}'s.
 */
export function readLabels(
  raw: readonly string[],
  { valence, labels = {}, path }: {
    readonly valence: ValenceMap;
    readonly labels?: ValenceMap | undefined;
    readonly path: string;
  },
): TableLabels {
  for (const [label, value] of Object.entries(labels)) checkMap(value, `the labels, ${label}`);
  const given = Object.entries(labels).map(([label, value]) => [plainLabel(label), value]);
  const all: ValenceMap = { ...valence, ...Object.fromEntries(given) };
  const plain = raw.map(plainLabel);
  const areTwo = plain.every((label) =>
    isMapped(label, { ...all, ...numbers }) || !isNumber(label)
  );
  const others = areTwo ? { ...names, ...numbers } : names;
  const emotions = plain.map((label) =>
    !isMapped(label, all) && isMapped(label, others) ? others[label]! : label
  );
  const counted = Map.groupBy(plain.keys(), (i) => plain[i]!);
  const unknown = [...counted].filter(([, [first]]) => !isMapped(emotions[first!]!, all))
    .map(([label, { length }]) => [label, length] as const)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (unknown.length === 0) {
    const counts = [...counted].map(([label, rows]) => {
      return { label, meaning: all[emotions[rows[0]!]!]!, rows: rows.length };
    });
    return { emotions, valence: all, counts };
  }
  const isScore = unknown.some(([label]) => isNumber(label));
  const hint = isScore
    ? "; --target score learns numbers as scores"
    : "; --target classes learns every label as a class";
  throw new RangeError(
    `Cannot read "${path}": expected labels positive and negative, 0 and 1 alone, or some of ` +
      `${Object.keys(valence).slice(0, 14).join(", ")}, got also ${listCounts(unknown)}${hint}. ` +
      "The option labels (--labels FILE.json) says what each counts as, positive, negative or " +
      `excluded: ${JSON.stringify({ [unknown[0]![0].slice(0, 20)]: "positive" })}`,
  );
}

/** A label without what does not matter: space around it, case, how a number is written. */
export function plainLabel(label: string): string {
  const plain = label.trim().toLowerCase();
  return isNumber(plain) ? String(Number(plain)) : plain;
}

/** Whether a plain label is a number. */
export function isNumber(label: string): boolean {
  return /^[+-]?\d{1,9}(\.\d{1,9})?$/.test(label);
}
