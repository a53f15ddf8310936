/** ROC curves: every seed and their mean, one colour and kind of dashes a system (paper, Figs. 9 to 12). @module */

import { meanAndDeviation } from "../metrics/mean_and_deviation.ts";
import { aucRoc, rocCurve, type Scored } from "../metrics/roc.ts";
import { printNumber } from "../numbers.ts";
import * as style from "./house_style.ts";
import type { Figure } from "./render.ts";

/** The curve of one system with one seed, as `rocCurve` and `aucRoc` give it. */
export interface RocRow {
  /** A system or a modality; those of the palette have a colour of their own. */
  readonly system: string;
  /** Which run; the figure joins the runs of a system. */
  readonly seed: number;
  /** From 0 to 1, rising, as long as `truePositiveRate`. */
  readonly falsePositiveRate: readonly number[];
  /** From 0 to 1, rising. */
  readonly truePositiveRate: readonly number[];
  /** The area under this curve, in [0, 1]. */
  readonly auc: number;
}

/** The curve of one system with one seed, from what it said of each sample. */
export function rocRow(
  { system, seed, actual, scores }: Pick<RocRow, "system" | "seed"> & Scored,
): RocRow {
  const { falsePositiveRate, truePositiveRate } = rocCurve({ actual, scores });
  return {
    system,
    seed,
    falsePositiveRate: Array.from(falsePositiveRate),
    truePositiveRate: Array.from(truePositiveRate),
    auc: aucRoc({ actual, scores }),
  };
}

const plotSize = 340, narrowSize = 255;
// Where curves are averaged: often enough that the mean looks no different from a finer one.
const grid = Array.from({ length: 201 }, (_, i) => i / 200);

/**
 * A thin curve a seed and a bold one for the mean over seeds, with the mean
 * area and its standard deviation in the legend, and a diagonal for chance.
 *
 * The mean curve averages the true positive rate at equal false positive
 * rates. The area in the legend is the mean of the seeds' areas. With one seed
 * its curve is the bold one, and no deviation is given.
 *
 * @throws {RangeError} No curves, rates of unequal number or outside [0, 1], or an area outside [0, 1].
 */
export function rocFigure(rows: readonly RocRow[], options: style.FigureOptions): Figure {
  const { key, ...panel } = rocPanel(rows, options);
  return style.figure(options, { key, width: plotSize + 220 }, panel);
}

/** The plot of {@linkcode rocFigure}, and the key to its lines. */
export function rocPanel(
  rows: readonly RocRow[],
  { narrow = false }: style.Form,
): Extract<style.Panel, { layer: unknown }> & { readonly key: string } {
  style.requireSome(rows, "ROC curves", "curve");
  rows.forEach(check);
  const systems = style.inOrder(rows.map(({ system }) => system));
  const bySystem = systems.map((system) => rows.filter((row) => row.system === system));
  const labels = bySystem.map(labelOf);
  const legend = { title: "AUC", ...style.legendFor({ narrow }) };
  const line = style.lineOf("label", [labels, style.coloursOfSeries(systems)], legend);
  const { color } = line;
  const rate = (field: string, title: string) =>
    style.quantity(field, [0, 1], { title, format: ".1f", tickCount: 6 });
  const x = rate("falsePositiveRate", "false positive rate");
  const y = rate("truePositiveRate", "true positive rate");
  // Points are drawn in the order of the curve: sorted by x, a vertical step would be at random.
  const order = { field: "index", type: "quantitative" } as const;
  const several = bySystem.some((own) => own.length > 1);
  const chance = systems.length > 1 ? "Grey: chance." : "Dashed: chance.";
  return {
    key: several
      ? `Thin: one seed. Bold: mean over seeds. AUC: mean ± one standard deviation. ${chance}`
      : chance,
    width: narrow ? narrowSize : plotSize,
    height: narrow ? narrowSize : plotSize,
    layer: [
      style.layer(
        { ...style.dashed, type: "line", strokeWidth: 1 },
        { x, y },
        [0, 1].map((at) => ({ falsePositiveRate: at, truePositiveRate: at })),
      ),
      style.layer(
        { type: "line", strokeWidth: 1, opacity: 0.35 },
        { x, y, color, order, detail: { field: "seed", type: "nominal" } },
        bySystem.flatMap((own, i) =>
          own.length === 1 ? [] : own.flatMap((row) => pointsOf(row, labels[i]!))
        ),
      ),
      style.layer(
        { type: "line", strokeWidth: 2.5 },
        { x, y, ...line, order },
        bySystem.flatMap((own, i) =>
          own.length === 1 ? pointsOf(own[0]!, labels[i]!) : meanCurve(own, labels[i]!)
        ),
      ),
    ],
  };
}

function check({ system, seed, falsePositiveRate, truePositiveRate, auc }: RocRow): void {
  const name = `the ROC curve of ${system}, seed ${seed}`;
  style.requireShare(auc, name, "an area");
  if (falsePositiveRate.length !== truePositiveRate.length || falsePositiveRate.length < 2) {
    throw new RangeError(
      `Cannot draw ${name}: expected as many false as true positive rates, and two or more, ` +
        `got ${falsePositiveRate.length} and ${truePositiveRate.length}`,
    );
  }
  for (const rate of [...falsePositiveRate, ...truePositiveRate]) {
    style.requireShare(rate, name, "rates");
  }
}

function labelOf(rows: readonly RocRow[]): string {
  const { mean, sd } = meanAndDeviation(rows.map(({ auc }) => auc));
  const spread = rows.length === 1 ? "" : ` ± ${printNumber(sd)}`;
  return `${rows[0]!.system}: ${printNumber(mean)}${spread}`;
}

function pointsOf({ seed, falsePositiveRate, truePositiveRate }: RocRow, label: string) {
  return falsePositiveRate.map((rate, index) => ({
    label,
    seed,
    index,
    falsePositiveRate: rate,
    truePositiveRate: truePositiveRate[index]!,
  }));
}

// It begins in the corner where all curves begin, and then has a point at each rate of the grid.
function meanCurve(rows: readonly RocRow[], label: string) {
  const points = grid.map((rate, i) => ({
    label,
    index: i + 1,
    falsePositiveRate: rate,
    truePositiveRate: rows.reduce((sum, row) => sum + heightAt(row, rate), 0) / rows.length,
  }));
  return [{ label, index: 0, falsePositiveRate: 0, truePositiveRate: 0 }, ...points];
}

// The curve's height above `rate`, at the top of a vertical step.
function heightAt({ falsePositiveRate: x, truePositiveRate: y }: RocRow, rate: number): number {
  let after = x.length - 1;
  while (after > 0 && x[after - 1]! > rate) after--;
  const before = after - 1;
  if (x[after]! <= rate || before < 0) return y[after]!;
  const share = (rate - x[before]!) / (x[after]! - x[before]!);
  return y[before]! + share * (y[after]! - y[before]!);
}
