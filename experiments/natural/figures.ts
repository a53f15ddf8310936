/** The figures of the experiment: what each system is beside late fusion, and what interaction adds. @module */

import { type Draw, forestFigure } from "../../lib/figures/mod.ts";
import { insignificance } from "../../lib/study/comparisons.ts";
import type { CompareRow, RowComparison } from "../compare/rows.ts";
import type { JudgedSection } from "./findings.ts";
import { leadOf, sectionName } from "./sections.ts";

/** A figure's name, and what it shows of each row. */
interface Forest {
  readonly name: string;
  readonly title: string;
  readonly to: string;
  readonly of: (row: CompareRow) => RowComparison | undefined;
}

const forests: readonly Forest[] = [
  {
    name: "natural",
    title: "Each system less late fusion",
    to: "late fusion",
    of: ({ lessLate }) => lessLate,
  },
  {
    name: "natural_interaction",
    title: "What interaction adds to a fused verdict",
    to: "its additive projection",
    of: ({ interaction }) => interaction,
  },
];

/** Each figure of what has an accuracy and, under `NAME_scores`, of what has an error. */
export function naturalFigures(
  judged: readonly JudgedSection[],
  label: string,
): [name: string, draw: Draw][] {
  const kinds = [...Map.groupBy(judged, ({ target }) => target.kind)];
  return kinds.flatMap(([kind, sections]) =>
    forests.flatMap(({ name, title, to, of }): [string, Draw][] => {
      const rows = sections.flatMap((section) =>
        section.rows.filter(({ modality }) => modality === "rows").flatMap((row) => {
          const found = of(row);
          return found ? [forestRow(sectionName(section), row.system, found)] : [];
        })
      );
      if (rows.length === 0) return [];
      const lead = leadOf(sections[0]!.target);
      const measure = lead.sign > 0 ? lead.title : `less ${lead.title}`;
      const subtitle = `${label}; right of 0 is better`;
      const options = { title, subtitle, measure, dot: `difference to ${to}` };
      return [[
        kind === "score" ? `${name}_scores` : name,
        (form) => forestFigure(rows, { ...options, ...form }),
      ]];
    })
  );
}

function forestRow(family: string, variant: string, found: RowComparison) {
  const { difference, interval, pHolm } = found;
  return {
    ...{ family, variant, difference },
    // The interval is of all verdicts together, the difference a mean over seeds.
    ...interval && {
      low: Math.min(interval[0], difference),
      high: Math.max(interval[1], difference),
    },
    ...pHolm !== null && { p: pHolm },
    significant: insignificance(found) === undefined,
  };
}
