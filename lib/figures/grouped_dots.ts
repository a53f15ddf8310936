/** Scores with intervals, group by group, a dot a system: which of few is better where. @module */

import * as style from "./house_style.ts";
import type { Figure } from "./render.ts";
import { textWidth } from "./text_width.ts";

/** The score of one system in one group. */
export interface GroupedDot {
  /** The group, such as what a system is shown. */
  readonly group: string;
  /** The dot: a system or a modality; those of the palette have a colour of their own. */
  readonly series: string;
  /** In [0, 1]. */
  readonly mean: number;
  /** The ends of the interval around it, in [0, 1]; both or none. */
  readonly low?: number;
  /** See `low`. */
  readonly high?: number;
}

/** What stands above the figure, and what is measured. */
export interface GroupedDotsOptions extends style.FigureOptions {
  /** Of the axis, such as `accuracy`. */
  readonly measure: string;
  /**
   * What the lines are; not said where no row has one.
   *
   * @default "Line: 95 % interval."
   */
  readonly interval?: string;
}

const plotWidth = 270, dotHeight = 11, groupGap = 12;

// Steps of the axis: its ends are on one.
const step = 0.05;

/**
 * A dot of its own shape and a line for each system, group below group, in the order in which the rows
 * first name them. The axis has what is drawn and no more: dots, unlike bars, can be read without a zero. It is
 * narrow enough to be read on a phone.
 *
 * @throws {RangeError} No rows, a score outside [0, 1], or a mean outside its interval.
 */
export function groupedDots(
  rows: readonly GroupedDot[],
  { measure, interval = "Line: 95 % interval.", ...options }: GroupedDotsOptions,
): Figure {
  style.requireSome(rows, "scores");
  rows.forEach(check);
  const groups = style.inOrder(rows.map(({ group }) => group));
  const series = style.inOrder(rows.map((row) => row.series));
  const lined = rows.some(({ low }) => low !== undefined);
  const names = 10 + Math.max(...groups.map((group) => textWidth(group, 11)));
  const domain = domainOf(rows);
  const x = (field: string) =>
    style.quantity(field, domain, { title: measure, format: ".2f", tickCount: 5 });
  const y = style.nameOf("group", groups);
  const yOffset = { field: "series", type: "nominal", sort: series } as const;
  const legend = { orient: "bottom", columns: 1 };
  const color = style.colourOf("series", [series, style.coloursOfSeries(series)], legend);
  const shape = style.colourOf(
    "series",
    [series, series.map((_, i) => style.shapes[i % style.shapes.length]!)],
    legend,
  );
  return style.figure(options, { key: lined ? interval : undefined, width: names + plotWidth }, {
    data: { values: [...rows] },
    width: options.narrow ? Math.floor(style.narrowWidth - names - 12) : plotWidth,
    height: groups.length * (series.length * dotHeight + groupGap),
    layer: [
      {
        ...style.layer(
          { type: "rule", strokeWidth: 3, strokeCap: "round", opacity: 0.4 },
          { x: x("low"), x2: { field: "high" }, y, yOffset, color },
        ),
        transform: [{ filter: "isValid(datum.low)" }],
      },
      style.layer(style.dot(46), { x: x("mean"), y, yOffset, color, shape }),
    ],
  });
}

function domainOf(rows: readonly GroupedDot[]): [number, number] {
  const lowest = Math.min(...rows.map(({ mean, low = mean }) => low));
  const highest = Math.max(...rows.map(({ mean, high = mean }) => high));
  // Rounding of 0.05 must not add a step.
  const from = Math.floor(lowest / step + 1e-9), to = Math.ceil(highest / step - 1e-9);
  return [Math.max(0, from) * step, Math.min(1 / step, Math.max(to, from + 1)) * step];
}

function check({ group, series, mean, low = mean, high = mean }: GroupedDot): void {
  const name = `${series} in ${group}`;
  for (const value of [low, mean, high]) style.requireShare(value, name, "a score");
  if (!(low <= mean && mean <= high)) {
    throw new RangeError(
      `Cannot draw ${name}: expected a mean within its interval, got ${mean} and ${low} to ${high}`,
    );
  }
}
