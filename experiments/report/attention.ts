/** "When does attention help?": what the results that ask it say, each in its own sentences. @module */

import { type Corrected, type Ends, insignificance } from "../../lib/study/comparisons.ts";
import type { FusionRow } from "../scratch/fusion.ts";
import type { Row } from "../table_1/rows.ts";
import { printDifference } from "../tables.ts";
import { element, type Html } from "./html.ts";
import type { SavedResult } from "./read_results.ts";

// In the order of the question: whether attention helps at all, then where samples are spoilt.
const asked = ["table_1", "natural", "scratch", "robustness_missing", "robustness_noise"];

/**
 * The results' own sentences on fusion, a list a result. Each sentence is part of its result, so
 * `reproduce --check` makes it anew; of Table 1 and of trained branches, which have none, they are made here of their rows. Empty where no
 * result has one.
 */
export function whenAttentionHelps(results: readonly SavedResult[]): Html[] {
  const told = asked.flatMap((name) => {
    const result = results.find((one) => one.name === name);
    const sentences = result ? sentencesOf(result) : [];
    return sentences.length > 0 ? [{ result: result!, sentences }] : [];
  });
  return told.flatMap(({ result: { name, data }, sentences }) => [
    element("h3", {}, element("a", { href: `#${name}` }, titleOf(name, data))),
    element("ul", {}, sentences.map((sentence) => element("li", {}, sentence))),
  ]);
}

function titleOf(name: string, { title }: SavedResult["data"]): string {
  return typeof title === "string" ? title : name;
}

function sentencesOf({ name, data }: SavedResult): string[] {
  if (name === "table_1") return onTriples((data.rows ?? []) as readonly Row[]);
  if (name === "scratch") return onBranches((data.fusion ?? []) as readonly FusionRow[]);
  const { findings = [] } = data as { findings?: readonly (string | { sentence: string })[] };
  return findings.map((one) => typeof one === "string" ? one : one.sentence);
}

/** The proposed model beside late fusion, on triples that share nothing but a label. */
function onTriples(rows: readonly Row[]): string[] {
  const late = rows.find((row) => row.modality === "unified" && row.system === "Late fusion");
  if (late?.comparison === undefined) return [];
  return [
    `On triples that are put together by their label, the proposed model less late fusion of ` +
    `linear probes is ${told(late.comparison)}. ${independence}`,
  ];
}

/** The joint model upon trained branches beside the sum of their verdicts. */
function onBranches(rows: readonly FusionRow[]): string[] {
  const joint = rows.find(({ system, comparison }) =>
    system === "Proposed on branches" && comparison !== undefined
  );
  if (joint?.comparison === undefined) return [];
  return [
    "Upon branches trained from raw inputs, on triples of one label, the proposed model less " +
    `late fusion is ${told(joint.comparison, -1)}.`,
  ];
}

function told(comparison: Corrected, sign: 1 | -1 = 1): string {
  const { difference, interval } = comparison;
  const ends: Ends | null = sign < 0 && interval ? [-interval[1], -interval[0]] : interval;
  const chance = insignificance(comparison);
  return printDifference(sign * difference, ends) + (chance === undefined ? "" : ` (${chance})`);
}

const independence =
  "Given its label, the parts of such a triple are independent: to add up what " +
  "each says is then the best there is.";
