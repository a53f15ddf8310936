/** The experiment as people read it: what was found, then a part for each set. @module */

import type { LeadingScore } from "../../lib/inference/verdict_scores.ts";
import { insignificance, significanceRule } from "../../lib/study/comparisons.ts";
import * as tables from "../tables.ts";
import { answersOf } from "../compare/answers.ts";
import { systemTables } from "../compare/markdown.ts";
import { nameOfRow } from "../compare/rows.ts";
import type { Finding, JudgedSection } from "./findings.ts";
import type { KinAcross } from "./kin.ts";
import { publishedLines, publishedOf } from "./published.ts";
import { leadOf } from "./sections.ts";
import type { PlannedSet } from "./open_natural.ts";
import type { NaturalRow } from "./context.ts";
import type { Refused } from "./refused.ts";

/** Findings, and for each set its sections. */
export function naturalMarkdown(
  { title, caption, findings, sets, judged, refused = [], people = [] }: {
    readonly title: string;
    readonly caption: string;
    readonly findings: readonly Finding[];
    readonly sets: readonly AboutSet[];
    readonly judged: readonly JudgedSection[];
    /** Sets of which nothing is made. */
    readonly refused?: readonly Refused[];
    /** Lines of what people judged. */
    readonly people?: readonly string[] | undefined;
  },
): string {
  return tables.blocks(
    `## ${title}`,
    caption,
    findings.map(({ sentence }) => `- ${sentence}`),
    ...sets.flatMap((set) => [
      `### ${tables.capital(set.name)}`,
      ...aboutSet(set),
      ...judged.filter((section) => section.set === set.name).flatMap(sectionBlocks),
    ]),
    ...refused.flatMap(({ name, reason }) => [
      `### ${tables.capital(name)}`,
      `**Refused:** ${reason}`,
    ]),
    judged.length > 0 ? significanceRule : "",
    people.length > 0
      ? ["### People", "", ...people.map((line) => line.replace(/^###/, "####"))]
      : [],
  ).join("\n");
}

type AboutSet = Pick<PlannedSet, "name" | "madeUp" | "note" | "kin" | "leakingFeatures">;

function aboutSet({ madeUp, note, kin, leakingFeatures = [] }: AboutSet): string[] {
  return [
    ...leakingFeatures.map((found) =>
      `**The features know the labels, and every score is of that: ${found}.**`
    ),
    ...madeUp ? [`**Made up:** ${madeUp}.`] : [],
    ...note ? [`Note: ${note}.`] : [],
    ...kin ? [kinText(kin)] : [],
  ];
}

function kinText({ groups, testRows, testRowsWithKin, listed }: KinAcross): string {
  const counts = groups.map(({ what, all, across }) =>
    `${tables.counted(all, "group")} of ${what}, ${across} of them in more than one part`
  );
  const examples = listed.slice(0, 5).map(({ rows }) => rows.slice(0, 4).join(", "));
  return `The parts that the set gives: ${counts.length > 0 ? counts.join("; ") : "no kin"}; ` +
    `${testRowsWithKin} of ${testRows} test rows have kin in another part${
      examples.length > 0 ? `, such as ${examples.join("; ")}` : ""
    }.`;
}

/** Each system in context beside itself without, and beside itself that hears all segments alike. */
function contextTable(rows: readonly NaturalRow[], lead: LeadingScore): string[] {
  const difference = (of: (row: NaturalRow) => NaturalRow["contextAdds"]) => (row: NaturalRow) => {
    const found = of(row);
    return found && tables.printDifference(found.difference, found.interval);
  };
  const significant = (of: (row: NaturalRow) => NaturalRow["contextAdds"]) => (row: NaturalRow) => {
    const found = of(row);
    return found && tables.printSignificance(insignificance(found));
  };
  const [context, readout] = [
    ({ contextAdds }: NaturalRow) => contextAdds,
    ({ readoutAdds }: NaturalRow) => readoutAdds,
  ];
  return tables.columnsTable(rows.filter(({ contextAdds }) => contextAdds), [
    ["context", nameOfRow],
    [lead.title, lead.name],
    ["with less without", difference(context)],
    ["significant", significant(context)],
    ["own segments read out less all alike", difference(readout)],
    ["significant", significant(readout)],
  ]);
}

function sectionBlocks(section: JudgedSection): (string | string[])[] {
  const { rows, target, learnt, division, context, leaking } = section;
  const lead = leadOf(target);
  const published = publishedOf(section);
  const parts = Map.groupBy(rows, ({ modality }) => modality);
  return [
    `#### ${tables.capital(learnt)}, ${
      division === "official" ? "the parts that the set gives" : "parts drawn by group"
    }${context ? `, with ± ${context} neighbours` : ""}${
      leaking ? ", of features that know their labels" : ""
    }`,
    answersOf(rows, lead),
    context ? contextTable(rows, lead) : [],
    ...[...parts].flatMap(([modality, own]) => [
      modality === "rows" ? "" : `${tables.capital(modality)} alone:`,
      ...systemTables(own, { target, lead }),
    ]),
    ...published ? publishedLines(published, rows, section) : [],
  ];
}
