/** What the corpora hold: samples by emotion, polarity and part, a panel per modality (paper, Fig. 2). @module */

import * as style from "./house_style.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";
import { textWidth } from "./text_width.ts";

/** How many samples of one emotion one part has. */
export interface DataStructureRow {
  /** The panel; `text`, `image` and `audio` have a colour of their own. */
  readonly modality: string;
  /** The bar, as the corpus names it. */
  readonly emotion: string;
  /** What the emotion counts as; `excluded` is in no part, and may have a reason in place of an emotion. */
  readonly polarity: "positive" | "negative" | "excluded";
  /** Empty for what is excluded. */
  readonly part: "train" | "validation" | "test" | "";
  /** Samples, from 0. */
  readonly count: number;
}

/** What stands above the figure, and beside the names of the panels. */
export interface DataStructureOptions extends style.FigureOptions {
  /** A note a modality, such as `24 actors` for its groups. */
  readonly notes?: Readonly<Record<string, string>>;
}

const polarities = ["positive", "negative", "excluded"] as const;
const parts = ["train", "validation", "test", ""] as const;
const shades = { train: 1, validation: 0.6, test: 0.32, "": 1 };

// Pixels. From the left: polarity, its bracket, emotions (flush right), bars, numbers.
const bracketAt = 86, barsWidth = 360, numbersWidth = 200;
const lineHeight = 22, groupGap = 12;
// Where it is narrow, names and numbers stand above the bars, and polarities above these.
const narrowLine = 32, headingHeight = 22;

/**
 * A bar an emotion, as long as its number of samples, divided into train,
 * validation and test; emotions stand in their polarity, whose total is given.
 * All panels have one scale, so that the corpora can be compared. What is
 * excluded has its number and no bar: beside the hundreds of thousands that a
 * cap leaves out, the bars of what is used could not be seen.
 *
 * Counts of equal modality, emotion and part are added. Emotions keep the order
 * in which the rows first name them.
 *
 * @throws {RangeError} No rows, a count that is not 0, 1, 2, …, or an emotion with two polarities.
 */
export function dataStructureFigure(
  rows: readonly DataStructureRow[],
  { notes = {}, ...options }: DataStructureOptions,
): Figure {
  style.requireSome(rows, "the structure of the data");
  rows.forEach(({ modality, emotion, count }) =>
    style.requireCount(count, `${emotion} of ${modality}`, "count")
  );
  const modalities = style.inOrder(rows.map(({ modality }) => modality));
  const { narrow = false } = options;
  const panels = modalities.map((modality) => placed(rows, modality, narrow));
  const columns = columnsOf(panels.flatMap(({ emotions }) => emotions), narrow);
  const key =
    "Bar, from dense to faint: train, validation, test. Numbers: all = train + validation + test.";
  return style.figure(options, { key, width: columns.width }, {
    bounds: "flush",
    spacing: narrow ? 36 : 50,
    vconcat: panels.map((content, i) =>
      panel(content, { modality: modalities[i]!, note: notes[modalities[i]!], columns })
    ),
  });
}

interface Columns {
  readonly narrow: boolean;
  readonly emotionAt: number;
  readonly barsAt: number;
  readonly numbersAt: number;
  readonly width: number;
  /** Pixels a sample: the longest bar fills its column. */
  readonly scale: number;
}

function columnsOf(emotions: readonly Emotion[], narrow: boolean): Columns {
  const used = emotions.filter(({ polarity }) => polarity !== "excluded");
  const most = Math.max(1, ...used.map(({ total }) => total));
  if (narrow) {
    const width = style.narrowWidth;
    const scale = (width - 12) / most;
    return { narrow, emotionAt: 12, barsAt: 12, numbersAt: width, width, scale };
  }
  const letters = Math.max(...emotions.map(({ emotion }) => textWidth(emotion, 11)));
  const barsAt = bracketAt + 26 + Math.max(70, letters);
  const numbersAt = barsAt + barsWidth + 14;
  return {
    narrow,
    emotionAt: barsAt - 10,
    barsAt,
    numbersAt,
    width: numbersAt + numbersWidth,
    scale: barsWidth / most,
  };
}

interface Emotion {
  readonly emotion: string;
  readonly polarity: (typeof polarities)[number];
  readonly counts: Readonly<Record<(typeof parts)[number], number>>;
  readonly total: number;
  /** Of its words. */
  readonly y: number;
  /** Of its bar. */
  readonly barY: number;
}

interface Content {
  readonly emotions: readonly Emotion[];
  readonly height: number;
}

