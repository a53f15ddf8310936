/** What is gained by leaving out the verdicts that a system is least sure of. @module */

import {
  coloursOfSeries,
  type FigureOptions,
  headline,
  inOrder,
  interval,
  plainAxis,
  plainLegend,
  requireShare,
  requireSome,
  schema,
} from "./house_style.ts";
import type { Figure } from "./render.ts";

/** The accuracy of one system at one coverage. */
export interface CoverageRow {
  /** A system or a modality; those of the palette have a colour of their own. */
  readonly system: string;
  /** The share of samples that get a verdict, the surest first, in (0, 1]. */
  readonly coverage: number;
  /** Of those verdicts, in [0, 1]. */
  readonly accuracy: number;
  /** The ends of a band, over seeds or by bootstrap; both or none. */
  readonly low?: number;
  /** See `low`. */
  readonly high?: number;
}

/** What stands above the figure, and what the bands are. */
export interface CoverageOptions extends FigureOptions {
  /**
   * What the bands are; not said where no row has one.
   *
   * @default "Band: ± one standard deviation over seeds."
   */
  readonly band?: string;
}

const plotWidth = 420, plotHeight = 260;

/**
 * Accuracy over coverage, a line per system: on the right every sample gets a
 * verdict, and to the left only the surest do. A system whose confidence tells
 * its right verdicts from its wrong ones rises to the left.
 *
 * @throws {RangeError} No rows, or a value outside [0, 1].
 */
export function coverageFigure(
  rows: readonly CoverageRow[],
  { band = "Band: ± one standard deviation over seeds.", ...options }: CoverageOptions,
): Figure {
  requireSome(rows, "coverage");
  rows.forEach(check);
  const banded = rows.filter(({ low, high }) => low !== undefined && high !== undefined);
  const systems = inOrder(rows.map(({ system }) => system));
  const lowest = Math.min(...rows.map(({ accuracy, low = accuracy }) => low));
  const x = {
    field: "coverage",
    type: "quantitative",
    scale: { domain: interval(0, 1) },
    axis: { ...plainAxis, title: "coverage: share of samples judged", format: ".1f", tickCount: 6 },
  } as const;
  const y = {
    field: "accuracy",
    type: "quantitative",
    scale: { domain: interval(Math.min(0.9, Math.floor(10 * lowest) / 10), 1) },
    axis: { ...plainAxis, title: "accuracy of the verdicts given", format: ".2f", tickCount: 6 },
  } as const;
  const color = {
    field: "system",
    type: "nominal",
    scale: { domain: systems, range: coloursOfSeries(systems) },
    legend: { ...plainLegend, symbolType: "stroke", symbolStrokeWidth: 3 },
  } as const;
  return {
    $schema: schema,
    title: headline(options, {
      ...(banded.length === 0 ? {} : { key: band }),
      width: plotWidth + 180,
    }),
    data: { values: [...rows] },
    width: plotWidth,
    height: plotHeight,
    layer: [
      {
        data: { values: banded },
        mark: { type: "area", opacity: 0.14 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
      },
      { mark: { type: "line", strokeWidth: 2.5 }, encoding: { x, y, color } },
    ],
  };
}

function check({ system, coverage, accuracy, low, high }: CoverageRow): void {
  const name = `the coverage of ${system}`;
  requireShare(coverage, name, "a coverage");
  for (const value of [accuracy, low ?? 0, high ?? 0]) requireShare(value, name, "an accuracy");
}
