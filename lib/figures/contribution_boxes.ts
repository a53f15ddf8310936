/** What each modality adds to the verdicts, by true class. @module */

import * as style from "./house_style.ts";
import { signed } from "../numbers.ts";
import { inks } from "./palette.ts";
import type { Figure } from "./render.ts";

/** A modality's contributions over the samples of one class. */
export interface ContributionRow {
  /** The panel: the true class. */
  readonly panel: string;
  /** The row; `text`, `image` and `audio` have a colour of their own. */
  readonly modality: string;
  /** In log-odds: the quantiles at 5, 25, 50, 75 and 95 %. */
  readonly quantiles: readonly [number, number, number, number, number];
  /** In log-odds. */
  readonly mean: number;
}

const plotWidth = 270, rowHeight = 34;

/**
 * A box from the first quartile to the third for each modality, with its median
 * as a gap and its mean as a dot, a line from 5 to 95 %, and a rule at 0, where
 * a modality adds nothing. Panels stand side by side, with one scale.
 *
 * @throws {RangeError} No rows, or quantiles that fall or are not finite.
 */
export function contributionBoxes(
  rows: readonly ContributionRow[],
  options: style.FigureOptions,
): Figure {
  style.requireSome(rows, "contributions");
  rows.forEach(check);
  const ends = rows.flatMap(({ quantiles }) => quantiles);
  const domain = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const panels = style.inOrder(rows.map(({ panel }) => panel));
  const key = "Box: middle half of the samples, and median. Line: 5 to 95 %. Dot: mean.";
  const { narrow = false } = options;
  return style.figure(options, { key, width: panels.length * (plotWidth + 70) }, {
    spacing: 30,
    ...style.sideBySide(
      panels.map((panel, i) => {
        const own = rows.filter((row) => row.panel === panel);
        return panelOf(own, { panel, domain, named: narrow || i === 0 });
      }),
      options,
    ),
  });
}

function panelOf(
  rows: readonly ContributionRow[],
  { panel, domain, named }: {
    readonly panel: string;
    readonly domain: number[];
    readonly named: boolean;
  },
): style.Panel {
  const axis = { title: "contribution to the log-odds of positive", tickCount: 5 };
  const x = (field: string) => ({
    ...style.quantity(field, domain, axis),
    scale: { domain, nice: true },
  });
  const modalities = rows.map(({ modality }) => modality);
  const y = style.nameOf("modality", modalities, named ? style.namesAxis : null);
  const median = { type: "tick", color: inks.ground, opacity: 1, thickness: 2, size: 16 };
  const numbers = { type: "text", dy: -14, fontSize: 10, color: inks.muted };
  const color = { field: "color", type: "nominal", scale: null } as const;
  return {
    title: style.panelTitle(panel),
    data: { values: rows.map(toMark) },
    width: plotWidth,
    height: { step: rowHeight },
    layer: [
      style.layer({ type: "rule", color: inks.muted }, { x: x("nothing") }, [{ nothing: 0 }]),
      style.layer({ type: "rule", strokeWidth: 1.5 }, {
        x: x("q5"),
        x2: { field: "q95" },
        y,
        color,
      }),
      style.layer({ type: "bar", size: 16 }, { x: x("q25"), x2: { field: "q75" }, y, color }),
      style.layer(median, { x: x("median"), y }),
      style.layer({ ...style.dot(34), color: inks.text }, { x: x("mean"), y }),
      style.layer(numbers, { x: x("mean"), y, text: { field: "label" } }),
    ],
  } as style.Panel;
}

function toMark({ modality, quantiles: [q5, q25, median, q75, q95], mean }: ContributionRow) {
  const color = style.colourOfModality(modality);
  return { modality, color, q5, q25, median, q75, q95, mean, label: `mean ${signed(mean, 2)}` };
}

function check({ panel, modality, quantiles, mean }: ContributionRow): void {
  const name = `${modality} in ${panel}`;
  for (const value of [...quantiles, mean]) style.requireFinite(value, name, "contribution");
  style.requireRising(quantiles, name);
}