function placed(rows: readonly DataStructureRow[], modality: string, narrow: boolean): Content {
  const own = rows.filter((row) => row.modality === modality);
  let y = 0;
  const emotions = polarities.flatMap((polarity) => {
    const names = style.inOrder(
      own.filter((row) => row.polarity === polarity).map((r) => r.emotion),
    );
    if (names.length === 0) return [];
    if (y > 0) y += groupGap;
    if (narrow) y += headingHeight;
    return names.map((emotion): Emotion => {
      const samples = own.filter((row) => row.emotion === emotion);
      const [first, second] = style.inOrder(samples.map((row) => row.polarity));
      if (second !== undefined) {
        throw new RangeError(
          `Cannot draw ${emotion} of ${modality}: expected one polarity, got ${first} and ${second}`,
        );
      }
      const counts = Object.fromEntries(parts.map((part) => [
        part,
        samples.filter((row) => row.part === part).reduce((sum, { count }) => sum + count, 0),
      ])) as Emotion["counts"];
      const total = parts.reduce((sum, part) => sum + counts[part], 0);
      const from = y;
      y += narrow ? polarity === "excluded" ? lineHeight : narrowLine : lineHeight;
      const words = from + (narrow ? 8 : lineHeight / 2);
      const barY = narrow ? from + 20 : words;
      return { emotion, polarity, counts, total, y: words, barY };
    });
  });
  // A little more, for the total beside a single line.
  return { emotions, height: y + 6 };
}

function panel(
  { emotions, height }: Content,
  { modality, note, columns }: {
    readonly modality: string;
    readonly note: string | undefined;
    readonly columns: Columns;
  },
): style.Panel {
  const used = emotions.filter(({ polarity }) => polarity !== "excluded");
  const all = style.grouped(used.reduce((sum, { total }) => sum + total, 0));
  const { narrow } = columns;
  const groups = polarities.flatMap((polarity) => groupOf(emotions, polarity, narrow));
  const bars = emotions.flatMap((emotion) => barsOf(emotion, columns));
  const vertical = { y: style.pixel("top"), y2: { field: "bottom" } };
  const heading = `${modality}: ${all} samples${note === undefined ? "" : `, ${note}`}`;
  return {
    title: {
      ...style.panelTitle(heading, style.inkOfModality(modality)),
      ...narrow && { fontSize: 12 },
    },
    width: columns.width,
    height,
    data: {
      values: emotions.map(({ emotion, y, barY: _, ...e }) => ({
        ...{ emotion, y },
        numbers: numbersOf(e),
      })),
    },
    layer: [
      style.layer(
        { type: "rule", color: inks.axis, strokeWidth: 2 },
        { x: { value: narrow ? 2 : bracketAt }, ...vertical },
        groups,
      ),
      ...narrow
        ? [style.clippedTexts(0, "heading", { fontWeight: "bold", color: inks.text }, groups)]
        : [
          style.clippedTexts(
            0,
            "polarity",
            { fontWeight: "bold", color: inks.text, dy: -7 },
            groups,
          ),
          style.clippedTexts(0, "total", { color: inks.muted, dy: 8 }, groups),
        ],
      style.layer({ type: "rect", stroke: inks.ground, strokeWidth: 0.5 }, {
        x: style.pixel("x"),
        x2: { field: "x2" },
        ...vertical,
        opacity: { field: "opacity", type: "quantitative", scale: null },
        color: { value: style.colourOfModality(modality) },
      }, bars),
      style.clippedTexts(columns.emotionAt, "emotion", {
        ...narrow ? { fontSize: 10 } : { align: "right" },
        color: inks.text,
      }),
      style.clippedTexts(columns.numbersAt, "numbers", {
        ...narrow && { fontSize: 10, align: "right" },
        color: inks.muted,
      }),
    ],
  } as style.Panel;
}

function groupOf(emotions: readonly Emotion[], polarity: Emotion["polarity"], narrow: boolean) {
  const own = emotions.filter((emotion) => emotion.polarity === polarity);
  if (own.length === 0) return [];
  const top = own[0]!.y - (narrow ? 8 : lineHeight / 2 - 2);
  const bottom = narrow && polarity !== "excluded" ? own.at(-1)!.barY + 6 : own.at(-1)!.y + 9;
  const total = style.grouped(own.reduce((sum, emotion) => sum + emotion.total, 0));
  const y = narrow ? top - headingHeight / 2 : (top + bottom) / 2;
  return [{ polarity, total, heading: `${polarity}: ${total}`, top, bottom, y }];
}

function barsOf({ emotion, polarity, counts, barY }: Emotion, { barsAt, scale, narrow }: Columns) {
  if (polarity === "excluded") return [];
  let x = barsAt;
  const half = narrow ? 5 : 8;
  return parts.flatMap((part) => {
    const count = counts[part];
    if (count === 0) return [];
    const from = x;
    x += scale * count;
    const opacity = shades[part];
    return [{
      emotion,
      part,
      count,
      x: from,
      x2: x,
      top: barY - half,
      bottom: barY + half,
      opacity,
    }];
  });
}

function numbersOf(
  { counts, total, polarity }: Pick<Emotion, "counts" | "total" | "polarity">,
): string {
  if (polarity === "excluded") return `${style.grouped(total)}, not used`;
  const { train, validation, test } = counts;
  return `${style.grouped(total)} = ${[train, validation, test].map(style.grouped).join(" + ")}`;
}
