/** The accuracies of a table as a figure: one panel per modality, one line per system. @module */

import { printNumber } from "../numbers.ts";
import * as style from "./house_style.ts";
import { inks, modalityColours } from "./palette.ts";
import type { Figure } from "./render.ts";

/** One cell of a table: how one system did on one modality, over several seeds. */
export interface AccuracyRow {
  /** As the table names it. */
  readonly system: string;
  /** The panel; `text`, `image`, `audio` and `unified` have a colour of their own. */
  readonly modality: string;
  /** Mean over seeds, in [0, 1], and its standard deviation; null for a single seed. */
  readonly accuracy: { readonly mean: number; readonly sd: number | null };
  /** What the paper reports of this cell, on its own data; in [0, 1], or the ends of a range. */
  readonly paper?: number | readonly [low: number, high: number];
  /** Where the system differs from the emphasised one significantly, by the rule of the table: how. */
  readonly significantly?: "better" | "worse";
}

/** What stands above the figure, and which system the others are compared with. */
export interface TableBarsOptions extends style.FigureOptions {
  /**
   * The system that has a colour, where the others are grey.
   *
   * @default "Proposed"
   */
  readonly emphasised?: string;
}

const chance = 0.5;
const plotWidth = 420;
const rowHeight = 22;
const panelGap = 50;
// With the names of systems at the left and the numbers at the right.
const figureWidth = 640;

/**
 * A dot for the mean accuracy of each system, a line for ± one standard
 * deviation over seeds, and the numbers beside them; a diamond for what the
 * paper reports, and an arrowhead for a significant difference.
 *
 * Panels are in the order in which `rows` first name their modality, systems
 * from the best to the worst. One has a colour; the others are grey: their names
 * tell them apart. The axis runs from 0.4 to 1,
 * further down if a line needs it: dots, unlike bars, can be read without a
 * zero. A rule marks 0.5, chance on a balanced binary set. Lines end at 0 and 1,
 * which no accuracy can pass.
 *
 * @throws {RangeError} No rows, a mean outside [0, 1], or a deviation below 0.
 */
export function tableBars(
  rows: readonly AccuracyRow[],
  { emphasised = "Proposed", ...options }: TableBarsOptions,
): Figure {
  style.requireSome(rows, "a table");
  const marks = rows.map(toMark).toSorted((a, b) => b.mean - a.mean);
  const modalities = style.inOrder(rows.map((row) => row.modality));
  const lowest = Math.min(...marks.map((mark) => mark.low));
  const shared = {
    emphasised,
    domain: [Math.min(0.4, Math.floor(10 * lowest) / 10), 1] as [number, number],
    narrow: options.narrow ?? false,
  };
  const key = keyOf(rows, emphasised);
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
  { emphasised, domain, narrow, axisTitle }: {
    readonly narrow: boolean;
    readonly emphasised: string;
    readonly domain: [number, number];
    readonly axisTitle: string | null;
  },
): style.Panel {
  const axis = { title: axisTitle, format: ".1f", values: tenths(domain) };
  const x = (field: string) => style.quantity(field, domain, axis);
  const sort = marks.map(({ system }) => system);
  const y = style.nameOf("system", sort, narrow ? null : style.namesAxis);
  const width = narrow ? style.narrowWidth - 14 : plotWidth;
  const color = {
    condition: { test: { field: "system", equal: emphasised }, value: modalityColours.unified },
    value: inks.muted,
  };
  const reported = marks.filter(({ paperLow }) => paperLow !== undefined);
  const paper = { color: inks.text, strokeWidth: 1.2, opacity: 1 };
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
      style.layer({ type: "rule", ...paper }, {
        x: x("paperLow"),
        x2: { field: "paperHigh" },
        y,
      }, reported),
      ...["paperLow", "paperHigh"].map((end) =>
        style.layer(
          { type: "point", shape: "diamond", size: 56, fill: inks.ground, ...paper },
          { x: x(end), y },
          reported,
        )
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
  readonly paperLow?: number;
  readonly paperHigh?: number;
  readonly label: string;
}

function keyOf(rows: readonly AccuracyRow[], emphasised: string): string {
  const has = (how: AccuracyRow["significantly"]) =>
    rows.some(({ significantly }) => significantly === how);
  return [
    rows.some(({ accuracy: { sd } }) => sd !== null)
      ? "Dot: mean over seeds. Line: ± one standard deviation."
      : "Dot: one seed.",
    "Dashed: chance.",
    ...rows.some(({ paper }) => paper !== undefined)
      ? ["Diamond: the paper's, on its own data."]
      : [],
    ...has("better") ? [`▲:\u00a0significantly better than ${emphasised}.`] : [],
    ...has("worse") ? [`▽:\u00a0significantly worse than ${emphasised}.`] : [],
  ].join(" ");
}

const arrows = { better: " ▲", worse: " ▽" };

function toMark(
  { system, modality, accuracy: { mean, sd }, paper, significantly }: AccuracyRow,
): Mark {
  const ends = paper === undefined ? [] : [paper].flat();
  for (const end of ends) style.requireShare(end, `the paper's ${system} on ${modality}`, "a mean");
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
    ...ends.length > 0 && { paperLow: ends[0]!, paperHigh: ends.at(-1)! },
    label: (sd === null ? printNumber(mean) : `${printNumber(mean)} ± ${printNumber(sd)}`) +
      (significantly ? arrows[significantly] : ""),
  };
}

function tenths([from, to]: readonly [number, number]): number[] {
  const first = Math.round(10 * from);
  return Array.from({ length: Math.round(10 * to) - first + 1 }, (_, i) => (first + i) / 10);
}
