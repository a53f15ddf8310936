/** Draws who attends to whom. @module */

/// <reference lib="dom" />

import type { PageAttention } from "../lib/browser/mod.ts";
import { modalities } from "../lib/modality.ts";
import { printNumber } from "../lib/numbers.ts";
import { byId, freshCanvas, themeColour } from "./elements.ts";

/** Draws the weights, rows attend to columns, and names the strongest across modalities in words. */
export function drawAttention({ places, weights }: PageAttention): void {
  const context = freshCanvas("attention-map");
  const { width } = context.canvas, unit = devicePixelRatio;
  const margin = 60 * unit;
  const cell = (width - margin) / places.length;
  const most = Math.max(...weights.flat());
  context.fillStyle = themeColour("unified");
  weights.forEach((row, i) =>
    row.forEach((weight, j) => {
      context.globalAlpha = most === 0 ? 0 : weight / most;
      context.fillRect(margin + j * cell, margin + i * cell, cell - unit, cell - unit);
    })
  );
  context.globalAlpha = 1;
  drawSides(context, { places, cell, margin });
  byId("attention-note").textContent = describe({ places, weights }, most);
}

function drawSides(
  context: CanvasRenderingContext2D,
  { places, cell, margin }: Pick<PageAttention, "places"> & {
    readonly cell: number;
    readonly margin: number;
  },
): void {
  const unit = devicePixelRatio;
  context.font = `${14 * unit}px system-ui, sans-serif`;
  context.textAlign = "center";
  for (const m of modalities) {
    const first = places.findIndex(({ modality }) => modality === m);
    if (first < 0) continue;
    const count = places.filter(({ modality }) => modality === m).length;
    const from = margin + first * cell, length = count * cell - unit;
    context.fillStyle = themeColour(m);
    context.fillRect(from, margin - 7 * unit, length, 4 * unit);
    context.fillRect(margin - 7 * unit, from, 4 * unit, length);
    context.fillText(m, from + length / 2, margin - 14 * unit);
    context.save();
    context.translate(margin - 14 * unit, from + length / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(m, 0, 0);
    context.restore();
  }
  context.fillStyle = themeColour("ink");
  context.textAlign = "left";
  context.fillText("attends to →", margin, 16 * unit);
}

function describe({ places, weights }: PageAttention, most: number): string {
  const nameOf = (i: number) => `${places[i]!.modality} ${places[i]!.segment + 1}`;
  const links = weights.flatMap((row, i) =>
    row.flatMap((weight, j) =>
      places[i]!.modality === places[j]!.modality ? [] : [{ weight, from: i, to: j }]
    )
  ).sort((a, b) => b.weight - a.weight).slice(0, 3);
  const named = links.map(({ weight, from, to }) =>
    `${nameOf(from)} to ${nameOf(to)} ${printNumber(weight, 2)}`
  );
  const strongest = named.length > 0
    ? ` The strongest across modalities: ${named.join(", ")}.`
    : " Only one modality is there.";
  return `Each row is a segment, and how much it attends to those in the columns. Full colour is ${
    printNumber(most, 2)
  }.${strongest}`;
}
