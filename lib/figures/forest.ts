/** Differences with their intervals, such as what each part of the model adds. @module */

import * as style from "./house_style.ts";
import { printP, signed } from "../numbers.ts";
import { inks, modalityColours } from "./palette.ts";
import type { Figure } from "./render.ts";
import { textWidth } from "./text_width.ts";

/** One variant against the full model. */
export interface ForestRow {
  /** The panel: what the variant changes. */
  readonly family: string;
  /** The row: what stands in the place of the full model. */
  readonly variant: string;
  /** Score of the variant minus that of the full model, in [-1, 1]; below 0 the variant is worse. */
  readonly difference: number;
  /** The ends of the interval around it; both or none. */
  readonly low?: number;
  /** See `low`. */
  readonly high?: number;
  /** p of the test, adjusted by Holm's method over all rows; none for a row that was not tested. */
  readonly p?: number;
  /** Whether the difference is significant, by the rule of the table that it is from. */
  readonly significant?: boolean;
}

/** What stands above the figure, and what differs. */
export interface ForestOptions extends style.FigureOptions {
  /** What the difference is one of, such as `accuracy`. */
  readonly measure: string;
  /**
   * What the lines are.
   *
   * @default "95 % interval"
   */
  readonly interval?: string;
  /**
   * What the dots are.
   *
   * @default "difference to the full model"
   */
  readonly dot?: string;
}

const plotWidth = 340, rowHeight = 22;

/**
 * A dot for the difference of each variant and a line for its interval, with
 * the numbers beside them and a rule where there is no difference. What is
 * significant is wine; the rest is grey.
 *
 * Panels and rows are in the order in which the rows first name them. All
 * panels have one axis, with its zero in it.
 *
 * @throws {RangeError} No rows, a difference outside its interval, or a p outside [0, 1].
 */
export function forestFigure(
  rows: readonly ForestRow[],
  {
    measure,
    interval: lines = "95 % interval",
    dot = "difference to the full model",
    ...options
  }: ForestOptions,
): Figure {
  style.requireSome(rows, "differences");
  rows.forEach(check);
  const families = style.inOrder(rows.map(({ family }) => family));
  const { narrow = false } = options;
  const names = 10 + Math.max(...rows.map(({ variant }) => textWidth(variant, 11)));
  const lined = rows.some(({ low }) => low !== undefined)
    ? ` Line: ${lines}.`
    : " Without an interval: what is seen may be chance.";
  const found = rows.some(({ significant }) => significant) ? " Wine: significant." : "";
  const key = `Dot: ${dot}.${lined}${found}`;
  return style.figure(options, { key, width: names + plotWidth + 210 }, {
    bounds: "flush",
    spacing: narrow ? 58 : 46,
    vconcat: families.map((family, i) =>
      panel(rows.filter((row) => row.family === family), {
        ...{ family, names, narrow },
        domain: domainOf(rows),
        axisTitle: i === families.length - 1 ? `difference in ${measure}` : null,
      })
    ),
  });
}

function panel(
  rows: readonly ForestRow[],
  { family, names, narrow, domain, axisTitle }: {
    readonly family: string;
    readonly names: number;
    readonly narrow: boolean;
    readonly domain: number[];
    readonly axisTitle: string | null;
  },
): style.Panel {
  const axis = { title: axisTitle, tickCount: narrow ? 4 : 5, labelOverlap: narrow };
  const x = (field: string) => ({
    ...style.quantity(field, domain, axis),
    scale: { domain, nice: false },
  });
  const y = style.nameOf(
    "variant",
    rows.map(({ variant }) => variant),
    narrow ? null : style.namesAxis,
  );
  // The labels of its axis are as wide as a tick is apart from the next.
  const width = narrow ? style.narrowWidth - 36 : plotWidth;
  // Beside the dots alone: through a whole panel it would cross the words above them.
  const zero = narrow
    ? { type: "tick", orient: "vertical", color: inks.muted, thickness: 1, size: 18, yOffset: 3 }
    : { type: "rule", color: inks.muted };
  const color = {
    condition: { test: "datum.significant", value: modalityColours.unified },
    value: inks.muted,
  };
  return {
    title: style.panelTitle(family, inks.text, narrow ? 0 : -names),
    data: { values: rows.map(toMark) },
    width,
    height: { step: narrow ? style.narrowRow : rowHeight },
    layer: [
      style.layer(
        zero,
        { x: style.atDatum(x("difference"), 0), ...narrow && { y } },
        narrow ? undefined : [{}],
      ),
      style.layer(
        { type: "rule", strokeWidth: 3, strokeCap: "round", opacity: 0.5 },
        { x: x("low"), x2: { field: "high" }, y, color },
        rows.filter(({ low }) => low !== undefined).map(toMark),
      ),
      style.layer(style.dot(64), { x: x("difference"), y, color }),
      ...style.rowTexts(y, { width, narrow, label: narrow ? "shortLabel" : "label" }),
      ...narrow ? [] : [style.textsAt(width + 176, y, "pLabel", { color: inks.muted })],
    ],
  } as style.Panel;
}

function toMark({ variant, difference, low, high, p, significant = false }: ForestRow) {
  const interval = low === undefined ? "" : ` [${signed(low)}, ${signed(high)}]`;
  const pLabel = p === undefined ? "" : p < 0.001 ? "p < 0.001" : `p = ${printP(p)}`;
  return {
    variant,
    difference,
    ...low !== undefined && { low, high },
    p: p ?? null,
    significant,
    label: `${signed(difference)}${interval}`,
    shortLabel: [signed(difference), pLabel].filter((text) => text !== "").join(", "),
    pLabel,
  };
}

// As far to one side as to the other would waste half of it: variants are mostly worse. No dot is cut
// by the end of the axis.
function domainOf(rows: readonly ForestRow[]): number[] {
  const low = Math.min(-0.01, ...rows.map(({ difference, low = difference }) => low));
  const high = Math.max(0.01, ...rows.map(({ difference, high = difference }) => high));
  const margin = (high - low) / 25;
  return [low - margin, high + margin];
}

function check(
  { family, variant, difference, low = difference, high = difference, p }: ForestRow,
): void {
  const name = `${variant} (${family})`;
  for (const value of [difference, low, high]) style.requireFinite(value, name, "difference");
  if (!(low <= difference && difference <= high)) {
    throw new RangeError(
      `Cannot draw ${name}: expected a difference within its interval, ` +
        `got ${difference} and ${low} to ${high}`,
    );
  }
  if (p !== undefined) style.requireShare(p, name, "p");
}
