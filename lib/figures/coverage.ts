/** What is gained by leaving out the verdicts that a system is least sure of. @module */

import * as style from "./house_style.ts";
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
export interface CoverageOptions extends style.FigureOptions {
  /**
   * What the bands are; not said where no row has one.
   *
   * @default "Band: ± one standard deviation over seeds."
   */
  readonly band?: string;
}

const plotWidth = 420, plotHeight = 260;

/**
 * Accuracy over coverage, a line per system, of its own colour and dashes: on the right every sample gets a
 * verdict, and to the left only the surest do. A system whose confidence tells
 * its right verdicts from its wrong ones rises to the left.
 *
 * @throws {RangeError} No rows, or a value outside [0, 1].
 */
export function coverageFigure(
  rows: readonly CoverageRow[],
  { band = "Band: ± one standard deviation over seeds.", ...options }: CoverageOptions,
): Figure {
  style.requireSome(rows, "coverage");
  rows.forEach(check);
  const banded = rows.filter(({ low, high }) => low !== undefined && high !== undefined);
  const systems = style.inOrder(rows.map(({ system }) => system));
  const lowest = Math.min(...rows.map(({ accuracy, low = accuracy }) => low));
  const x = style.quantity("coverage", [0, 1], {
    title: "coverage: share of samples judged",
    format: ".1f",
    tickCount: 6,
  });
  const y = style.quantity("accuracy", [Math.min(0.9, Math.floor(10 * lowest) / 10), 1], {
    title: "accuracy of the verdicts given",
    format: ".2f",
    tickCount: 6,
  });
  const { narrow = false } = options;
  const colours = style.coloursOfSeries(systems);
  const line = style.lineOf("system", [systems, colours], style.legendFor(options));
  const key = banded.length === 0 ? undefined : band;
  return style.figure(options, { key, width: plotWidth + 180 }, {
    data: { values: [...rows] },
    width: narrow ? 270 : plotWidth,
    height: narrow ? 220 : plotHeight,
    layer: [
      style.bandLayer({ x, y, color: line.color }, { opacity: 0.14 }, banded),
      style.layer({ type: "line", strokeWidth: 2.5 }, { x, y, ...line }),
    ],
  });
}

function check({ system, coverage, accuracy, low, high }: CoverageRow): void {
  const name = `the coverage of ${system}`;
  style.requireShare(coverage, name, "a coverage");
  for (const share of [accuracy, low ?? 0, high ?? 0]) {
    style.requireShare(share, name, "an accuracy");
  }
}
