/** Predicted scores over true ones, with the line on which they would be equal. @module */

import { calibrationLine } from "../metrics/calibration_line.ts";
import { pearsonCorrelation } from "../metrics/correlation.ts";
import { meanAbsoluteError } from "../metrics/mean_absolute_error.ts";
import { checkScorePairs, type ScorePairs } from "../metrics/score_pairs.ts";
import { printNumber } from "../numbers.ts";
import * as style from "./house_style.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";

/** The scores of one system, or of one modality. */
export interface ScorePanel extends ScorePairs {
  /** `text`, `image`, `audio` and `unified` have a colour of their own. */
  readonly name: string;
}

/** What stands above the figure, and the ends of the scale. */
export interface ScoreScatterOptions extends style.FigureOptions {
  /** The least score that there can be. */
  readonly low: number;
  /** The greatest; predictions may lie beyond both. */
  readonly high: number;
}

const plotSize = 280;
/** So many dots can be told apart, and a page holds them; more samples are counted in squares. */
const mostDots = 1000;
/** Along the scale: labels in fifths from −3 to 3 or −1 to 1 lie in the middle of a square each. */
const squares = 30;

/**
 * A panel for each system: predicted over true score, a dashed line where both
 * are equal, and a solid one for the least-squares line of truth on prediction,
 * steeper than the dashed one where predictions are too far apart. Its heading
 * has the mean absolute error and Pearson's correlation. All axes are equal, and
 * hold the whole scale and every prediction.
 *
 * A dot is a sample. If a panel has more than 1,000, all are maps of squares, 30
 * along the scale, denser the more samples they hold.
 *
 * @throws {RangeError} No panels, a scale that does not rise, a truth that is not on it, or pairs
 * that `meanAbsoluteError` refuses.
 */
export function scoreScatter(
  panels: readonly ScorePanel[],
  { low, high, ...options }: ScoreScatterOptions,
): Figure {
  style.requireSome(panels, "scores", "panel");
  for (const end of [low, high]) style.requireFinite(end, "scores", "end of the scale");
  if (low >= high) {
    throw new RangeError(`Cannot draw scores: expected a rising scale, got ${low} to ${high}`);
  }
  panels.forEach((panel) => check(panel, [low, high]));
  const mapped = panels.some(({ actual }) => actual.length > mostDots);
  const { narrow = false } = options;
  const key = `${mapped ? "Square: samples, denser for more." : "Dot: a sample."} ` +
    "Dashed: prediction equals truth. Line: the truth that fits a prediction best.";
  const said = panels.flatMap(({ predicted }) => Array.from(predicted));
  const ends = said.reduce<Ends>(
    ([least, most], score) => [Math.min(least, score), Math.max(most, score)],
    [low, high],
  );
  const side = (high - low) / squares;
  return style.figure(options, { key, width: panels.length * (plotSize + 60) }, {
    spacing: 36,
    resolve: { scale: { fillOpacity: "independent" } },
    ...style.sideBySide(
      panels.map((panel, i) =>
        scatter(panel, { ends, low, side, mapped, first: narrow || i === 0 })
      ),
      options,
    ),
  });
}

type Ends = readonly [low: number, high: number];

function scatter(
  panel: ScorePanel,
  { ends, low, side, mapped, first }: {
    /** Of both axes. */
    readonly ends: Ends;
    /** Of the scale. */
    readonly low: number;
    /** Of a square. */
    readonly side: number;
    readonly mapped: boolean;
    readonly first: boolean;
  },
): style.Panel {
  const color = style.colourOfModality(panel.name);
  const domain = [ends[0] - side, ends[1] + side];
  const x = style.quantity("actual", domain, { title: "true score", tickCount: 7 });
  const title = first ? "predicted score" : null;
  const y = style.quantity("predicted", domain, { title, tickCount: 7 });
  const heading = `${panel.name}: MAE ${printNumber(meanAbsoluteError(panel))}, ` +
    `r ${printNumber(pearsonCorrelation(panel))}`;
  const line = { type: "line", strokeWidth: 1.5, clip: true };
  return {
    title: style.panelTitle(heading, style.inkOfModality(panel.name)),
    width: plotSize,
    height: plotSize,
    layer: [
      mapped
        ? squaresLayer(panel, { x, y, color, low, side })
        : style.layer({ ...style.dot(28), color, opacity: 0.45 }, { x, y }, dotsOf(panel)),
      style.layer(
        { ...style.dashed, ...line, color: inks.muted },
        { x, y },
        ends.map((end) => ({ actual: end, predicted: end })),
      ),
      style.layer({ ...line, color: inks.text }, { x, y }, lineOf(panel)),
    ],
  };
}

function dotsOf({ actual, predicted }: ScorePairs) {
  return Array.from(actual, (score, n) => ({ actual: score, predicted: predicted[n]! }));
}

/** A square around each point of a grid, as dark as it holds many samples; none where it holds none. */
function squaresLayer(
  panel: ScorePairs,
  { x, y, color, low, side }: {
    readonly x: object;
    readonly y: object;
    readonly color: string;
    readonly low: number;
    readonly side: number;
  },
): style.Layer {
  const counts = new Map<string, number>();
  for (const { actual, predicted } of dotsOf(panel)) {
    const place = [actual, predicted].map((score) => Math.round((score - low) / side)).join();
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const rows = [...counts].map(([place, count]) => {
    const [across, up] = place.split(",").map((k) => low + (Number(k) - 0.5) * side);
    const ends = { actualTo: across! + side, predictedTo: up! + side };
    return { actual: across!, predicted: up!, ...ends, count };
  });
  const most = Math.max(...counts.values());
  return style.layer({ type: "rect", color }, {
    ...{ x, x2: { field: "actualTo" }, y, y2: { field: "predictedTo" } },
    fillOpacity: style.heatOf("count", most),
  }, rows);
}

/** The ends of the calibration line over the predictions; none if these are all equal. */
function lineOf(panel: ScorePairs) {
  const { slope, intercept } = calibrationLine(panel);
  if (Number.isNaN(slope)) return [];
  const predictions = Array.from(panel.predicted).sort((a, b) => a - b);
  return [predictions[0]!, predictions.at(-1)!].map((predicted) => ({
    actual: slope * predicted + intercept,
    predicted,
  }));
}

function check({ name, actual, predicted }: ScorePanel, [low, high]: Ends): void {
  checkScorePairs({ actual, predicted });
  const off = Array.from(actual).find((score) => score < low || score > high);
  if (off === undefined) return;
  throw new RangeError(
    `Cannot draw the scores of ${name}: expected truths from ${low} to ${high}, got ${off}`,
  );
}
