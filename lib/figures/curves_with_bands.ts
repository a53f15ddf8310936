/** A score as the input gets worse: curves with bands, a panel a kind of corruption. @module */

import * as style from "./house_style.ts";
import { printNumber } from "../numbers.ts";
import type { Figure } from "./render.ts";
import { linesOf } from "./text_width.ts";

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
 * A line with a band for each series, of its own colour, dashes and shape, over levels that stand at equal
 * distances in the order in which the rows first name them: give them from
 * clean to worst. Two panels stand side by side unless the figure is narrow, with one vertical scale.
 * Series stand a few pixels beside each other at each level, and a panel says which lie so close
 * together that they look like one.
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
        ...{ series, domain, narrow },
        levelsTitle: levels[corruption] ?? null,
        measure: i % columns === 0 ? measure : null,
        legend: narrow ? "column" : legend,
      })
    ),
  });
}

function panel(
  rows: readonly BandRow[],
  { corruption, series, domain, narrow, levelsTitle, measure, legend: place }: {
    readonly corruption: string;
    readonly series: readonly string[];
    readonly domain: number[];
    readonly narrow: boolean;
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
  const legend = {
    orient: "bottom",
    symbolSize: 70,
    symbolStrokeWidth: 0,
    ...place === "column" && { columns: 1 },
  };
  const by = (range: readonly unknown[]) => style.cycled("series", [series, range], legend);
  const color = style.colourOf("series", [series, style.coloursOfSeries(series)], legend);
  const close = closeSeries(rows, (domain[1]! - domain[0]!) / 50);
  const step = Math.min(5, plotWidth / x.sort.length / (series.length + 1));
  const together = close.map(({ names, apart }) =>
    `${listOf(names)}: at most ${printNumber(apart)} apart`
  );
  return {
    title: {
      ...style.panelTitle(corruption),
      ...together.length > 0 && {
        subtitle: together.flatMap((text) => linesOf(text, plotWidth, { size: 10 })),
        ...{ subtitleFontSize: 10, subtitlePadding: 4 },
      },
    },
    data: { values: rows.map((row) => ({ ...row, level: String(row.level) })) },
    width: narrow ? 280 : plotWidth,
    height: plotHeight,
    layer: series.filter((name) => rows.some((row) => row.series === name)).flatMap((name) => {
      const xOffset = step * (series.indexOf(name) - (series.length - 1) / 2);
      const own = { filter: { field: "series", equal: name } };
      const layers = [
        style.bandLayer({ x, y, color }, { opacity: 0.14, xOffset }),
        style.layer({ type: "line", strokeWidth: 2, xOffset }, {
          ...{ x, y, color, strokeDash: by(style.dashes) },
        }),
        style.layer({ ...style.dot(40), xOffset }, {
          x,
          y,
          color,
          shape: by(style.shapes),
        }),
      ];
      return layers.map((one) => ({
        ...one,
        transform: [own, ...(one as { transform?: object[] }).transform ?? []],
      }));
    }),
  } as style.Panel;
}

/** Series of a panel whose means differ nowhere by more than `most`, each with its nearest. */
function closeSeries(rows: readonly BandRow[], most: number) {
  const names = style.inOrder(rows.map(({ series }) => series));
  const apart = (a: string, b: string) =>
    Math.max(
      ...rows.filter(({ series }) => series === a).map(({ level, mean }) => {
        const other = rows.find((row) => row.series === b && row.level === level);
        return other ? Math.abs(other.mean - mean) : Infinity;
      }),
    );
  const left = new Set(names);
  return names.flatMap((name) => {
    if (!left.delete(name)) return [];
    const near = [...left].filter((other) => apart(name, other) <= most);
    near.forEach((other) => left.delete(other));
    return near.length === 0
      ? []
      : [{ names: [name, ...near], apart: Math.max(...near.map((other) => apart(name, other))) }];
  });
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
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
