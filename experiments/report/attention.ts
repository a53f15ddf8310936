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
    const found = result ? findingsOf(result) : [];
    return found.length > 0 ? [{ result: result!, found }] : [];
  });
  return told.flatMap(({ result: { name, data }, found }) => [
    element("h4", {}, element("a", { href: `#${name}` }, titleOf(name, data))),
    ...listed(found),
  ]);
}

/** What a result says; of what, where it says so: `all` is of all that it tests. */
interface Told {
  readonly of?: string;
  readonly sentence: string;
}

/** What is said of all tests, and folded below it what is said of each. */
function listed(found: readonly Told[]): Html[] {
  const list = (some: readonly Told[]) =>
    element("ul", {}, some.map(({ sentence }) => element("li", {}, sentence)));
  const ofAll = found.filter(({ of }) => of === "all");
  if (ofAll.length === 0) return [list(found)];
  const others = found.filter(({ of }) => of !== "all");
  return [
    list(ofAll),
    ...others.length > 0
      ? [element("details", {}, element("summary", {}, "Test by test"), list(others))]
      : [],
  ];
}

function titleOf(name: string, { title }: SavedResult["data"]): string {
  return typeof title === "string" ? title : name;
}

function findingsOf({ name, data }: SavedResult): Told[] {
  const plain = (sentences: readonly string[]) => sentences.map((sentence) => ({ sentence }));
  if (name === "table_1") return plain(onTriples((data.rows ?? []) as readonly Row[]));
  if (name === "scratch") return plain(onBranches((data.fusion ?? []) as readonly FusionRow[]));
  const { findings = [] } = data as { findings?: readonly (string | Told)[] };
  return findings.map((one) => typeof one === "string" ? { sentence: one } : one);
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
