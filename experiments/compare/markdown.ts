/** A comparison as people read it. @module */

import { leadingScore, verdictScores } from "../../lib/inference/verdict_scores.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import type { Target } from "../../lib/target.ts";
import { printNumber, signed } from "../../lib/numbers.ts";
import * as tables from "../tables.ts";
import { type CompareRow, nameOfRow, type RowComparison } from "./rows.ts";

/** A table for rows, then one a modality, and above them what they answer. */
export function compareMarkdown(
  rows: readonly CompareRow[],
  { title, caption, target }: {
    readonly title: string;
    readonly caption: string;
    readonly target: Target;
  },
): string {
  const parts = [...Map.groupBy(rows, ({ modality }) => modality)];
  return tables.blocks(
    `## ${title}`,
    caption,
    answersLines(rows, target),
    ...parts.flatMap(([modality, ofModality]) => [
      `### ${modality === "rows" ? "Rows as they are" : tables.capital(modality)}`,
      tables.columnsTable(ofModality, columnsOf(target)),
      untestedLines(ofModality),
    ]),
    significanceRule,
  ).join("\n");
}

function columnsOf(target: Target): tables.Column<CompareRow>[] {
  const first = leadingScore(target);
  const others = verdictScores(target).filter(({ name }) => name !== first.name);
  const some = [first, ...others].slice(0, 6);
  return [
    ["system", nameOfRow],
    ...some.map(({ name, title }): tables.Column<CompareRow> => [title, name]),
    [
      `${first.title}, 95 % interval`,
      ({ interval }) => tables.printInterval(interval, printNumber),
    ],
    [
      "Proposed less this",
      ({ comparison: c }) => c && tables.printDifference(c.difference, c.interval),
    ],
    ["significant", ({ comparison: c }) => c && tables.printSignificance(insignificance(c))],
    ["test rows", ({ tested }) => tested.join(", ")],
  ];
}

function untestedLines(rows: readonly CompareRow[]): string[] {
  const reasons = rows.flatMap(({ comparison }) => comparison?.reason ?? []);
  return [...new Set(reasons)].map((reason) => `- Not tested: ${reason}.`);
}

const questions = [
  { asks: "Does attention help?", against: ["Proposed without attention"] },
  {
    asks: "Does fusion that learns how modalities interact beat adding up what each says?",
    against: ["Late fusion", "Learnt late fusion"],
  },
  { asks: "Does it beat the best single modality?", against: ["Best single modality"] },
  { asks: "Is there anything to learn?", against: ["Shuffled labels", "Majority"] },
] as const;

/** What the rows answer, each with its numbers. */
function answersLines(rows: readonly CompareRow[], target: Target): string[] {
  const { title, sign } = leadingScore(target);
  const unit = sign > 0 ? title : `${title}, above 0 for less error`;
  return questions.flatMap(({ asks, against }) => {
    const said = against.flatMap((system) => {
      const row = rows.find((row) => row.modality === "rows" && row.system === system);
      return row?.comparison ? [`less ${system} is ${answer(row.comparison)}`] : [];
    });
    return said.length === 0 ? [] : [`- ${asks} Proposed ${said.join("; ")} (${unit}).`];
  });
}

function answer({ difference, interval, ...comparison }: RowComparison): string {
  const told = `${signed(difference)}${interval ? ` ${tables.printInterval(interval)}` : ""}`;
  if (difference === 0) return `${told}, level`;
  const why = insignificance({ difference, ...comparison });
  const side = difference > 0 ? "ahead" : "behind";
  return why === undefined ? `${told}, significantly ${side}` : `${told}, ${side}, but ${why}`;
}
