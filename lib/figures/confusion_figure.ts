/** Confusion matrices as heat maps: counts, and their share of the row (paper, Figs. 9 to 12). @module */

import * as style from "./house_style.ts";
import { printNumber } from "../numbers.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";

/** One matrix. */
export interface ConfusionPanel {
  /** `text`, `image`, `audio` and `unified` have a colour of their own. */
  readonly name: string;
  /** Row = actual, column = predicted, as `confusionMatrix` counts them; means over seeds are fine. */
  readonly counts: readonly (readonly number[])[];
}

/** What stands above the figure, and what the classes are called. */
export interface ConfusionOptions extends style.FigureOptions {
  /**
   * A name a class, in the order of rows and columns.
   *
   * @default ["negative", "positive"]
   */
  readonly classes?: readonly string[];
}

interface Cell {
  readonly actual: string;
  readonly predicted: string;
  readonly count: number;
  /** Of the actual class; 0 for a class without samples. */
  readonly share: number;
  readonly countLabel: string;
  readonly shareLabel: string;
}

/** The key to the cells. */
export const confusionKey =
  "Each cell: how many, and below it which share of the actual class (row).";

const cellWidth = 92, cellHeight = 68;

/**
 * One heat map a panel, darker for a larger share of the actual class; each
 * cell has its count and below it that share. Shares are of rows, so the
 * diagonal holds the recall of each class.
 *
 * @throws {RangeError} No panels, a matrix that is not a square of one row per class, or a count below 0.
 */
export function confusionFigure(
  panels: readonly ConfusionPanel[],
  { classes = ["negative", "positive"], ...options }: ConfusionOptions,
): Figure {
  style.requireSome(panels, "confusion matrices", "matrix");
  const width = Math.max(panels.length * (classes.length * cellWidth + 60), 420);
  return style.figure(options, { key: confusionKey, width }, {
    spacing: 28,
    resolve: { scale: { color: "independent" } },
    hconcat: panels.map((panel, i) => heatMap(panel, { classes, first: i === 0 })),
  });
}

/** One heat map; `first` of a row has the names of its rows. */
export function heatMap(
  { name, counts }: ConfusionPanel,
  { classes, first }: { readonly classes: readonly string[]; readonly first: boolean },
): style.Panel {
  const axis = { ...style.namesAxis, labelPadding: 6, titlePadding: 10 };
  const x = style.nameOf("predicted", classes, { ...axis, title: "predicted", labelAngle: 0 });
  const y = style.nameOf("actual", classes, {
    ...axis,
    title: first ? "actual" : null,
    labels: first,
  });
  const text = {
    // White on the darker half of the ramp, where ink would not be read.
    condition: { test: "datum.share > 0.55", value: "white" },
    value: inks.text,
  };
  return {
    title: style.panelTitle(name, style.colourOfModality(name)),
    data: { values: cellsOf(name, counts, classes) },
    width: classes.length * cellWidth,
    height: classes.length * cellHeight,
    encoding: { x, y },
    layer: [
      style.layer({ type: "rect", stroke: "white", strokeWidth: 3 }, {
        color: style.heatOf("share", 1, ["#f6f7f8", style.colourOfModality(name)]),
      }),
      style.layer(
        { type: "text", fontSize: 17, fontWeight: "bold", dy: -8 },
        { text: { field: "countLabel" }, color: text },
      ),
      style.layer(
        { type: "text", fontSize: 11, dy: 13 },
        { text: { field: "shareLabel" }, color: text },
      ),
    ],
  } as style.Panel;
}

function cellsOf(
  name: string,
  counts: readonly (readonly number[])[],
  classes: readonly string[],
): Cell[] {
  const size = classes.length;
  if (counts.length !== size || counts.some((row) => row.length !== size)) {
    throw new RangeError(
      `Cannot draw the confusion matrix of ${name}: expected ${size} rows of ${size} counts, ` +
        `got rows of ${counts.map((row) => row.length).join(", ") || "nothing"}`,
    );
  }
  return counts.flatMap((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, j) => {
      if (!(count >= 0 && Number.isFinite(count))) {
        throw new RangeError(
          `Cannot draw the confusion matrix of ${name}: expected counts from 0, got ${count}`,
        );
      }
      const share = total === 0 ? 0 : count / total;
      return {
        actual: classes[i]!,
        predicted: classes[j]!,
        count,
        share,
        countLabel: Number.isInteger(count) ? style.grouped(count) : printNumber(count, 1),
        shareLabel: total === 0 ? "no samples" : printNumber(share),
      };
    });
  });
}
