import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { chart } from "../../lib/figures/chart.ts";
import { inks, modalityColours } from "../../lib/figures/palette.ts";
import { renderSvg } from "../../lib/figures/render.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const rows = [
  { modality: "text", "AUC (test)": 0.9, seed: 1 },
  { modality: "audio", "AUC (test)": 0.6, seed: 1 },
  { modality: "text", "AUC (test)": 0.8, seed: 2 },
];
const heading = { title: "Probes", subtitle: "Embedded corpus" };
const dots = { ...heading, mark: "point", x: "AUC (test)", y: "modality" } as const;

Deno.test("chart() measures numbers, names names in the order of the rows, and titles by column", async () => {
  const { encoding: { x, y } } = partOf(chart(rows, { ...dots, domains: { x: [0.5, 1] } }));
  deepEqual([x.type, x.scale.domain], ["quantitative", [0.5, 1]]);
  deepEqual([y.type, y.sort], ["nominal", ["text", "audio"]]);
  const texts = await drawnTexts(chart(rows, dots));
  for (const text of ["Probes", "Embedded corpus", "AUC (test)", "text", "audio"]) {
    ok(texts.includes(text), text);
  }
});

Deno.test("chart() draws every row at its value", async () => {
  const svg = await renderSvg(chart(rows, { ...dots, domains: { x: [0.5, 1] } }));
  const places = [
    ...svg.matchAll(/aria-roledescription="point"[^>]*transform="translate\(([^,]+),/g),
  ];
  // 420 pixels from 0.5 to 1.
  deepEqual(places.map(([, place]) => Math.round(Number(place))), [336, 84, 252]);
});

Deno.test("chart() colours by a column, with a key unless an axis is one", () => {
  const { encoding: { color } } = partOf(chart(rows, { ...dots, color: "modality" }));
  deepEqual(color.scale.range, [modalityColours.text, modalityColours.audio]);
  equal(color.legend, null);
  const seeds = partOf(chart(rows, { ...dots, color: "seed" })).encoding.color;
  deepEqual([seeds.scale.domain, seeds.legend.title], [["1", "2"], "seed"]);
  const { mark } = chart(rows, dots) as unknown as { mark: { color: string } };
  equal(mark.color, inks.muted);
});

Deno.test("chart() has a panel a value of a column, all of them drawn", async () => {
  const lines = {
    ...heading,
    mark: "line",
    x: "seed",
    y: "AUC (test)",
    panel: "modality",
  } as const;
  const texts = await drawnTexts(chart(rows, lines));
  deepEqual(texts.filter((text) => text === "text" || text === "audio"), ["text", "audio"]);
});

Deno.test("chart() has no tick between two whole numbers", async () => {
  const line = { ...heading, mark: "line", x: "seed", y: "AUC (test)" } as const;
  const texts = await drawnTexts(chart(rows, line));
  deepEqual(texts.filter((text) => /^1|^2/.test(text)), ["1", "2"]);
});

Deno.test("chart() begins bars and areas at zero, and lines where the rows do", () => {
  const zero = (mark: "bar" | "area" | "line" | "point") =>
    partOf(chart(rows, { ...dots, mark })).encoding.x.scale.zero;
  deepEqual((["bar", "area", "line", "point"] as const).map(zero), [true, true, false, false]);
});

Deno.test("chart() refuses no rows, a missing value and an infinite one", () => {
  throws(() => chart([], dots), /Cannot draw a chart: .*got none/);
  throws(
    () => chart([{ modality: "text" }] as never, dots),
    /RangeError: .*as "AUC \(test\)" of row 0, got undefined/,
  );
  throws(() => chart([{ ...rows[0]!, "AUC (test)": NaN }], dots), /a finite AUC \(test\), got NaN/);
});
