/** What a fault in the protocol is worth: the honest score beside the inflated one. @module */

import * as style from "./house_style.ts";
import { signed } from "../numbers.ts";
import { coloursOf, inks } from "./palette.ts";
import type { Figure } from "./render.ts";
import { textWidth } from "./text_width.ts";

/** One fault, and the score without it and with it. */
export interface AuditRow {
  /** What goes wrong, such as `Actors on both sides of the split`. */
  readonly fault: string;
  /** Means over seeds, in [0, 1], and their standard deviations, if known. */
  readonly honest: { readonly mean: number; readonly sd?: number | null };
  /** As `honest`, with the fault let in. */
  readonly inflated: { readonly mean: number; readonly sd?: number | null };
}

/** What stands above the figure, and what is measured. */
export interface AuditOptions extends style.FigureOptions {
  /** Of the horizontal axis, such as `accuracy`. */
  readonly measure: string;
}

const plotWidth = 400, rowHeight = 34, narrowRow = 44;
const ring = {
  ...{ type: "point", filled: false, fill: inks.ground, size: 130, strokeWidth: 2, opacity: 1 },
};
const protocols = ["honest protocol", "with the fault"];

/**
 * A ring and a diamond a fault, joined by a line: the score of the honest protocol
 * and the one that the same system gets when the fault is let in, with the difference
 * beside them. Thin lines are one standard deviation over seeds to each side,
 * above the row for the honest score and below it for the other.
 *
 * Rows are in the order given. The axis begins at 0.4, or lower if a score needs it.
 *
 * @throws {RangeError} No rows, a mean outside [0, 1], or a deviation below 0.
 */
export function auditBars(
  rows: readonly AuditRow[],
  { measure, ...options }: AuditOptions,
): Figure {
  style.requireSome(rows, "an audit", "fault");
  const dots = rows.flatMap(toDots);
  const lowest = Math.min(...dots.map(({ low }) => low));
  const domain = [Math.min(0.4, Math.floor(10 * lowest) / 10), 1];
  const x = (field: string) =>
    style.quantity(field, domain, { title: measure, format: ".1f", tickCount: 7 });
  const faults = rows.map(({ fault }) => fault);
  const { narrow = false } = options;
  const y = style.nameOf("fault", faults, narrow ? null : style.namesAxis);
  const width = narrow ? style.narrowWidth - 14 : plotWidth;
  const color = {
    field: "protocol",
    type: "nominal",
    scale: { domain: protocols, range: coloursOf(protocols) },
    legend: {
      title: null,
      orient: "top",
      labelColor: inks.text,
      labelFontSize: 11,
      symbolSize: 70,
      offset: 8,
    },
  } as const;
  const shape = { ...color, scale: { domain: protocols, range: ["circle", "diamond"] } };
  const names = Math.max(...faults.map((fault) => textWidth(fault, 11)));
  const spread = rows.some(({ honest, inflated }) => honest.sd ?? inflated.sd)
    ? " Thin line: ± one standard deviation over seeds."
    : "";
  const key = `Number: what the fault adds.${spread}`;
  const gaps = rows.map(toGap);
  const gap = { type: "rule", color: inks.axis, strokeWidth: 4, opacity: 0.6 };
  return style.figure(options, { key, width: names + plotWidth + 90 }, {
    width,
    height: { step: narrow ? narrowRow : rowHeight },
    layer: [
      style.layer(gap, { x: x("from"), x2: { field: "to" }, y }, gaps),
      ...protocols.map((protocol, i) =>
        style.layer(
          { type: "rule", strokeWidth: 1.5, yOffset: i === 0 ? -7 : 7 },
          { x: x("low"), x2: { field: "high" }, y, color },
          dots.filter((dot) => dot.protocol === protocol && dot.low < dot.high),
        )
      ),
      // Where the fault adds nothing, the diamond lies within the ring.
      ...protocols.map((protocol, i) =>
        style.layer(
          i === 0 ? ring : style.dot(50),
          { x: x("mean"), y, color, shape },
          dots.filter((dot) => dot.protocol === protocol),
        )
      ),
      ...style.rowTexts(y, { width, narrow, values: gaps }),
    ],
  });
}

function toDots({ fault, honest, inflated }: AuditRow) {
  return [honest, inflated].map(({ mean, sd: deviation }, i) => {
    const sd = deviation ?? 0;
    const name = `"${fault}", ${protocols[i]}`;
    style.requireShare(mean, name, "a mean");
    if (!(sd >= 0)) {
      throw new RangeError(`Cannot draw ${name}: expected a deviation from 0, got ${sd}`);
    }
    const low = Math.max(0, mean - sd), high = Math.min(1, mean + sd);
    return { fault, protocol: protocols[i]!, mean, low, high };
  });
}

function toGap({ fault, honest, inflated }: AuditRow) {
  return {
    fault,
    from: honest.mean,
    to: inflated.mean,
    label: signed(inflated.mean - honest.mean),
  };
}
