/** What the experiment found, in sentences that follow from its rows. @module */

import { printNumber } from "../../lib/numbers.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import { interacting, told } from "../compare/answers.ts";
import type { ComparedSystem } from "../compare/plan.ts";
import type { CompareRow } from "../compare/rows.ts";
import { turned } from "../compare/said.ts";
import type { NaturalRow } from "./context.ts";
import type { Refused } from "./refused.ts";
import { leadOf, type Section, type SectionName, sectionName } from "./sections.ts";

/** A section as results have it. */
export type JudgedSection = SectionName & Pick<Section, "target"> & {
  readonly rows: readonly NaturalRow[];
};

/** Of each set that is refused, why. */
export function findingsOfRefused(refused: readonly Refused[]): Finding[] {
  return refused.map(({ name, reason }) => ({
    ...{ of: name, about: "refused" },
    sentence: `Of ${name} nothing is made: ${reason}`,
  }));
}

/** One thing that was found. */
export interface Finding {
  /** Of what: a section's name, a set's that is refused, `all`, or `people`. */
  readonly of: string;
  readonly about: "fusion" | "interaction" | "label-pairing" | "context" | "people" | "refused";
  readonly sentence: string;
}

/**
 * Of each section what fusion is worth, whether anything that has interactions beats late fusion, and
 * what pairing by label makes up, and with context what that adds; then of all sections on how many that is so. Nothing else is asked
 * than the rows.
 */
export function findingsOf(sections: readonly JudgedSection[]): Finding[] {
  const all = sections.flatMap(findingsOfSection);
  return [...overall(sections), ...all];
}

function findingsOfSection(section: JudgedSection): Finding[] {
  const { title, name } = leadOf(section.target);
  const of = sectionName(section);
  const row = rowOf(section);
  const late = row("Late fusion");
  if (late === undefined) return [];
  const best = row("Best single modality")?.lessLate;
  const compared = comparedWith(section);
  const ahead = aheadByInteraction(section);
  const paired = late.labelPaired;
  return [
    ...best
      ? [{
        ...{ of, about: "fusion" as const },
        sentence:
          `On ${of} late fusion has ${title} ${printNumber(late[name]!.mean)}; less the best ` +
          `single modality it is ${told(turned(best))}.`,
      }]
      : [],
    ...compared.length > 0
      ? [{
        ...{ of, about: "interaction" as const },
        sentence: `On ${of} ${
          ahead.length === 0 ? "no system" : ahead.join(", ")
        } is significantly ahead of late fusion by interactions; less late fusion ${
          compared.map(([system, found]) => `${system} is ${told(found)}`).join("; ")
        } (${title}).`,
      }]
      : [],
    ...paired
      ? [{
        ...{ of, about: "label-pairing" as const },
        sentence:
          `On ${of} late fusion of the same samples paired anew by label, less that of rows ` +
          `as they are, is ${told(paired, ["higher", "lower"])} (${title}).`,
      }]
      : [],
    ...findingsOfContext(section, { of, title }),
  ];
}

function findingsOfContext(
  section: JudgedSection,
  { of, title }: { readonly of: string; readonly title: string },
): Finding[] {
  const said = (which: (row: NaturalRow) => NaturalRow["contextAdds"]) =>
    (["Late fusion", ...interacting] as const).flatMap((system) => {
      const row = rowOf(section)(system);
      const found = row && which(row);
      return found ? [`${system} is ${told(found)}`] : [];
    }).join("; ");
  const context = said(({ contextAdds }) => contextAdds);
  const readout = said(({ readoutAdds }) => readoutAdds);
  return [
    ...context === "" ? [] : [`On ${of}, less the same without context, ${context} (${title}).`],
    ...readout === "" ? [] : [
      `On ${of}, less the same that hears a row and its neighbours alike, ${readout} (${title}).`,
    ],
  ].map((sentence) => ({ of, about: "context", sentence }));
}

function overall(sections: readonly JudgedSection[]): Finding[] {
  const asked = sections.filter((section) => comparedWith(section).length > 0);
  if (asked.length < 2) return [];
  const names = (some: readonly JudgedSection[]) => some.map(sectionName).join("; ");
  const won = asked.filter((section) => aheadByInteraction(section).length > 0);
  const fused = asked.filter((section) => {
    const best = rowOf(section)("Best single modality")?.lessLate;
    return best && isAhead(turned(best));
  });
  return [
    {
      ...{ of: "all", about: "fusion" },
      sentence:
        `Late fusion is significantly ahead of the best single modality on ${fused.length} of ` +
        `${asked.length} tests${fused.length > 0 ? `: ${names(fused)}` : ""}.`,
    },
    {
      ...{ of: "all", about: "interaction" },
      sentence:
        `A system is significantly ahead of late fusion, and of itself without interactions, on ` +
        `${won.length} of ${asked.length} tests${won.length > 0 ? `: ${names(won)}` : ""}.`,
    },
  ];
}

function rowOf({ rows }: JudgedSection) {
  return (system: ComparedSystem) =>
    rows.find((row) => row.modality === "rows" && row.system === system);
}

function comparedWith(section: JudgedSection) {
  const row = rowOf(section);
  return interacting.flatMap((system) => {
    const found = row(system)?.lessLate;
    return found ? [[system, found] as const] : [];
  });
}

/**
 * The systems that are significantly ahead of late fusion and of their own additive projection: what is
 * ahead without interactions, such as a sum that is calibrated better, owes it to something else.
 */
function aheadByInteraction(section: JudgedSection): ComparedSystem[] {
  const row = rowOf(section);
  return comparedWith(section).flatMap(([system, found]) => {
    const { interaction } = row(system)!;
    return isAhead(found) && interaction && isAhead(interaction) ? [system] : [];
  });
}

function isAhead(found: NonNullable<CompareRow["lessLate"]>): boolean {
  return found.difference > 0 && insignificance(found) === undefined;
}
