/** Compared runs as Markdown. @module */

import { dash, printP } from "../../lib/numbers.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import {
  blocks,
  type Cell,
  markdownTable,
  printDifference,
  printScore,
  printSignificance,
} from "../tables.ts";
import type { ComparedRuns } from "./compared.ts";
import type { RunComparison, RunsRow, RunsTable } from "./rows.ts";

/** A table of text: its header and its rows. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many columns at the left are of names. */
  readonly names: number;
}

/** The page without its looks. */
export function runsMarkdown(compared: ComparedRuns, pictures: readonly string[]): string {
  const { letters, folders, tables } = compared;
  return blocks(
    "# Runs side by side",
    letters.map((letter, i) => `- **${letter}**: ${folders[i]}`),
    "## Settings that differ",
    settingTables(compared).flatMap((
      { title, table },
    ) => [`**${title}**`, "", ...printed(table), ""]),
    "## Scores",
    scoreCaption(compared),
    tables.flatMap((table) => [
      `### ${table.name}`,
      "",
      ...printed(scoreTable(table, letters)),
      "",
      ...[...reasonsOf(table), ...sameRuns(table)].map((reason) => `- ${reason}`),
      "",
    ]),
    pictures.map((name) => `![${pictureNames[name]}](${name}.svg)`),
    compared.notes.map((note) => `- ${note}`),
  ).join("\n");
}

/** What the pictures show. */
export const pictureNames: Readonly<Record<string, string>> = {
  differences: "Differences to the first folder, with their intervals",
  curves: "Loss and accuracy on validation, epoch by epoch",
};

function sameRuns({ same }: RunsTable): string[] {
  return same.length === 0 ? [] : [`The same verdicts in all folders: ${same.join("; ")}.`];
}

function printed({ head, rows, names }: TextTable): string[] {
  const safe = (cells: readonly string[]): Cell[] =>
    cells.map((cell) => cell.replaceAll("|", "\\|"));
  return markdownTable(head, rows.map(safe), { text: names });
}

/** How to read the tables of scores. */
export function scoreCaption({ letters }: Pick<ComparedRuns, "letters">): string {
  return "Mean ± standard deviation over seeds. A difference is above 0 where the folder is better than " +
    `${
      letters[0]
    }, with its 95 % interval by the paired bootstrap, which resamples groups whole with all ` +
    `their seeds; Holm's correction is over the table. ${significanceRule}`;
}

/** The settings that differ; results that differ in the same ones share a table. */
export function settingTables(
  { settings, letters }: Pick<ComparedRuns, "settings" | "letters">,
): { readonly title: string; readonly table: TextTable }[] {
  const alike = Map.groupBy(settings, (own) => JSON.stringify(own.settings));
  return [...alike.values()].map((own) => ({
    title: own.map(({ name }) => name).join(", "),
    table: {
      head: ["setting", ...letters],
      names: 1 + letters.length,
      rows: own[0]!.settings.length === 0
        ? [["none", ...letters.map(() => "")]]
        : own[0]!.settings.map(({ name, values }) => [
          name,
          ...values.map((value) => value === undefined ? dash : short(value)),
        ]),
    },
  }));
}

// A digest is told by its beginning.
function short(text: string): string {
  return /^[0-9a-f]{40,}$/.test(text) ? `${text.slice(0, 12)}…` : text;
}

/** The scores of a result. */
export function scoreTable({ rows }: RunsTable, letters: readonly string[]): TextTable {
  const others = letters.slice(1);
  return {
    head: [
      ...["run", "exam", "score"],
      ...letters,
      ...others.flatMap((letter) => [`${letter} − ${letters[0]}`, "p (Holm)", "significant"]),
    ],
    names: 3,
    rows: rows.map((row) => [
      ...[row.cell, row.exam, row.lead.title],
      ...row.scores.map((score) => score ? printScore(score) : dash),
      ...others.flatMap((_, i) => differenceCells(row, i + 1)),
    ]),
  };
}

function differenceCells({ comparisons, unpaired }: RunsRow, i: number): string[] {
  const comparison = comparisons[i];
  if (comparison === undefined) {
    return [unpaired[i] ? `not paired: ${unpaired[i]}` : dash, dash, dash];
  }
  const { difference, interval, pHolm } = comparison;
  return [
    printDifference(difference, interval),
    printP(pHolm),
    printSignificance(insignificance(comparison)),
  ];
}

/** Why differences of a table have no interval or no pair. */
export function reasonsOf({ rows, leftOut }: RunsTable): string[] {
  const compared = rows.flatMap(({ comparisons }) =>
    comparisons.filter((one) => one !== undefined)
  );
  const reasons = new Set(compared.flatMap(({ reason }: RunComparison) => reason ?? []));
  const unpaired = rows.flatMap(({ unpaired }) => unpaired.filter((one) => one !== undefined));
  const counts = [...Map.groupBy(unpaired, (reason) => reason)]
    .map(([reason, own]) => `Not paired in ${own.length} cases: ${reason}.`);
  return [
    ...[...reasons].map((reason) => `No interval: ${reason}.`),
    ...counts,
    ...leftOut.length > 0
      ? [`Left out, since their verdicts are several: ${leftOut.join(", ")}.`]
      : [],
  ];
}
