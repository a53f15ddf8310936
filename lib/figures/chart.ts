/** A small figure of any rows, for a notebook: bars, lines, areas or points, in the house's style. @module */

import * as style from "./house_style.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";
import { textWidth } from "./text_width.ts";

/** What {@linkcode chart} draws of a row, and how. */
export interface ChartOptions<Column extends string> extends style.FigureOptions {
  /** What stands for a row; a line and an area go through the rows of a colour from left to right. */
  readonly mark: "bar" | "line" | "area" | "point";
  /** The column along the horizontal axis, whose name is the axis's title: name its unit. */
  readonly x: Column;
  /** Likewise along the vertical axis. */
  readonly y: Column;
  /** The column whose values have a colour each; modalities and systems have theirs. */
  readonly color?: Column;
  /** The column whose values have a panel each, one above another, with equal axes. */
  readonly panel?: Column;
  /** The ends of an axis of numbers; those of the rows by default, and 0 for bars and areas. */
  readonly domains?: { readonly [Axis in "x" | "y"]?: readonly [number, number] };
}

const width = 420, height = 170, panelHeight = 90, nameHeight = 24;
// Of so few values along a line each has a dot.
const mostDots = 12;

/**
 * A mark a row. A column of numbers is measured along its axis; one of names has a place for each, in
 * the order in which the rows first name them, as colours and panels have.
 *
 * @throws {RangeError} No rows, a row without one of the columns, or a number that is not finite.
 */
export function chart<Column extends string>(
  rows: readonly { readonly [C in Column]: string | number }[],
  { mark, x, y, color, panel, domains = {}, ...heading }: ChartOptions<Column>,
): Figure {
  style.requireSome(rows, "a chart");
  const column = (name: Column) => rows.map((row, i) => valueOf(row[name], name, i));
  const measured = (name: Column) => column(name).every((value) => typeof value === "number");
  const axis = (along: "x" | "y", name: Column) =>
    measured(name)
      ? {
        field: along,
        type: "quantitative",
        axis: {
          ...style.plainAxis,
          title: name,
          ...steps(column(name) as number[], along === "y" && panel !== undefined ? 3 : 6),
        },
        scale: domains[along]
          ? { domain: [...domains[along]] }
          : { zero: mark === "bar" || mark === "area" },
      }
      : {
        field: along,
        type: "nominal",
        sort: style.inOrder(column(name)),
        axis: along === "y" ? style.namesAxis : { ...style.namesAxis, labelAngle: 0, title: name },
      };
  const colors = color === undefined ? [] : style.inOrder(column(color).map(String));
  const dots = style.inOrder(column(x)).length <= mostDots;
  const marks = {
    bar: { type: "bar" },
    line: { type: "line", strokeWidth: 2, ...dots && { point: { size: 40, filled: true } } },
    area: { type: "area", opacity: 0.8 },
    point: { type: "point", filled: true, size: 60, opacity: 0.7 },
  };
  const names = measured(y)
    ? 52
    : 20 + Math.max(...column(y).map((name) => textWidth(String(name), 11)));
  return style.figure(heading, { width: width + 120 }, {
    data: {
      values: rows.map((row) => ({
        x: row[x],
        y: row[y],
        ...color !== undefined && { color: String(row[color]) },
        ...panel !== undefined && { panel: row[panel] },
      })),
    },
    width: heading.narrow ? Math.max(120, Math.floor(style.narrowWidth - names)) : width,
    height: !measured(y) ? { step: nameHeight } : panel === undefined ? height : panelHeight,
    mark: { ...marks[mark], ...color === undefined && { color: inks.muted } },
    encoding: {
      x: axis("x", x),
      y: axis("y", y),
      ...color !== undefined && {
        color: style.colourOf(
          "color",
          [colors, style.coloursOfSeries(colors)],
          // What stands beside the axis or above the panel already needs no key.
          [x, y, panel].includes(color) ? null : { title: color, ...style.legendFor(heading) },
        ),
      },
      ...panel !== undefined && {
        row: {
          field: "panel",
          type: "nominal",
          sort: style.inOrder(column(panel)),
          title: null,
          header: { labelOrient: "top", labelAnchor: "start", labelColor: inks.text },
        },
      },
    },
  });
}

// Whole numbers, such as epochs, have no tick between two.
function steps(values: readonly number[], tickCount: number) {
  return values.every(Number.isInteger)
    ? { tickCount, tickMinStep: 1, format: "d" }
    : { tickCount };
}

function valueOf(value: unknown, column: string, row: number): string | number {
  if (typeof value === "number") style.requireFinite(value, "a chart", column);
  else if (typeof value !== "string") {
    throw new RangeError(
      `Cannot draw a chart: expected a number or a name as "${column}" of row ${row}, got ${value}`,
    );
  }
  return value as string | number;
}
