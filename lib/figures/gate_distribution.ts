/** How the audio gate divides its trust, by emotion. @module */

import { meanAndDeviation } from "../metrics/mean_and_deviation.ts";
import * as style from "./house_style.ts";
import { printNumber } from "../numbers.ts";
import { inks, modalityColours } from "./palette.ts";
import type { Figure } from "./render.ts";

/** The gate over all clips of one emotion: each clip counts once, by its mean over segments and features. */
export interface GateRow {
  /** The row, as the corpus names it. */
  readonly emotion: string;
  /** How many clips. */
  readonly count: number;
  /** g in [0, 1], the share of the spectral path: the quantiles at 5, 25, 50, 75 and 95 %. */
  readonly quantiles: readonly [number, number, number, number, number];
  /** In [0, 1]. */
  readonly mean: number;
}

/** The row of an emotion, from the gate of each of its clips: quantiles are values of clips, none between two. */
export function gateRow(emotion: string, gates: readonly number[]): GateRow {
  const sorted = gates.toSorted((a, b) => a - b);
  const at = (p: number) => sorted[Math.round(p * (sorted.length - 1))]!;
  return {
    emotion,
    count: gates.length,
    quantiles: [at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)],
    mean: meanAndDeviation(gates).mean,
  };
}

const plotWidth = 420, rowHeight = 28;

/**
 * A box from the first quartile to the third for each emotion, with its median
 * as a gap and its mean as a dot, and a line from 5 to 95 %. Farther left the
 * gate trusts the contextual path more, farther right the spectral one; a rule
 * marks the even blend. The axis has the part of 0 to 1 where the gates and the
 * even blend are, and says so.
 *
 * Summaries and not single values are drawn, so that a figure is as small for
 * ten thousand clips as for ten. Emotions are in the order given.
 *
 * @throws {RangeError} No rows, a count that is not 1, 2, …, or quantiles that fall or leave [0, 1].
 */
export function gateDistributionFigure(
  rows: readonly GateRow[],
  options: style.FigureOptions,
): Figure {
  style.requireSome(rows, "the gate", "emotion");
  const values = rows.map(toMark);
  const domain = domainOf(rows);
  const { narrow = false } = options;
  const part = domain[0] === 0 && domain[1] === 1
    ? []
    : [`axis: ${printNumber(domain[0], 2)} to ${printNumber(domain[1], 2)} of 0 to 1`];
  const ends = "gate g: 0 contextual path only, 1 spectral path only";
  const title = narrow ? [ends, ...part] : [ends, ...part].join("; ");
  const x = (field: string) =>
    style.quantity(field, domain, { title, format: ".2f", tickCount: narrow ? 5 : 6 });
  const y = style.nameOf(
    "emotion",
    rows.map(({ emotion }) => emotion),
    narrow ? null : style.namesAxis,
  );
  const width = narrow ? style.narrowWidth - 14 : plotWidth;
  const color = modalityColours.audio;
  const key =
    "Box: the middle half of the clips, with the median. Line: 5 to 95 %. Dot: mean. Dashed: even blend.";
  const box = { type: "bar", size: 14, opacity: 1 };
  const median = { type: "tick", color, opacity: 1, thickness: 3, size: 14 };
  return style.figure(options, { key, width: plotWidth + 200 }, {
    data: { values },
    width,
    height: { step: narrow ? style.narrowRow : rowHeight },
    layer: [
      style.layer(style.dashed, { x: x("even") }, [{ even: 0.5 }]),
      style.layer({ type: "rule", color, strokeWidth: 1.5 }, {
        x: x("q5"),
        x2: { field: "q95" },
        y,
      }),
      // On the ground's colour: the line behind a box must not be seen through it.
      style.layer({ ...box, color: inks.ground }, { x: x("q25"), x2: { field: "q75" }, y }),
      style.layer({ ...box, color, fillOpacity: 0.4, stroke: color }, {
        x: x("q25"),
        x2: { field: "q75" },
        y,
      }),
      style.layer(median, { x: x("median"), y }),
      style.layer({ ...style.dot(34), color: inks.text }, { x: x("mean"), y }),
      ...style.rowTexts(y, { width, narrow, color: inks.muted }),
    ],
  });
}

/** Steps of 0.05 around all that is drawn. */
function domainOf(rows: readonly GateRow[]): [number, number] {
  const all = rows.flatMap(({ quantiles, mean }) => [quantiles[0], quantiles[4], mean, 0.5]);
  // Rounding of 0.05 must not add a step.
  const low = Math.floor(20 * Math.min(...all) + 1e-9),
    high = Math.ceil(20 * Math.max(...all) - 1e-9);
  return [
    Math.max(0, low - Number(high === low)) / 20,
    Math.min(20, high + Number(high === low)) / 20,
  ];
}

function toMark({ emotion, count, quantiles, mean }: GateRow) {
  const name = `the gate for ${emotion}`;
  style.requireCount(count - 1, name, "number of clips beside the first");
  for (const value of [...quantiles, mean]) style.requireShare(value, name, "a gate");
  style.requireRising(quantiles, name);
  const [q5, q25, median, q75, q95] = quantiles;
  const clips = count === 1 ? "1 clip" : `${style.grouped(count)} clips`;
  const label = `mean ${printNumber(mean)}, ${clips}`;
  return { emotion, count, q5, q25, median, q75, q95, mean, label };
}
