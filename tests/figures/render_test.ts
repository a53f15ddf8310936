import { equal, match, ok, rejects } from "node:assert/strict";
import { type Figure, renderSvg } from "../../lib/figures/render.ts";

const bars: Figure = {
  width: 200,
  height: 40,
  data: { values: [{ share: 0.5, name: "a < b & c" }] },
  mark: { type: "bar", clip: true },
  encoding: {
    x: { field: "share", type: "quantitative", scale: { domain: [0, 1] } },
    y: { field: "name", type: "nominal" },
  },
};

Deno.test("renderSvg() draws a bar as long as its value", async () => {
  const svg = await renderSvg(bars);
  match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  // Half of 200 pixels, from the left.
  match(svg, /d="M0,2h100v36h-100Z"/);
});

Deno.test("renderSvg() paints the ground white and names fonts that most machines have", async () => {
  const svg = await renderSvg(bars);
  match(svg, /<rect [^>]*fill="#ffffff"/);
  match(svg, /font-family="DejaVu Sans, Helvetica, Arial, sans-serif"/);
});

Deno.test("renderSvg() writes text that cannot be taken for markup", async () => {
  const svg = await renderSvg(bars);
  ok(svg.includes("a &lt; b &amp; c") && !svg.includes("a < b"));
});

Deno.test("renderSvg() gives equal text each time, also when pictures are drawn at once", async () => {
  const first = await renderSvg(bars);
  match(first, /id="clip1"/);
  match(first, /url\(#clip1\)/);
  for (const svg of await Promise.all([renderSvg(bars), renderSvg(bars)])) equal(svg, first);
});

Deno.test("renderSvg() leaves the figure as it is", async () => {
  const before = JSON.stringify(bars);
  await renderSvg(bars);
  equal(JSON.stringify(bars), before);
});

Deno.test("renderSvg() refuses a figure that does not hold its data", async () => {
  const elsewhere: Figure = { ...bars, data: { url: "file:///etc/hostname.csv" } };
  await rejects(
    renderSvg(elsewhere),
    /Error: Cannot draw the figure: .*got the address file:\/\/\/etc\/hostname.csv/,
  );
});

Deno.test("renderSvg() refuses what Vega-Lite would only warn of", async () => {
  const odd = { ...bars, encoding: { ...bars.encoding, z: { field: "share" } } } as Figure;
  await rejects(renderSvg(odd), /Error: Cannot draw the figure: .*z-encoding/);
});
