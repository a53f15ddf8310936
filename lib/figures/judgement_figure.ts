/** What a classifier got right: its confusion matrix beside its ROC curves (paper, Figs. 9 to 12). @module */

import {
  confusionKey,
  type ConfusionOptions,
  type ConfusionPanel,
  heatMap,
} from "./confusion_figure.ts";
import { figure, panelTitle, sideBySide } from "./house_style.ts";
import type { Figure } from "./render.ts";
import { rocPanel, type RocRow } from "./roc_figure.ts";

/**
 * A confusion matrix as `confusionFigure` draws it, and right of it, or below where it is narrow, ROC
 * curves as `rocFigure` does; of K classes each has its curve against the rest.
 *
 * @throws {RangeError} As these two.
 */
export function judgementFigure(
  { confusion, curves }: {
    readonly confusion: ConfusionPanel;
    readonly curves: readonly RocRow[];
  },
  { classes = ["negative", "positive"], ...options }: ConfusionOptions,
): Figure {
  const { key, ...roc } = rocPanel(curves, options);
  const { narrow = false } = options;
  const keys = `${confusionKey(classes.length, options)} ${key}`;
  return figure(options, { key: keys, width: 800 }, {
    spacing: narrow ? 24 : 48,
    resolve: { scale: { color: "independent" } },
    ...sideBySide([
      heatMap(confusion, { classes, first: true, narrow }),
      { ...roc, title: panelTitle("ROC") },
    ], options),
  });
}
