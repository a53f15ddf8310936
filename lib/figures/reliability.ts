/** Whether a confidence of 0.8 is right 8 times in 10: reliability diagrams, before and after temperature. @module */

import {
  expectedCalibrationError,
  reliabilityBins,
  type ReliabilityOptions,
} from "../metrics/calibration.ts";
import type { Scored } from "../metrics/roc.ts";
import { printNumber } from "../numbers.ts";
import * as style from "./house_style.ts";
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

/**
 * The diagram of answers: whether each was right (1) or wrong (0), and its confidence. Of K classes
 * `topLabel` makes these of the probabilities.
 *
 * @throws {RangeError} As `reliabilityBins`.
 */
export function reliabilityPanel(
  { name, ...answers }: Pick<ReliabilityPanel, "name"> & Scored,
  options: ReliabilityOptions = {},
): ReliabilityPanel {
  const bins = reliabilityBins(answers, options).filter(({ count }) => count > 0);
  return {
    name,
    ece: expectedCalibrationError(answers, options),
    bins: bins.map(({ low, high, count, meanScore, positiveRate }) => ({
      from: low,
      to: high,
      count,
      confidence: meanScore,
      accuracy: positiveRate,
    })),
  };
}

const plotWidth = 260, diagramHeight = 260, countsHeight = 70;

/**
 * For each panel a diagram, the accuracy of every bin over its mean confidence
 * with a line to the diagonal where both agree, and below it how many samples
 * the bins hold. The gap is what the expected calibration error averages; few
 * samples make a large gap mean little, which is why the counts stand there and
 * a dot's area is in proportion to them. Both axes of all panels are equal.
 *
 * The axis of confidence begins at the lowest bin with samples: the confidence
 * in one of K classes is never below 1 / K. Counts share one scale.
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
  const bottom = Math.min(lowest, ...filled.flat().map(({ accuracy }) => accuracy));
  const most = Math.max(...filled.flat().map(({ count }) => count));
  const key =
    "Dot: a bin, larger for more samples. Line: from its accuracy to where it would be calibrated (dashed). ECE: expected calibration error. Below: samples in each bin.";
  const { narrow = false } = options;
  return style.figure(options, { key, width: panels.length * (plotWidth + 70) }, {
    spacing: narrow ? 30 : 46,
    resolve,
    ...style.sideBySide(
      panels.map(({ name, ece }, i) => {
        const first = narrow || i === 0;
        const title = `${name}: ECE ${printNumber(ece)}`;
        return {
          spacing: 12,
          resolve,
          vconcat: [
            diagram(filled[i]!, { title, lowest, bottom, most, first, keyed: i === 0 }),
            counts(filled[i]!, { lowest, most, first }),
          ],
        };
      }),
      options,
    ),
  });
}

// So that one diagram alone has the legend of the sizes, which are equal.
const resolve = { scale: { size: "independent" } } as const;

type Bins = ReliabilityPanel["bins"];

function share(field: string, lowest: number, axis: object) {
  return {
    ...style.quantity(field, [], { ...axis, format: ".1f", tickCount: 6 }),
    scale: { domain: [lowest, 1], nice: false },
  };
}

function diagram(
  bins: Bins,
  { title, lowest, bottom, most, first, keyed }: {
    readonly title: string;
    readonly lowest: number;
    readonly bottom: number;
    readonly most: number;
    readonly first: boolean;
    /** Whether it has the legend of the dots' sizes. */
    readonly keyed: boolean;
  },
): style.Panel {
  const x = share("confidence", lowest, { title: null, labels: false });
  const axis = { title: first ? "accuracy" : null };
  const y = (field: string) => share(field, Math.floor(10 * bottom) / 10, axis);
  const color = modalityColours.unified;
  return {
    title: style.panelTitle(title),
    data: { values: [...bins] },
    width: plotWidth,
    height: diagramHeight,
    layer: [
      style.layer(
        { ...style.dashed, type: "line", strokeWidth: 1 },
        { x, y: y("confidence") },
        [lowest, 1].map((confidence) => ({ confidence })),
      ),
      style.layer(
        { type: "rule", color, strokeWidth: 3, opacity: 0.35 },
        { x, y: y("accuracy"), y2: { field: "confidence" } },
      ),
      style.layer({ ...style.dot(64), color }, { x, y: y("accuracy"), size: sizeOf(most, keyed) }),
    ],
  };
}

// The area is in proportion to the samples, from a dot that is just seen.
function sizeOf(most: number, keyed: boolean) {
  const decades = [1, 10, 100, 1000, 10_000, 100_000].filter((count) => count <= most);
  return {
    field: "count",
    type: "quantitative",
    scale: { domain: [0, most], range: [14, 320], nice: false },
    legend: keyed
      ? {
        title: "samples",
        orient: "bottom-right",
        values: decades.slice(-3),
        format: ",d",
        symbolFillColor: modalityColours.unified,
        symbolStrokeWidth: 0,
        ...{ titleColor: inks.muted, titleFontSize: 10, titleFontWeight: "normal" },
        ...{ labelColor: inks.text, labelFontSize: 10, offset: 4 },
      }
      : null,
  } as const;
}

function counts(
  bins: Bins,
  { lowest, most, first }: {
    readonly lowest: number;
    readonly most: number;
    readonly first: boolean;
  },
): style.Panel {
  const x = share("from", lowest, { title: "confidence", labels: true });
  // Above the highest bar its number has room.
  const axis = { title: first ? "samples" : null, tickCount: 3 };
  const y = style.quantity("count", [0, 1.2 * most], axis);
  const middles = bins.map((bin) => ({
    ...{ from: (bin.from + bin.to) / 2, count: bin.count },
    label: style.grouped(bin.count),
  }));
  return {
    data: { values: bins.map((bin) => ({ ...bin, none: 0 })) },
    width: plotWidth,
    height: countsHeight,
    layer: [
      style.layer({ type: "rect", color: inks.axis, stroke: inks.ground, strokeWidth: 1 }, {
        ...{ x, x2: { field: "to" }, y, y2: { field: "none" } },
      }),
      style.layer(
        { type: "text", fontSize: 9, dy: -6, baseline: "middle", color: inks.muted },
        { x, y, text: { field: "label" } },
        middles,
      ),
    ],
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
