/** Whether a confidence of 0.8 is right 8 times in 10: reliability diagrams, before and after temperature. @module */

import * as style from "./house_style.ts";
import { printNumber } from "../numbers.ts";
import { inks, modalityColours } from "./palette.ts";
import type { Figure } from "./render.ts";

/** One diagram. */
export interface ReliabilityPanel {
  /** Such as `before` or `after, T = 1.42`. */
  readonly name: string;
  /** Expected calibration error, in [0, 1]. */
  readonly ece: number;
  /** The bins of confidence; empty ones may be left out. */
  readonly bins: readonly {
    /** The ends of the bin, in [0, 1]. */
    readonly from: number;
    readonly to: number;
    /** Samples in it. */
    readonly count: number;
    /** Their mean confidence and the share of them that is right; not read in an empty bin. */
    readonly confidence: number;
    readonly accuracy: number;
  }[];
}

const plotWidth = 260, diagramHeight = 260, countsHeight = 70;

/**
 * For each panel a diagram, the accuracy of every bin over its mean confidence
 * with a line to the diagonal where both agree, and below it how many samples
 * the bins hold. The gap is what the expected calibration error averages; few
 * samples make a large gap mean little, which is why the counts stand there.
 *
 * The axis of confidence begins at the lowest bin with samples: the confidence
 * of a binary verdict is never below 0.5. Counts share one scale.
 *
 * @throws {RangeError} No panels, a panel without samples, or values that are no shares or counts.
 */
export function reliabilityFigure(
  panels: readonly ReliabilityPanel[],
  options: style.FigureOptions,
): Figure {
  style.requireSome(panels, "a reliability diagram", "panel");
  panels.forEach(check);
  const filled = panels.map(({ bins }) => bins.filter(({ count }) => count > 0));
  const lowest = Math.min(...filled.flat().map(({ from }) => from));
  const most = Math.max(...filled.flat().map(({ count }) => count));
  return {
    $schema: style.schema,
    title: style.headline(options, {
      key:
        "Dot: a bin. Line: from its accuracy to where it would be calibrated (dashed). ECE: expected calibration error. Below: samples in each bin.",
      width: Math.max(panels.length * (plotWidth + 70), 480),
    }),
    spacing: 46,
    hconcat: panels.map(({ name, ece }, i) => ({
      spacing: 12,
      vconcat: [
        diagram(filled[i]!, { title: `${name}: ECE ${printNumber(ece)}`, lowest, first: i === 0 }),
        counts(filled[i]!, { lowest, most, first: i === 0 }),
      ],
    })),
  };
}

type Bins = ReliabilityPanel["bins"];

function confidence(field: string, lowest: number, title: string | null) {
  return {
    field,
    type: "quantitative",
    scale: { domain: style.interval(lowest, 1), nice: false },
    axis: { ...style.plainAxis, title, labels: title !== null, format: ".1f", tickCount: 6 },
  } as const;
}

function diagram(
  bins: Bins,
  { title, lowest, first }: {
    readonly title: string;
    readonly lowest: number;
    readonly first: boolean;
  },
): style.Panel {
  const x = confidence("confidence", lowest, null);
  const bottom = Math.min(lowest, ...bins.map(({ accuracy }) => accuracy));
  const y = (field: string) => ({
    field,
    type: "quantitative",
    scale: { domain: style.interval(Math.floor(10 * bottom) / 10, 1), nice: false },
    axis: { ...style.plainAxis, title: first ? "accuracy" : null, format: ".1f", tickCount: 6 },
  } as const);
  return {
    title: style.panelTitle(title),
    data: { values: [...bins] },
    width: plotWidth,
    height: diagramHeight,
    layer: [
      {
        data: { values: [lowest, 1].map((confidence) => ({ confidence })) },
        mark: { type: "line", color: inks.axis, strokeWidth: 1, strokeDash: [4, 3] },
        encoding: { x, y: y("confidence") },
      },
      {
        mark: { type: "rule", color: modalityColours.unified, strokeWidth: 3, opacity: 0.35 },
        encoding: { x, y: y("accuracy"), y2: { field: "confidence" } },
      },
      {
        mark: { type: "point", filled: true, size: 64, color: modalityColours.unified, opacity: 1 },
        encoding: { x, y: y("accuracy") },
      },
    ],
  };
}

function counts(
  bins: Bins,
  { lowest, most, first }: {
    readonly lowest: number;
    readonly most: number;
    readonly first: boolean;
  },
): style.Panel {
  return {
    data: { values: bins.map((bin) => ({ ...bin, none: 0 })) },
    width: plotWidth,
    height: countsHeight,
    mark: { type: "rect", color: inks.axis, stroke: "white", strokeWidth: 1 },
    encoding: {
      x: confidence("from", lowest, "confidence"),
      x2: { field: "to" },
      y: {
        field: "count",
        type: "quantitative",
        scale: { domain: style.interval(0, most) },
        axis: { ...style.plainAxis, title: first ? "samples" : null, tickCount: 3 },
      },
      y2: { field: "none" },
    },
  };
}

function check({ name, ece, bins }: ReliabilityPanel): void {
  const what = `reliability ${name}`;
  style.requireShare(ece, what, "an error");
  style.requireSome(bins.filter(({ count }) => count > 0), what, "bin with samples");
  for (const { from, to, count, confidence, accuracy } of bins) {
    style.requireCount(count, what, "count");
    for (const end of [from, to]) style.requireShare(end, what, "the ends of a bin");
    if (count === 0) continue;
    for (const share of [confidence, accuracy]) {
      style.requireShare(share, what, "confidence and accuracy");
    }
  }
}
