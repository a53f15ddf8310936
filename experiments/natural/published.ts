/** Results that others have published on the sets, beside ours. @module */

import { type ScoreName, verdictScores } from "../../lib/inference/verdict_scores.ts";
import { printNumber } from "../../lib/numbers.ts";
import * as tables from "../tables.ts";
import { type CompareRow, nameOfRow } from "../compare/rows.ts";
import type { Section } from "./sections.ts";
import all from "./published.json" with { type: "json" };

/** What others report of a set. */
export interface Published {
  /** As sets are named. */
  readonly set: string;
  /** As sections have it. */
  readonly learnt: string;
  /** What they tested on. */
  readonly split: string;
  /** The scores of `values`, in this order; all in their unit, none in percent. */
  readonly scores: readonly ScoreName[];
  readonly results: readonly {
    readonly system: string;
    readonly values: readonly number[];
    readonly source: string;
  }[];
  /** What makes ours comparable or not. */
  readonly comparable: string;
}

/** What others report of what a section learns; undefined where nothing is known. */
export function publishedOf(
  { set, learnt }: Pick<Section, "set" | "learnt">,
): Published | undefined {
  return (all as readonly Published[]).find((one) =>
    set.toLowerCase().includes(one.set) && one.learnt === learnt
  );
}

/** Our rows, then theirs, by the scores that they report; and what makes them comparable or not. */
export function publishedLines(
  { results, scores, split, comparable }: Published,
  rows: readonly CompareRow[],
  { target, division, context }: Pick<Section, "target" | "division" | "context">,
): string[][] {
  const titles = verdictScores(target);
  const ours = rows.filter(({ modality }) => modality === "rows").map((row) => [
    nameOfRow(row),
    ...scores.map((name) => row[name]),
    `here, ${division}${context ? `, ± ${context} neighbours` : ""}`,
  ]);
  const theirs = results.map(({ system, values, source }) => [
    system,
    ...values.map((value) => printNumber(value)),
    source,
  ]);
  const header = scores.map((name) => titles.find((score) => score.name === name)!.title);
  return [
    tables.markdownTable(["system", ...header, "where"], [...theirs, ...ours], {
      lastIsText: true,
    }),
    [`Published on ${split}. ${comparable}`],
  ];
}
