/** Confusion matrices as heat maps: counts, and their share of the row (paper, Figs. 9 to 12). @module */

import * as style from "./house_style.ts";
import { printNumber } from "../numbers.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";
import { textWidth } from "./text_width.ts";

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

/** Pixels of a cell and of its two lines of text, the more classes the fewer. */
interface CellSize {
  readonly width: number;
  readonly height: number;
  /** Of the count; none if there is no room for it. */
  readonly large?: number;
  /** Of the share below it; none if the colour alone has to say it. */
  readonly small?: number;
}

function cellSize(classes: number, narrow: boolean): CellSize {
  if (narrow && classes > 2) {
    const width = Math.floor(narrowCells / classes);
    return width >= 44
      ? { width, height: 42, large: 12, small: 10 }
      : { width, height: Math.min(width, 26), ...width >= 26 && { large: 9 } };
  }
  if (classes <= 5) return { width: 92, height: 68, large: 17, small: 11 };
  return classes <= 12
    ? { width: 58, height: 46, large: 13, small: 10 }
    : { width: 34, height: 26, large: 9 };
}

// Pixels of the cells of a row, where the names beside it have the rest.
const narrowCells = 240;

/** The key to the cells of so many classes. */
export function confusionKey(classes: number, { narrow = false }: style.Form = {}): string {
  const { large, small } = cellSize(classes, narrow);
  if (large === undefined) return "Denser: a larger share of the actual class (row).";
  return small === undefined
    ? "Each cell: how many; denser: a larger share of the actual class (row)."
    : "Each cell: how many, and below it which share of the actual class (row).";
}

/**
 * One heat map a panel, denser for a larger share of the actual class; each
 * cell has its count and below it that share. Shares are of rows, so the
 * diagonal holds the recall of each class. Cells shrink from six classes on,
 * and of more than twelve the share is left to the colour.
 *
 * @throws {RangeError} No panels, a class named twice, a matrix that is not a square of one row per
 * class, or a count below 0.
 */
export function confusionFigure(
  panels: readonly ConfusionPanel[],
  { classes = ["negative", "positive"], ...options }: ConfusionOptions,
): Figure {
  style.requireSome(panels, "confusion matrices", "matrix");
  const { narrow = false } = options;
  const cells = classes.length * cellSize(classes.length, narrow).width;
  const width = panels.length * (cells + 60);
  return style.figure(options, { key: confusionKey(classes.length, options), width }, {
    spacing: 28,
    ...style.sideBySide(
      panels.map((panel, i) => heatMap(panel, { classes, first: narrow || i === 0, narrow })),
      options,
    ),
  });
}

/** One heat map; `first` of a row has the names of its rows. */
export function heatMap(
  { name, counts }: ConfusionPanel,
  { classes, first, narrow = false }: style.Form & {
    readonly classes: readonly string[];
    readonly first: boolean;
  },
): style.Panel {
  const size = cellSize(classes.length, narrow);
  const axis = { ...style.namesAxis, labelPadding: 6, titlePadding: 10 };
  // A name that is wider than its cell would lie on the next one.
  const wide = classes.some((name) => textWidth(name, 11) > size.width);
  const slant = wide ? { labelAngle: -40, labelAlign: "right" } : { labelAngle: 0 };
  const x = style.nameOf("predicted", classes, { ...axis, ...slant, title: "predicted" });
  const y = style.nameOf("actual", classes, {
    ...axis,
    title: first ? "actual" : null,
    labels: first,
  });
  return {
    title: style.panelTitle(name, style.inkOfModality(name)),
    data: { values: cellsOf(name, counts, classes) },
    width: classes.length * size.width,
    height: classes.length * size.height,
    encoding: { x, y },
    layer: [
      style.layer({
        type: "rect",
        color: style.colourOfModality(name),
        stroke: inks.ground,
        strokeWidth: size.small ? 3 : 1,
      }, { fillOpacity: style.heatOf("share", 1, { words: size.large !== undefined }) }),
      ...size.large === undefined ? [] : [
        style.layer(
          {
            type: "text",
            fontSize: size.large,
            fontWeight: "bold",
            dy: size.small ? -Math.floor(size.large / 2) : 0,
          },
          { text: { field: "countLabel" } },
        ),
      ],
      ...size.small === undefined ? [] : [
        style.layer(
          { type: "text", fontSize: size.small, dy: size.small + 2 },
          { text: { field: "shareLabel" } },
        ),
      ],
    ],
  } as style.Panel;
}

function cellsOf(
  name: string,
  counts: readonly (readonly number[])[],
  classes: readonly string[],
): Cell[] {
  const size = classes.length;
  if (new Set(classes).size < size) {
    throw new RangeError(
      `Cannot draw the confusion matrix of ${name}: expected each class once, got ` +
        classes.join(", "),
    );
  }
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
