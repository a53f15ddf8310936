/** The accuracies of a table as a figure: one panel per modality, one line per system. @module */

import { printNumber } from "../numbers.ts";
import * as style from "./house_style.ts";
import { coloursOf } from "./palette.ts";
import type { Figure } from "./render.ts";

/** One cell of a table: how one system did on one modality, over several seeds. */
export interface AccuracyRow {
  /** As the table names it; systems with a colour of their own are in `systemColours`. */
  readonly system: string;
  /** The panel; `text`, `image`, `audio` and `unified` have a colour of their own. */
  readonly modality: string;
  /** Mean over seeds, in [0, 1], and its standard deviation; null for a single seed. */
  readonly accuracy: { readonly mean: number; readonly sd: number | null };
}

const chance = 0.5;
const plotWidth = 420;
const rowHeight = 22;
const panelGap = 50;
// With the names of systems at the left and the numbers at the right.
const figureWidth = 640;

/**
 * A dot for the mean accuracy of each system, a line for ± one standard
 * deviation over seeds, and the numbers beside them.
 *
 * Panels are in the order in which `rows` first name their modality, lines in
 * the order in which they first name their system. The axis runs from 0.4 to 1,
 * further down if a line needs it: dots, unlike bars, can be read without a
 * zero. A rule marks 0.5, chance on a balanced binary set. Lines end at 0 and 1,
 * which no accuracy can pass.
 *
 * @throws {RangeError} No rows, a mean outside [0, 1], or a deviation below 0.
 */
export function tableBars(
  rows: readonly AccuracyRow[],
  options: style.FigureOptions,
): Figure {
  style.requireSome(rows, "a table");
  const marks = rows.map(toMark);
  const modalities = style.inOrder(rows.map((row) => row.modality));
  const lowest = Math.min(...marks.map((mark) => mark.low));
  const shared = {
    systems: style.inOrder(rows.map((row) => row.system)),
    domain: [Math.min(0.4, Math.floor(10 * lowest) / 10), 1] as [number, number],
    narrow: options.narrow ?? false,
  };
  const key = rows.some(({ accuracy: { sd } }) => sd !== null)
    ? "Dot: mean over seeds. Line: ± one standard deviation. Dashed: chance."
    : "Dot: one seed. Dashed: chance.";
  return style.figure(options, { key, width: figureWidth }, {
    // Flush: the panels' plots stand in one column however long the names beside them.
    bounds: "flush",
    spacing: panelGap,
    vconcat: modalities.map((modality, i) =>
      panel(modality, marks.filter((mark) => mark.modality === modality), {
        ...shared,
        axisTitle: i === modalities.length - 1 ? "accuracy" : null,
      })
    ),
  });
}

function panel(
  modality: string,
  marks: readonly Mark[],
  { systems, domain, narrow, axisTitle }: {
    readonly narrow: boolean;
    readonly systems: readonly string[];
    readonly domain: [number, number];
    readonly axisTitle: string | null;
  },
): style.Panel {
  const axis = { title: axisTitle, format: ".1f", values: tenths(domain) };
  const x = (field: string) => style.quantity(field, domain, axis);
  const sort = systems.filter((system) => marks.some((mark) => mark.system === system));
  const y = style.nameOf("system", sort, narrow ? null : style.namesAxis);
  const width = narrow ? style.narrowWidth - 14 : plotWidth;
  // No legend: each line bears its system's name, so that no colour has to be looked up.
  const color = style.colourOf("system", [systems, coloursOf(systems)]);
  const deviation = { type: "rule", strokeWidth: 3, strokeCap: "round", opacity: 0.5 };
  return {
    title: { text: modality, color: style.inkOfModality(modality), fontSize: 13, offset: 6 },
    data: { values: [...marks] },
    width,
    height: { step: narrow ? style.narrowRow : rowHeight },
    layer: [
      style.layer(style.dashed, { x: style.atDatum(x("mean"), chance) }, [{}]),
      style.layer(
        deviation,
        { x: x("low"), x2: { field: "high" }, y, color },
        marks.filter(({ low, high }) => low < high),
      ),
      style.layer(style.dot(64), { x: x("mean"), y, color }),
      ...style.rowTexts(y, { width, narrow }),
    ],
  } as style.Panel;
}

interface Mark {
  readonly system: string;
  readonly modality: string;
  readonly mean: number;
  /** One standard deviation below the mean, but not below 0. */
  readonly low: number;
  /** One standard deviation above the mean, but not above 1. */
  readonly high: number;
  readonly label: string;
}

function toMark({ system, modality, accuracy: { mean, sd } }: AccuracyRow): Mark {
  if (!(mean >= 0 && mean <= 1 && (sd ?? 0) >= 0)) {
    throw new RangeError(
      `Cannot draw ${system} on ${modality}: expected a mean from 0 to 1 and a deviation from 0, ` +
        `got ${mean} and ${sd}`,
    );
  }
  return {
    system,
    modality,
    mean,
    low: Math.max(0, mean - (sd ?? 0)),
    high: Math.min(1, mean + (sd ?? 0)),
    label: sd === null ? printNumber(mean) : `${printNumber(mean)} ± ${printNumber(sd)}`,
  };
}

function tenths([from, to]: readonly [number, number]): number[] {
  const first = Math.round(10 * from);
  return Array.from({ length: Math.round(10 * to) - first + 1 }, (_, i) => (first + i) / 10);
}
