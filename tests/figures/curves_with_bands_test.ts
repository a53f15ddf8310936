import { deepEqual, ok, throws } from "node:assert/strict";
import { curvesWithBands } from "../../lib/figures/curves_with_bands.ts";
import { systemColours } from "../../lib/figures/palette.ts";
import { renderSvg } from "../../lib/figures/render.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const row = (corruption: string, series: string, level: string | number, mean: number) => ({
  corruption,
  series,
  level,
  mean,
  low: mean - 0.125,
  high: mean + 0.125,
});
const rows = [
  row("noise", "Proposed", "clean", 0.875),
  row("noise", "Proposed", 20, 0.75),
  row("noise", "Proposed", 5, 0.5),
  row("noise", "CLIP", "clean", 0.75),
  row("blur", "Proposed", 0, 0.75),
];
const options = {
  title: "Robustness",
  subtitle: "Embedded corpus",
  measure: "accuracy",
  levels: { noise: "SNR (dB)" },
};

Deno.test("curvesWithBands() has the rows as they are, levels from first to last named", () => {
  const [noise, blur] = partOf(curvesWithBands(rows, options)).concat;
  deepEqual(
    noise!.data.values,
    rows.slice(0, 4).map((own) => ({ ...own, level: String(own.level) })),
  );
  deepEqual(noise!.layer[0]!.encoding.x.sort, ["clean", "20", "5"]);
  deepEqual(blur!.layer[0]!.encoding.x.sort, ["0"]);
});

Deno.test("curvesWithBands() gives all panels one scale and one colour a series", () => {
  const panels = partOf(curvesWithBands(rows, options)).concat;
  for (const { layer } of panels) {
    deepEqual(layer[1]!.encoding.y.scale.domain, [0.3, 1]);
    deepEqual(layer[1]!.encoding.color.scale, {
      domain: ["Proposed", "CLIP"],
      range: [systemColours["Proposed"], systemColours["CLIP"]],
    });
  }
});

Deno.test("curvesWithBands() has axes from 0.4 or below, from elsewhere, or from where the data begin", () => {
  const high = [{ ...row("blur", "CLIP", 0, 0.875), low: 0.8125, high: 0.9375 }];
  const domainOf = (told: object) =>
    partOf(curvesWithBands(high, { ...options, ...told })).concat[0]!.layer[1]!.encoding.y.scale
      .domain;
  deepEqual(domainOf({}), [0.4, 1]);
  deepEqual(domainOf({ from: 0.5 }), [0.5, 1]);
  deepEqual(domainOf({ from: "data" }), [0.8, 1]);
  const { axis } = partOf(curvesWithBands(high, { ...options, from: "data" })).concat[0]!.layer[1]!
    .encoding.y;
  deepEqual(axis.format, ".2f");
  // Nothing is drawn outside.
  deepEqual(domainOf({ from: 0.9 }), [0.8, 1]);
});

Deno.test("curvesWithBands() can have the names of its lines one below another, and be narrow", async () => {
  const [one] = partOf(curvesWithBands(rows, { ...options, legend: "column" })).concat;
  deepEqual(one!.layer[1]!.encoding.color.legend.columns, 1);
  const single = rows.slice(0, 4);
  const widthOf = async (legend: "row" | "column") =>
    Number(
      / width="(\d+)/.exec(await renderSvg(curvesWithBands(single, { ...options, legend })))![1],
    );
  ok(await widthOf("column") <= await widthOf("row"));
  ok(await widthOf("column") < 400);
});

Deno.test("curvesWithBands() is drawn with its levels from left to right and their unit", async () => {
  const texts = await drawnTexts(curvesWithBands(rows, options));
  for (const text of ["noise", "blur", "SNR (dB)", "accuracy", "Proposed", "CLIP"]) {
    ok(texts.includes(text), text);
  }
  ok(texts.indexOf("clean") < texts.indexOf("20") && texts.indexOf("20") < texts.indexOf("5"));
});

Deno.test("curvesWithBands() refuses a mean outside its band, and a score that is none", () => {
  throws(() => curvesWithBands([], options), RangeError);
  throws(
    () => curvesWithBands([{ ...rows[1]!, high: 0.7 }], options),
    /Cannot draw Proposed under noise at 20: expected a mean within its band, got 0.75 and 0.625 to 0.7/,
  );
  throws(() => curvesWithBands([{ ...rows[1]!, high: 75 }], options), /from 0 to 1, got 75/);
});

Deno.test("curvesWithBands() has no band, and says nothing of one, where rows have none", async () => {
  const rows = ["clean", "5 dB"].map((level, i) => ({
    ...{ corruption: "babble", series: "Proposed", level, mean: 0.9 - i / 10 },
  }));
  const figure = curvesWithBands(rows, { title: "T", subtitle: "S", measure: "accuracy" });
  const svg = await renderSvg(figure);
  ok(!svg.includes("Band") && !/role="graphics-object" aria-roledescription="area/.test(svg));
});

Deno.test("curvesWithBands() tells series apart by colour, dashes, shape and place, and says which coincide", async () => {
  const of = (series: string, shift: number) =>
    [0, 1].map((level) => ({ ...row("noise", series, level, 0.75 + shift), series }));
  const three = [...of("Proposed", 0), ...of("CLIP", 0.004), ...of("Majority", 0.1)];
  const figure = curvesWithBands(three, options);
  const [panel] = partOf(figure).concat;
  // Band, line and dots of each.
  deepEqual(panel!.layer.map(({ mark }) => mark.xOffset), [-5, -5, -5, 0, 0, 0, 5, 5, 5]);
  const { strokeDash } = panel!.layer[1]!.encoding, { shape } = panel!.layer[2]!.encoding;
  for (const { scale } of [strokeDash, shape]) deepEqual(new Set(scale.range).size, 3);
  const texts = await drawnTexts(figure);
  ok(texts.some((text) => text.startsWith("Proposed and CLIP: at most 0.004 apart")));
  ok(!texts.some((text) => text.includes("Majority:")));
});
