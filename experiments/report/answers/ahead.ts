/** Whether the proposed model is ahead, and where it is not. @module */

import { type Figure, forestFigure } from "../../../lib/figures/mod.ts";
import { printPercent } from "../../../lib/numbers.ts";
import { type Corrected, insignificance } from "../../../lib/study/comparisons.ts";
import { floors, type Row } from "../../table_1/rows.ts";
import { capital, counted } from "../../tables.ts";
import { type Answer, listed, oneSeed, sentenceOf, spoken } from "./answer.ts";

/** A comparison with a system that has learnt something. */
interface Compared extends Pick<Row, "system" | "modality"> {
  readonly comparison: Corrected;
}

/** Where it is ahead and where behind, by the rows of Table 1; nothing without a comparison. */
export function isItAhead(rows: readonly Row[]): Answer | undefined {
  const compared = comparisonsOf(rows);
  if (compared.length === 0) return undefined;
  if (compared.every(({ comparison }) => comparison.seeds.length < 2)) return ofOneSeed(rows);
  const ahead = compared.filter(isSignificant(1)), behind = compared.filter(isSignificant(-1));
  const others = compared.filter((row) => !ahead.includes(row) && !behind.includes(row));
  const untested = others.filter(({ comparison }) => comparison.pHolm === null);
  return {
    brief: briefly({ ahead: ahead.length, behind: behind.length, all: compared.length }),
    sentence: sentenceOf([
      `the proposed model is significantly ahead in ${ahead.length || "none"} of ` +
      `${counted(compared.length, "comparison")} with other systems that learn, and ` +
      `significantly behind in ${behind.length || "none"}` +
      (behind.length > 0 ? ` (${listed(behind.map(nameOf))})` : ""),
      ...others.length > 0 ? [ofOthers(others, untested.length)] : [],
    ]),
  };
}

/** What is not significantly ahead of the proposed model's rivals, as a figure; none of one seed. */
export function notAheadFigure(
  rows: readonly Row[],
  form: { readonly narrow?: boolean } = {},
): Figure | undefined {
  const shown = comparisonsOf(rows).filter((row) => !isSignificant(1)(row));
  if (shown.length === 0 || shown.every(({ comparison }) => comparison.seeds.length < 2)) {
    return undefined;
  }
  return forestFigure(
    shown.toSorted((a, b) => a.comparison.difference - b.comparison.difference).toSorted((a, b) =>
      place(rows, a) - place(rows, b)
    ).map(({ system, modality, comparison: { difference, interval, pHolm, ...rest } }) => ({
      family: spoken(modality),
      variant: system,
      difference,
      ...pHolm !== null && { p: pHolm },
      significant: insignificance({ difference, pHolm, ...rest }) === undefined,
      // The mean over seeds and the pooled bootstrap weigh seeds of unlike size differently.
      ...interval && {
        low: Math.min(interval[0], difference),
        high: Math.max(interval[1], difference),
      },
    })),
    {
      title: "Where the proposed model is not significantly ahead",
      subtitle: "Accuracy, by what is judged; of systems that learn.",
      measure: "accuracy",
      dot: "proposed model less this system; left of the line it is behind",
      ...form,
    },
  );
}

// Panels are in the order of the table.
function place(rows: readonly Row[], { modality }: Compared): number {
  return rows.findIndex((row) => row.modality === modality);
}

function comparisonsOf(rows: readonly Row[]): Compared[] {
  return rows.flatMap(({ system, modality, comparison }) =>
    comparison && !floors.includes(system) ? [{ system, modality, comparison }] : []
  );
}

function isSignificant(sign: 1 | -1) {
  return ({ comparison }: Compared) =>
    insignificance(comparison) === undefined && Math.sign(comparison.difference) === sign;
}

function nameOf({ system, modality }: Compared): string {
  return `${system} on ${spoken(modality)}`;
}

function briefly(
  { ahead, behind, all }: Readonly<Record<"ahead" | "behind" | "all", number>>,
): string {
  if (ahead === 0 && behind === 0) return "Not shown: no difference is significant";
  if (behind === 0) return `Ahead in ${ahead} of ${all} comparisons, behind in none`;
  return `Ahead in ${ahead || "none"} of ${all} comparisons, behind in ${behind}`;
}

function ofOthers(others: readonly Compared[], untested: number): string {
  const late = others.some(({ system, modality, comparison }) =>
    system === "Late fusion" && modality === "unified" && comparison.pHolm !== null
  );
  const among = late ? ", late fusion of all three among them" : "";
  const told = others.length - untested;
  if (untested === 0) return `${counted(told, "difference")} ${is(told)} not significant${among}`;
  const few = `${untested} ${told === 0 ? "" : "more "}can’t be tested on so few groups`;
  return told === 0 ? few : `${told} ${is(told)} not significant${among}, and ${few}`;
}

function is(count: number): string {
  return count === 1 ? "is" : "are";
}

function ofOneSeed(rows: readonly Row[]): Answer {
  const scores = rows.filter(({ system }) => system === "Proposed").map(({ modality, accuracy }) =>
    `${printPercent(accuracy.mean, 1)} on ${spoken(modality)}`
  );
  return {
    brief: capital(oneSeed),
    sentence: sentenceOf([oneSeed, `the proposed model is right in ${listed(scores)}`]),
  };
}
