/** The figures of missing modalities. @module */

import {
  curvesWithBands,
  type Figure,
  type FigureOptions,
  groupedDots,
} from "../../lib/figures/mod.ts";
import { band } from "../tables.ts";
import type { MissingRow, SubsetRow } from "./rows.ts";

/** What a reader sees of what is shown. */
export function shownName(shown: readonly string[]): string {
  return shown.length === 3 ? "all three" : shown.join(" and ");
}

type Words = Pick<FigureOptions, "subtitle" | "narrow">;

/** The accuracy of every system on the seven subsets; what knows nothing is left out. */
export function subsetsFigure(rows: readonly SubsetRow[], { subtitle, ...form }: Words): Figure {
  const dots = rows.filter(knows).map(({ system, shown, accuracy: { mean }, interval }) => ({
    group: shownName(shown),
    series: system,
    mean,
    // An interval that is expanded for few groups may pass what an accuracy can't.
    ...interval &&
      { low: Math.max(0, Math.min(interval[0], mean)), high: Math.max(mean, interval[1]) },
  }));
  return groupedDots(dots, {
    title: "Missing modalities",
    subtitle: `${subtitle}; test triples of which only these are shown`,
    ...{ measure: "accuracy", ...form },
    interval: "Line: 95 % interval by speaker, or by what is shown without speech.",
  });
}

/** The accuracy of every system as all modalities are missing more often. */
export function ratesFigure(rows: readonly MissingRow[], { subtitle, ...form }: Words): Figure {
  const curves = rows.filter((row) => knows(row) && row.protocol === "shared")
    .map(({ system, rates, accuracy }) => ({
      corruption: "every modality by itself",
      series: system,
      level: rates.text,
      ...band(accuracy),
    }));
  return curvesWithBands(curves, {
    title: "Missing at a rate",
    subtitle: `${subtitle}; never all three at once`,
    ...{ measure: "accuracy", ...form },
    levels: { "every modality by itself": "missing rate" },
    from: "data",
    legend: "column",
  });
}

function knows({ system }: Pick<SubsetRow, "system">): boolean {
  return system !== "Majority";
}
