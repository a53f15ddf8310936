import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { renderSvg } from "../../lib/figures/render.ts";
import { rocFigure, rocRow } from "../../lib/figures/roc_figure.ts";
import { systemColours } from "../../lib/figures/palette.ts";
import { drawnTexts, partOf, rounded } from "./drawn.ts";

const options = { title: "ROC", subtitle: "Embedded corpus" };
const row = (system: string, seed: number, x: number[], y: number[], auc: number) => ({
  system,
  seed,
  falsePositiveRate: x,
  truePositiveRate: y,
  auc,
});
// One curve steps to 0.5 at once and then rises evenly, the other is perfect.
const rows = [
  row("Proposed", 1, [0, 0, 1], [0, 0.5, 1], 0.75),
  row("Proposed", 2, [0, 0, 1], [0, 1, 1], 1),
  row("CLIP", 1, [0, 0.5, 0.5, 1], [0, 0.5, 1, 1], 0.625),
];

Deno.test("rocFigure() draws every curve of several seeds, and one seed's as the bold one", () => {
  const [, thin, bold] = partOf(rocFigure(rows, options)).layer;
  deepEqual(
    thin!.data.values.map((p) => [p["seed"], p["falsePositiveRate"], p["truePositiveRate"]]),
    [[1, 0, 0], [1, 0, 0.5], [1, 1, 1], [2, 0, 0], [2, 0, 1], [2, 1, 1]],
  );
  const clip = bold!.data.values.filter(({ label }) => label === "CLIP: 0.625");
  deepEqual(clip.map((p) => p["truePositiveRate"]), [0, 0.5, 1, 1]);
});

Deno.test("rocFigure() averages true positive rates at equal false positive rates", () => {
  const [, , bold] = partOf(rocFigure(rows, options)).layer;
  const mean = bold!.data.values.filter(({ label }) => String(label).startsWith("Proposed"));
  const heights = (rate: number) =>
    rounded(mean.filter((p) => p["falsePositiveRate"] === rate).map((p) => p["truePositiveRate"]));
  // (0.5 + 1) / 2 at the top of the first step, (0.75 + 1) / 2 half way.
  deepEqual(heights(0), [0, 0.75]);
  deepEqual(heights(0.5), [0.875]);
  deepEqual(heights(1), [1]);
  deepEqual(mean.map(({ index }) => index), mean.map((_, i) => i));
});

Deno.test("rocFigure() takes the top of a vertical step inside the curve", () => {
  const twice = [1, 2].map((seed) => ({ ...rows[2]!, seed }));
  const [, , bold] = partOf(rocFigure(twice, options)).layer;
  const at = bold!.data.values.find((p) => p["falsePositiveRate"] === 0.5)!;
  equal(at["truePositiveRate"], 1);
});

Deno.test("rocFigure() draws a curve's points in their order, up each step", async () => {
  const svg = await renderSvg(rocFigure(rows, options));
  // On 340 pixels: to the middle, straight up, along the top; and the perfect curve.
  ok(svg.includes('d="M0,340L170,170L170,0L340,0"'));
  ok(svg.includes('d="M0,340L0,0L340,0"'));
});

Deno.test("rocFigure() is drawn with the areas in its legend, in the systems' colours", async () => {
  const figure = rocFigure(rows, options);
  const texts = await drawnTexts(figure);
  // 0.75 and 1: mean 0.875, deviation 0.25 / √2.
  for (const text of ["Proposed: 0.875 ± 0.177", "CLIP: 0.625", "AUC", "true positive rate"]) {
    ok(texts.includes(text), text);
  }
  const { range } = partOf(figure).layer[2]!.encoding.color.scale;
  deepEqual(range, [systemColours["Proposed"], systemColours["CLIP"]]);
  // Without its colour, a curve is known by its dashes, in the plot and in the legend.
  const dashed = (await renderSvg(figure)).match(/stroke-dasharray="6,3"/g)!;
  equal(dashed.length, 2);
  const alone = partOf(rocFigure(rows.slice(0, 2), options)).layer[2]!.encoding;
  equal(alone.strokeDash, undefined);
});

Deno.test("rocFigure() refuses what is no curve", () => {
  throws(() => rocFigure([], options), /at least one curve, got none/);
  throws(
    () => rocFigure([row("CLIP", 1, [0, 1], [0, 0.5, 1], 0.5)], options),
    /Cannot draw the ROC curve of CLIP, seed 1: .* got 2 and 3/,
  );
  throws(() => rocFigure([row("CLIP", 1, [0, 1], [0, 1.5], 0.5)], options), /got 1.5/);
  throws(() => rocFigure([row("CLIP", 1, [0, 1], [0, 1], NaN)], options), /an area .* got NaN/);
});

Deno.test("rocRow() is the curve of labels and scores, with its area", () => {
  const scored = { actual: [0, 0, 1, 1], scores: [0.1, 0.4, 0.35, 0.8] };
  deepEqual(
    rocRow({ system: "MISA", seed: 3, ...scored }),
    row("MISA", 3, [0, 0, 0.5, 0.5, 1], [0, 0.5, 0.5, 1, 1], 0.75),
  );
});
