/** How a run learns: loss and accuracy over epochs, every seed and their mean (paper, Figs. 5 to 8). @module */

import { meanAndDeviation } from "../metrics/mean_and_deviation.ts";
import * as style from "./house_style.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";

/** One epoch of one run. A measure that was not taken is left out. */
export interface ProgressionRow {
  /** Which run; each has a thin line of its own. */
  readonly seed: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean loss of the epoch, from 0, in the unit of `validationLoss`: nats per classifier. */
  readonly trainLoss?: number;
  /** Mean loss on the validation part after the epoch, from 0. */
  readonly validationLoss?: number;
  /** In [0, 1]. */
  readonly trainAccuracy?: number;
  /** On the validation part after the epoch, in [0, 1]. */
  readonly validationAccuracy?: number;
  /** Whether this is the epoch that the run kept. */
  readonly best?: boolean;
}

/** What stands above the figure, and whose progress it is. */
export interface ProgressionOptions extends style.FigureOptions {
  /** `text`, `image`, `audio` or `unified`, for the colour of the validation lines. */
  readonly modality: string;
  /**
   * What the loss is.
   *
   * @default "cross-entropy per classifier"
   */
  readonly loss?: string;
}

interface Point {
  readonly part: "train" | "validation";
  readonly measure: "loss" | "accuracy";
  readonly seed: number;
  readonly epoch: number;
  readonly value: number;
  readonly best: boolean;
}

const plotWidth = 300, plotHeight = 220;
const parts = ["train", "validation"] as const;
const measures = ["loss", "accuracy"] as const;
const keys = {
  one: "Line: one seed. Dot: the epoch kept.",
  several:
    "Thin: one seed. Bold: mean over seeds, with a band of ± one standard deviation, as far as every seed trained. Dot: the epoch kept.",
};

/**
 * Two panels, loss and accuracy; in each a thin line per seed, a bold one for the
 * mean over seeds and a band of one standard deviation to each side, for the
 * training and for the validation part.
 *
 * Runs that stop early have fewer epochs. The mean ends where the first of
 * them does: beyond that it would be a mean of other runs and could jump. The
 * band stays within what the measure can be. A panel that no row has a value
 * for is left out.
 *
 * @throws {RangeError} No values, an epoch that is not 1, 2, …, a loss below 0, or an accuracy outside [0, 1].
 */
export function progressionFigure(
  rows: readonly ProgressionRow[],
  { modality, loss = "cross-entropy per classifier", ...options }: ProgressionOptions,
): Figure {
  const points = rows.flatMap(toPoints);
  style.requireSome(points, "a progression", "value");
  const shown = measures.filter((measure) => points.some((point) => point.measure === measure));
  const lastEpoch = Math.max(...points.map(({ epoch }) => epoch));
  const key = keys[style.inOrder(rows.map(({ seed }) => seed)).length > 1 ? "several" : "one"];
  const { narrow = false } = options;
  return style.figure(options, { key, width: shown.length * (plotWidth + 60) }, {
    spacing: narrow ? 24 : 44,
    ...style.sideBySide(
      shown.map((measure) => {
        const own = points.filter((point) => point.measure === measure);
        const title = measure === "loss" ? `loss: ${loss}` : "accuracy";
        return panel(measure, own, { title, modality, lastEpoch, narrow });
      }),
      options,
    ),
  });
}

