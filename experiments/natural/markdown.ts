/** The experiment as people read it: what was found, then a part for each set. @module */

import { significanceRule } from "../../lib/study/comparisons.ts";
import * as tables from "../tables.ts";
import { answersOf } from "../compare/answers.ts";
import { systemTables } from "../compare/markdown.ts";
import type { Finding, JudgedSection } from "./findings.ts";
import type { KinAcross } from "./kin.ts";
import { publishedLines, publishedOf } from "./published.ts";
import { leadOf } from "./sections.ts";
import type { NaturalSet } from "./natural_set.ts";

/** Findings, and for each set its sections. */
export function naturalMarkdown(
  { title, caption, findings, sets, judged, people = [] }: {
    readonly title: string;
    readonly caption: string;
    readonly findings: readonly Finding[];
    readonly sets: readonly (NaturalSet & { readonly kin: KinAcross | undefined })[];
    readonly judged: readonly JudgedSection[];
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
    judged.length > 0 ? significanceRule : "",
    people.length > 0
      ? ["### People", "", ...people.map((line) => line.replace(/^###/, "####"))]
      : [],
  ).join("\n");
}

function aboutSet(
  { madeUp, note, kin }: NaturalSet & { readonly kin: KinAcross | undefined },
): string[] {
  return [
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

function sectionBlocks(section: JudgedSection): (string | string[])[] {
  const { rows, target, learnt, division } = section;
  const lead = leadOf(target);
  const published = publishedOf(section);
  const parts = Map.groupBy(rows, ({ modality }) => modality);
  return [
    `#### ${tables.capital(learnt)}, ${
      division === "official" ? "the parts that the set gives" : "parts drawn by group"
    }`,
    answersOf(rows, lead),
    ...[...parts].flatMap(([modality, own]) => [
      modality === "rows" ? "" : `${tables.capital(modality)} alone:`,
      ...systemTables(own, { target, lead }),
    ]),
    ...published ? publishedLines(published, rows, section) : [],
  ];
}
