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
// A tint of audio's colour, but opaque: the line behind a box must not be seen through it.
const boxColour = "#9fd8c6";

/**
 * A box from the first quartile to the third for each emotion, with its median
 * as a gap and its mean as a dot, and a line from 5 to 95 %. On the left the
 * gate trusts only the contextual path, on the right only the spectral one; a
 * rule marks the even blend.
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
  const x = (field: string) => ({
    field,
    type: "quantitative",
    scale: { domain: style.interval(0, 1) },
    axis: {
      ...style.plainAxis,
      title: "gate g: contextual path only (0) to spectral path only (1)",
      format: ".1f",
      tickCount: 6,
    },
  } as const);
  const sort = rows.map(({ emotion }) => emotion);
  const y = { field: "emotion", type: "nominal", sort, axis: style.namesAxis } as const;
  const color = modalityColours.audio;
  return {
    $schema: style.schema,
    title: style.headline(options, {
      key:
        "Box: the middle half of the clips, with the median. Line: 5 to 95 %. Dot: mean. Dashed: even blend.",
      width: plotWidth + 200,
    }),
    data: { values },
    width: plotWidth,
    height: { step: rowHeight },
    layer: [
      {
        data: { values: [{ even: 0.5 }] },
        mark: { type: "rule", color: inks.axis, strokeDash: [4, 3] },
        encoding: { x: x("even") },
      },
      {
        mark: { type: "rule", color, strokeWidth: 1.5 },
        encoding: { x: x("q5"), x2: { field: "q95" }, y },
      },
      {
        mark: { type: "bar", color: boxColour, stroke: color, size: 14 },
        encoding: { x: x("q25"), x2: { field: "q75" }, y },
      },
      {
        mark: { type: "tick", color, opacity: 1, thickness: 3, size: 14 },
        encoding: { x: x("median"), y },
      },
      {
        mark: { type: "point", filled: true, size: 34, color: inks.text, opacity: 1 },
        encoding: { x: x("mean"), y },
      },
      {
        mark: { type: "text", align: "left", fontSize: 11, color: inks.muted },
        encoding: { x: { value: plotWidth + 14 }, y, text: { field: "label" } },
      },
    ],
  };
}

function toMark({ emotion, count, quantiles, mean }: GateRow) {
  const name = `the gate for ${emotion}`;
  style.requireCount(count - 1, name, "number of clips beside the first");
  for (const value of [...quantiles, mean]) style.requireShare(value, name, "a gate");
  if (quantiles.some((value, i) => i > 0 && value < quantiles[i - 1]!)) {
    throw new RangeError(
      `Cannot draw ${name}: expected rising quantiles, got ${quantiles.join(", ")}`,
    );
  }
  const [q5, q25, median, q75, q95] = quantiles;
  const clips = count === 1 ? "1 clip" : `${style.grouped(count)} clips`;
  return {
    emotion,
    count,
    q5,
    q25,
    median,
    q75,
    q95,
    mean,
    label: `mean ${printNumber(mean)}, ${clips}`,
  };
}
