/** What a classifier got right: its confusion matrix beside its ROC curves (paper, Figs. 9 to 12). @module */

import { confusionKey, type ConfusionPanel, heatMap } from "./confusion_figure.ts";
import { figure, type FigureOptions, panelTitle } from "./house_style.ts";
import type { Figure } from "./render.ts";
import { rocPanel, type RocRow } from "./roc_figure.ts";

const classes = ["negative", "positive"];

/**
 * A confusion matrix as `confusionFigure` draws it, and right of it ROC curves as
 * `rocFigure` does.
 *
 * @throws {RangeError} As these two.
 */
export function judgementFigure(
  { confusion, curves }: {
    readonly confusion: ConfusionPanel;
    readonly curves: readonly RocRow[];
  },
  options: FigureOptions,
): Figure {
  const { key, ...roc } = rocPanel(curves);
  return figure(options, { key: `${confusionKey} ${key}`, width: 800 }, {
    spacing: 48,
    resolve: { scale: { color: "independent" } },
    hconcat: [heatMap(confusion, { classes, first: true }), { ...roc, title: panelTitle("ROC") }],
  });
}
