import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { coverageFigure } from "../../lib/figures/coverage.ts";
import { renderSvg } from "../../lib/figures/render.ts";
import { systemColours } from "../../lib/figures/palette.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Coverage", subtitle: "Embedded corpus" };
const rows = [
  { system: "Proposed", coverage: 0.5, accuracy: 0.95, low: 0.93, high: 0.97 },
  { system: "Proposed", coverage: 1, accuracy: 0.85, low: 0.82, high: 0.88 },
  { system: "CLIP", coverage: 1, accuracy: 0.8 },
];

Deno.test("coverageFigure() has the rows as they are, and a band for those that have one", () => {
  const { data, layer } = partOf(coverageFigure(rows, options));
  deepEqual(data.values, rows);
  deepEqual(layer[0]!.data.values, rows.slice(0, 2));
  deepEqual(layer[1]!.encoding.color.scale.range, [
    systemColours["Proposed"],
    systemColours["CLIP"],
  ]);
});

Deno.test("coverageFigure() tells systems apart by dashes too, in plot and legend", async () => {
  const svg = await renderSvg(coverageFigure([...rows, { ...rows[2]!, coverage: 0.5 }], options));
  equal(svg.match(/stroke-dasharray="6,3"/g)?.length, 2);
});

Deno.test("coverageFigure() begins its axis at the tenth below the lowest value, 0.9 at most", () => {
  const domain = (own: typeof rows) =>
    partOf(coverageFigure(own, options)).layer[1]!.encoding.y.scale.domain;
  deepEqual(domain(rows), [0.8, 1]);
  deepEqual(domain([{ ...rows[0]!, low: 0.69 }]), [0.6, 1]);
  deepEqual(domain([{ ...rows[2]!, accuracy: 1 }]), [0.9, 1]);
});

Deno.test("coverageFigure() says what the bands are, if there are any", async () => {
  const band = "Band: 95 % interval.";
  ok((await drawnTexts(coverageFigure(rows, { ...options, band }))).includes(band));
  const texts = await drawnTexts(coverageFigure(rows.slice(2), { ...options, band }));
  ok(!texts.includes(band));
  ok(texts.includes("coverage: share of samples judged"));
});

Deno.test("coverageFigure() refuses a share that is none", () => {
  throws(() => coverageFigure([], options), RangeError);
  throws(
    () => coverageFigure([{ ...rows[2]!, coverage: 100 }], options),
    /Cannot draw the coverage of CLIP: expected a coverage from 0 to 1, got 100/,
  );
  throws(() => coverageFigure([{ ...rows[0]!, high: 1.1 }], options), /got 1.1/);
});
