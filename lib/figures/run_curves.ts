/** How several runs of one thing learn, over each other: which is faster, which goes on getting better. @module */

import { meanAndDeviation } from "../metrics/mean_and_deviation.ts";
import * as style from "./house_style.ts";
import type { Figure } from "./render.ts";

/** One epoch of one run. */
export interface RunEpoch {
  /** The row of panels: what was trained. */
  readonly what: string;
  /** The line: whose run it is, such as a folder's; each has a colour. */
  readonly series: string;
  /** Of the run: with the series and what was trained it tells runs apart. */
  readonly seed: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean loss on the validation part after the epoch, from 0. */
  readonly loss: number;
  /** On the validation part after the epoch, in [0, 1]. */
  readonly accuracy: number;
  /** Whether this is the epoch that the run kept. */
  readonly kept?: boolean;
}

const measures = ["loss", "accuracy"] as const;
const titles = { loss: "validation loss", accuracy: "validation accuracy" };
// More letters are wider than a phone.
const mostLetters = 34;
const key = "Thin: one seed. Bold: mean over seeds, as far as all trained. Dot: the epoch kept.";

/**
 * Two panels a thing, loss and accuracy on the validation part; in each a thin line per seed and a bold
 * one for the mean, as far as every seed of the series trained.
 *
 * @throws {RangeError} No rows, an epoch that is not 1, 2, …, a loss that is not from 0, or an accuracy outside [0, 1].
 */
export function runCurvesFigure(
  rows: readonly RunEpoch[],
  options: style.FigureOptions,
): Figure {
  const { narrow = false } = options;
  style.requireSome(rows, "curves of runs");
  rows.forEach(check);
  const all = style.inOrder(rows.map(({ what }) => what));
  const series = style.inOrder(rows.map((row) => row.series));
  const width = narrow ? 276 : 300;
  const panels = all.flatMap((what) => {
    const own = rows.filter((row) => row.what === what);
    return measures.map((measure) => {
      const heading = narrow ? [cut(what), titles[measure]] : `${what}: ${titles[measure]}`;
      return panel(own, { heading, measure, series, width });
    });
  });
  return style.figure(options, { key, width: 2 * (width + 60) }, {
    columns: narrow ? 1 : 2,
    spacing: narrow ? 24 : { row: 34, column: 46 },
    concat: panels,
  });
}

function panel(
  rows: readonly RunEpoch[],
  { heading, measure, series, width }: {
    readonly heading: string | readonly string[];
    readonly measure: (typeof measures)[number];
    readonly series: readonly string[];
    readonly width: number;
  },
): style.Panel {
  const points = rows.map(({ series, seed, epoch, kept = false, ...row }) => ({
    ...{ series, seed, epoch, value: row[measure], kept },
  }));
  const last = Math.max(2, ...rows.map(({ epoch }) => epoch));
  const axis = { grid: false, title: "epoch", format: "d", tickMinStep: 1 };
  const x = { ...style.quantity("epoch", [1, last], axis) };
  const y = {
    ...style.quantity("value", [], { title: null, tickCount: 5 }),
    scale: { zero: false, nice: true },
  };
  const legend = { orient: "bottom", columns: 1, ...style.strokes };
  const color = style.colourOf("series", [series, style.coloursOfSeries(series)], legend);
  const kept = style.layer(style.dot(42), { x, y, color });
  return {
    title: { ...style.panelTitle(""), text: heading },
    data: { values: points },
    width,
    height: 170,
    layer: [
      style.layer(
        { type: "line", strokeWidth: 1, opacity: 0.4 },
        { x, y, color, detail: { field: "seed", type: "nominal" } },
      ),
      style.layer(
        { type: "line", strokeWidth: 2.5, strokeCap: "round" },
        { x, y: { ...y, field: "mean" }, color },
        meansOf(points),
      ),
      { ...kept, transform: [{ filter: "datum.kept" }] },
    ],
  } as style.Panel;
}

function cut(what: string): string {
  return what.length > mostLetters ? `${what.slice(0, mostLetters - 1)}…` : what;
}

function meansOf(
  points: readonly { series: string; seed: number; epoch: number; value: number }[],
): object[] {
  return [...Map.groupBy(points, ({ series }) => series)].flatMap(([series, own]) => {
    const seeds = new Set(own.map(({ seed }) => seed)).size;
    return [...Map.groupBy(own, ({ epoch }) => epoch)]
      .filter(([, at]) => at.length === seeds)
      .map(([epoch, at]) => ({
        ...{ series, epoch },
        mean: meanAndDeviation(at.map(({ value }) => value)).mean,
      }));
  });
}

function check({ what, series, epoch, loss, accuracy }: RunEpoch): void {
  const name = `${what} of ${series}, epoch ${epoch}`;
  style.requireCount(epoch - 1, "curves of runs", "number of epochs before a row's");
  style.requireFinite(loss, name, "loss");
  if (loss < 0) throw new RangeError(`Cannot draw ${name}: expected a loss from 0, got ${loss}`);
  style.requireShare(accuracy, name, "an accuracy");
}
