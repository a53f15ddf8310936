/** Draws who attends to whom. @module */

/// <reference lib="dom" />

import type { PageAttention } from "../lib/browser/mod.ts";
import { modalities } from "../lib/modality.ts";
import { printNumber } from "../lib/numbers.ts";
import { byId, themeColour } from "./elements.ts";

const margin = 74;

/** Draws the weights, rows attend to columns, and names the strongest across modalities in words. */
export function drawAttention({ places, weights }: PageAttention): void {
  const canvas = byId<HTMLCanvasElement>("attention-map");
  const context = canvas.getContext("2d")!;
  const { width } = canvas;
  const cell = (width - margin) / places.length;
  const most = Math.max(...weights.flat());
  context.clearRect(0, 0, width, width);
  context.fillStyle = themeColour("unified");
  weights.forEach((row, i) =>
    row.forEach((weight, j) => {
      context.globalAlpha = most === 0 ? 0 : weight / most;
      context.fillRect(margin + j * cell, margin + i * cell, cell - 1, cell - 1);
    })
  );
  context.globalAlpha = 1;
  drawSides(context, { places, cell });
  byId("attention-note").textContent = describe({ places, weights }, most);
}

function drawSides(
  context: CanvasRenderingContext2D,
  { places, cell }: Pick<PageAttention, "places"> & { readonly cell: number },
): void {
  context.font = "20px sans-serif";
  for (const m of modalities) {
    const first = places.findIndex(({ modality }) => modality === m);
    if (first < 0) continue;
    const count = places.filter(({ modality }) => modality === m).length;
    const from = margin + first * cell, length = count * cell - 1;
    context.fillStyle = themeColour(m);
    context.fillRect(from, margin - 8, length, 5);
    context.fillRect(margin - 8, from, 5, length);
    context.fillStyle = themeColour("ink");
    context.textAlign = "center";
    context.fillText(m, from + length / 2, margin - 16);
    context.textAlign = "right";
    context.fillText(m, margin - 14, from + length / 2 + 7);
  }
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
  return `Each row is a segment, and how much it attends to those in the columns; full colour is ${
    printNumber(most, 2)
  }.${strongest}`;
}
