/** A score as the input gets worse: curves with bands, a panel a kind of corruption. @module */

import * as style from "./house_style.ts";
import type { Figure } from "./render.ts";

/** The score of one series at one level. */
export interface BandRow {
  /** The panel: what is done to the input. */
  readonly corruption: string;
  /** The line: a system or a modality; those of the palette have a colour of their own. */
  readonly series: string;
  /** How much of it, such as `clean` or 20 for an SNR of 20 dB. */
  readonly level: string | number;
  /** In [0, 1]. */
  readonly mean: number;
  /** The ends of the band, in [0, 1], around the mean; both or none. */
  readonly low?: number;
  /** See `low`. */
  readonly high?: number;
}

/** What stands above the figure, and what is measured. */
export interface CurvesOptions extends style.FigureOptions {
  /** Of the vertical axes, such as `accuracy`. */
  readonly measure: string;
  /** What the levels of a corruption are, with their unit: `SNR (dB)`. Without it the axis has no title. */
  readonly levels?: Readonly<Record<string, string>>;
  /**
   * What the bands are; not said where no row has one.
   *
   * @default "Band: ± one standard deviation over seeds."
   */
  readonly band?: string;
  /**
   * The lower end of the vertical axes, in [0, 1], or `data` for the tenth below the lowest band.
   *
   * @default 0.4, further down if a band needs it
   */
  readonly from?: number | "data";
  /**
   * Whether the names of the lines stand beside each other or, so that one panel can be read on a phone,
   * one below another.
   *
   * @default "row"
   */
  readonly legend?: "row" | "column";
}

const plotWidth = 270, plotHeight = 190;

const bandKey = "Band: ± one standard deviation over seeds.";

/**
 * A line with a band for each series, over levels that stand at equal
 * distances in the order in which the rows first name them: give them from
 * clean to worst. Two panels stand side by side unless the figure is narrow, with one vertical scale.
 *
 * @throws {RangeError} No rows, a score outside [0, 1], or a mean outside its band.
 */
export function curvesWithBands(
  rows: readonly BandRow[],
  { measure, levels = {}, band = bandKey, from, legend = "row", ...options }: CurvesOptions,
): Figure {
  style.requireSome(rows, "curves");
  rows.forEach(check);
  const corruptions = style.inOrder(rows.map(({ corruption }) => corruption));
  const series = style.inOrder(rows.map((row) => row.series));
  const lowest = Math.min(...rows.map(({ mean, low = mean }) => low));
  const banded = rows.some(({ low }) => low !== undefined);
  const tenth = Math.floor(10 * lowest) / 10;
  const domain = [from === "data" ? tenth : Math.min(from ?? 0.4, tenth), 1];
  const { narrow = false } = options;
  const columns = narrow ? 1 : Math.min(2, corruptions.length);
  const width = columns * (plotWidth + 70);
  return style.figure(options, { key: banded ? band : undefined, width }, {
    columns,
    spacing: { row: 34, column: 46 },
    concat: corruptions.map((corruption, i) =>
      panel(rows.filter((row) => row.corruption === corruption), {
        corruption,
        series,
        domain,
        levelsTitle: levels[corruption] ?? null,
        measure: i % columns === 0 ? measure : null,
        legend: narrow ? "column" : legend,
      })
    ),
  });
}

function panel(
  rows: readonly BandRow[],
  { corruption, series, domain, levelsTitle, measure, legend: place }: {
    readonly corruption: string;
    readonly series: readonly string[];
    readonly domain: number[];
    readonly levelsTitle: string | null;
    readonly measure: string | null;
    readonly legend: "row" | "column";
  },
): style.Panel {
  const x = {
    field: "level",
    type: "ordinal",
    sort: style.inOrder(rows.map(({ level }) => String(level))),
    scale: { type: "point", padding: 0.2 },
    axis: { ...style.plainAxis, grid: false, title: levelsTitle, labelAngle: 0 },
  } as const;
  // A short axis has ticks between tenths.
  const format = domain[0]! < 0.6 ? ".1f" : ".2f";
  const y = style.quantity("mean", domain, { title: measure, format, tickCount: 6 });
  const legend = { orient: "bottom", ...style.strokes, ...place === "column" && { columns: 1 } };
  const color = style.colourOf("series", [series, style.coloursOfSeries(series)], legend);
  return {
    title: style.panelTitle(corruption),
    data: { values: rows.map((row) => ({ ...row, level: String(row.level) })) },
    width: plotWidth,
    height: plotHeight,
    layer: [
      style.bandLayer({ x, y, color }, 0.14),
      style.layer({ type: "line", strokeWidth: 2 }, { x, y, color }),
      style.layer(style.dot(40), { x, y, color }),
    ],
  } as style.Panel;
}

function check(
  { corruption, series, level, mean, low = mean, high = mean }: BandRow,
): void {
  const name = `${series} under ${corruption} at ${level}`;
  for (const value of [low, mean, high]) style.requireShare(value, name, "a score");
  if (!(low <= mean && mean <= high)) {
    throw new RangeError(
      `Cannot draw ${name}: expected a mean within its band, got ${mean} and ${low} to ${high}`,
    );
  }
}
