/** A comparison as people read it. @module */

import {
  type LeadingScore,
  leadingScore,
  verdictScores,
} from "../../lib/inference/verdict_scores.ts";
import { printNumber } from "../../lib/numbers.ts";
import { modalities } from "../../lib/modality.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import type { Target } from "../../lib/target.ts";
import * as tables from "../tables.ts";
import { answersOf } from "./answers.ts";
import { type CompareRow, nameOfRow, type RowComparison } from "./rows.ts";

/** Tables for rows, then for each modality, and above them what they answer. */
export function compareMarkdown(
  rows: readonly CompareRow[],
  { title, caption, target }: {
    readonly title: string;
    readonly caption: string;
    readonly target: Target;
  },
): string {
  const parts = [...Map.groupBy(rows, ({ modality }) => modality)];
  const lead = leadingScore(target);
  return tables.blocks(
    `## ${title}`,
    caption,
    answersOf(rows, lead),
    ...parts.flatMap(([modality, ofModality]) => [
      `### ${modality === "rows" ? "Rows as they are" : tables.capital(modality)}`,
      ...systemTables(ofModality, { target, lead }),
    ]),
    significanceRule,
  ).join("\n");
}

/** Small tables of one kind of rows: scores, differences, controls. */
export function systemTables(
  rows: readonly CompareRow[],
  { target, lead }: { readonly target: Target; readonly lead: LeadingScore },
): string[][] {
  const different = rows.filter(({ comparison, lessLate }) => comparison ?? lessLate);
  const controlled = rows.filter(({ interaction, labelPaired }) => interaction ?? labelPaired);
  const even = rows.filter(({ equity }) => equity);
  const reasons = rows.flatMap(({ comparison }) => comparison?.reason ?? []);
  return [
    tables.columnsTable(rows, scoreColumns(target, lead)),
    different.length === 0 ? [] : tables.columnsTable(different, differenceColumns(different)),
    controlled.length === 0 ? [] : tables.columnsTable(controlled, controlColumns(lead)),
    even.length === 0 ? [] : tables.columnsTable(even, equityColumns(even)),
    [...new Set(reasons)].map((reason) => `- Not tested: ${reason}.`),
  ];
}

type Columns = tables.Column<CompareRow>[];

function scoreColumns(target: Target, lead: LeadingScore): Columns {
  const others = verdictScores(target).filter(({ name }) => name !== lead.name);
  return [
    ["system", nameOfRow],
    [lead.title, lead.name],
    ["95 % interval", ({ interval }) => tables.printInterval(interval, printNumber)],
    ...others.slice(0, 5).map(({ name, title }): tables.Column<CompareRow> => [title, name]),
    ["test rows", ({ tested }) => testedText(tested)],
  ];
}

// The same number with every seed is said once.
function testedText(tested: readonly number[]): string {
  return [...new Set(tested)].length === 1 ? String(tested[0]) : tested.join(", ");
}

function differenceColumns(rows: readonly CompareRow[]): Columns {
  const toLate = rows.some(({ lessLate }) => lessLate);
  return [
    ["difference", nameOfRow],
    ...toLate ? difference("this less Late fusion", ({ lessLate }) => lessLate) : [],
    ...difference("Proposed less this", ({ comparison }) => comparison),
  ];
}

function controlColumns(lead: LeadingScore): Columns {
  return [
    ["control", nameOfRow],
    [lead.title, lead.name],
    ["additive projection", ({ interaction }) => interaction?.score],
    ...difference("what interaction adds", ({ interaction }) => interaction),
    ...difference("label-paired less natural", ({ labelPaired }) => labelPaired),
  ];
}

// Of balanced accuracy on the rows that show all: the Modality Equity Index, and Shapley values.
function equityColumns(rows: readonly CompareRow[]): Columns {
  const there = modalities.filter((m) => rows.some(({ equity }) => equity?.contributions[m]));
  return [
    ["contributions", nameOfRow],
    ["modality equity", ({ equity }) => equity?.equity],
    ...there.map((m): Columns[number] => [m, ({ equity }) => equity?.contributions[m]]),
  ];
}

function difference(
  header: string,
  of: (row: CompareRow) => RowComparison | undefined,
): Columns {
  const print = (found: RowComparison | undefined) =>
    found && tables.printDifference(found.difference, found.interval);
  const significant = (found: RowComparison | undefined) =>
    found && tables.printSignificance(insignificance(found));
  return [
    [header, (row) => print(of(row))],
    ["significant", (row) => significant(of(row))],
  ];
}