function panel(
  measure: "loss" | "accuracy",
  points: readonly Point[],
  { title, modality, lastEpoch, narrow }: {
    readonly title: string;
    readonly modality: string;
    readonly lastEpoch: number;
    readonly narrow: boolean;
  },
): style.Panel {
  const x = {
    ...style.quantity("epoch", [], {
      grid: false,
      title: "epoch",
      format: "d",
      values: epochTicks(lastEpoch),
    }),
    scale: { domain: [1, Math.max(2, lastEpoch)], nice: false },
  };
  const values = measure === "accuracy" ? accuracyTicks(points) : lossTicks(points);
  const y = {
    ...style.quantity("value", [], { title: null, values }),
    scale: { domain: [values[0]!, values.at(-1)!], nice: false },
  };
  // Training is the background before which validation is judged.
  const colours = [inks.axis, style.colourOfModality(modality)];
  const color = style.colourOf("part", [parts, colours], { orient: "bottom", ...style.strokes });
  const means = meansOf(points);
  const best = style.layer({ ...style.dot(42), stroke: inks.ground, strokeWidth: 1 }, {
    x,
    y,
    color,
  });
  return {
    title: style.panelTitle(title),
    data: { values: [...points] },
    width: narrow ? 285 : plotWidth,
    height: narrow ? 180 : plotHeight,
    layer: [
      style.bandLayer({ x, y, color }, { opacity: 0.16 }, means),
      style.layer(
        { type: "line", strokeWidth: 1, opacity: 0.4 },
        { x, y, color, detail: { field: "seed", type: "nominal" } },
      ),
      style.layer(
        { type: "line", strokeWidth: 3, strokeCap: "round" },
        { x, y: { ...y, field: "mean" }, color },
        means,
      ),
      { ...best, transform: [{ filter: "datum.best && datum.part === 'validation'" }] },
    ],
  } as style.Panel;
}

function toPoints(row: ProgressionRow): Point[] {
  const { seed, epoch, best = false } = row;
  style.requireCount(epoch - 1, "a progression", "number of epochs before a row's");
  return measures.flatMap((measure) =>
    parts.flatMap((part) => {
      const value = row[`${part}${measure === "loss" ? "Loss" : "Accuracy"}`];
      if (value === undefined) return [];
      const name = `the ${part} ${measure} of seed ${seed}, epoch ${epoch}`;
      if (measure === "accuracy") style.requireShare(value, name, "an accuracy");
      else requireLoss(value, name);
      return [{ part, measure, seed, epoch, value, best }];
    })
  );
}

function requireLoss(value: number, name: string): void {
  style.requireFinite(value, name, "loss");
  if (value < 0) throw new RangeError(`Cannot draw ${name}: expected a loss from 0, got ${value}`);
}

// Only epochs that all seeds of a part reached.
function meansOf(points: readonly Point[]) {
  return parts.flatMap((part) => {
    const own = points.filter((point) => point.part === part);
    const seeds = style.inOrder(own.map(({ seed }) => seed)).length;
    const epochs = style.inOrder(own.map(({ epoch }) => epoch)).sort((a, b) => a - b);
    return epochs.flatMap((epoch) => {
      const at = own.filter((point) => point.epoch === epoch);
      if (at.length < seeds) return [];
      if (seeds === 1) return [{ part, epoch, mean: at[0]!.value }];
      const { mean, sd } = meanAndDeviation(at.map(({ value }) => value));
      const most = at[0]!.measure === "accuracy" ? 1 : Infinity;
      return [{ part, epoch, mean, low: Math.max(0, mean - sd), high: Math.min(most, mean + sd) }];
    });
  });
}

// Both axes end in a tick, so that the panels' headings are at one height.
function accuracyTicks(points: readonly Point[]): number[] {
  const first = Math.min(4, Math.floor(10 * Math.min(...points.map(({ value }) => value))));
  return Array.from({ length: 11 - first }, (_, i) => (first + i) / 10);
}

function lossTicks(points: readonly Point[]): number[] {
  const most = Math.max(...points.map(({ value }) => value), 0.01);
  const decade = 10 ** Math.floor(Math.log10(most));
  const step = [0.1, 0.2, 0.5, 1, 2].map((s) => s * decade).find((s) => most / s <= 6)!;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => +(i * step).toPrecision(6));
}

function epochTicks(last: number): number[] {
  const step = Math.ceil(last / 8);
  return Array.from({ length: Math.floor((last - 1) / step) + 1 }, (_, i) => 1 + i * step);
}
