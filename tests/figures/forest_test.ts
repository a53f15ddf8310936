import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { forestFigure } from "../../lib/figures/forest.ts";
import { inks, modalityColours } from "../../lib/figures/palette.ts";
import { renderSvg } from "../../lib/figures/render.ts";
import { drawnTexts, partOf, rounded } from "./drawn.ts";

const options = { title: "Ablations", subtitle: "Embedded corpus", measure: "accuracy" };
const rows = [
  {
    family: "gate",
    variant: "scalar",
    difference: -0.03,
    low: -0.05,
    high: -0.01,
    p: 0.0004,
    significant: true,
  },
  { family: "gate", variant: "sum", difference: 0.004, low: -0.01, high: 0.02, p: 0.05 },
  { family: "levels", variant: "no level 2", difference: -0.01, low: -0.02, high: 0 },
];

Deno.test("forestFigure() has the differences as they are, grouped by family", () => {
  const families = partOf(forestFigure(rows, options)).vconcat;
  deepEqual(families.map(({ title }) => title.text), ["gate", "levels"]);
  const marks = families.flatMap(({ data }) => data.values);
  deepEqual(
    marks.map(({ variant, difference, low, high, p }) => [variant, difference, low, high, p]),
    rows.map((
      { variant, difference, low, high, p },
    ) => [variant, difference, low, high, p ?? null]),
  );
});

Deno.test("forestFigure() gives all families one axis that has zero and every interval in it", () => {
  const families = partOf(forestFigure(rows, options)).vconcat;
  // A twenty-fifth more to each side: no dot is cut.
  for (const { layer } of families) {
    deepEqual(rounded(layer[2]!.encoding.x.scale.domain), [-0.0528, 0.0228]);
  }
  const worse = [{ ...rows[0]!, low: -0.2, high: -0.02 }];
  const [only] = partOf(forestFigure(worse, options)).vconcat;
  deepEqual(rounded(only!.layer[2]!.encoding.x.scale.domain), [-0.2084, 0.0184]);
});

Deno.test("forestFigure() is drawn with numbers and p, wine only where the rule says significant", async () => {
  const figure = forestFigure(rows, options);
  const texts = await drawnTexts(figure);
  for (
    const text of [
      "−0.030 [−0.050, −0.010]",
      "+0.004 [−0.010, +0.020]",
      "−0.010 [−0.020, 0.000]",
      "p < 0.001",
      "p = 0.050",
      "difference in accuracy",
    ]
  ) ok(texts.includes(text), text);
  const dots = (await renderSvg(figure)).match(/<path [^>]*symbol[^>]*>/g)!;
  const coloured = (colour: string) =>
    dots.filter((dot) => dot.includes(`fill="${colour}"`)).length;
  equal(coloured(modalityColours.unified), 1);
  equal(coloured(inks.muted), 2);
});

Deno.test("forestFigure(), narrow, has its rule at zero beside the dots alone, off the words", () => {
  for (
    const { layer, height } of partOf(forestFigure(rows, { ...options, narrow: true })).vconcat
  ) {
    const [zero] = layer as [typeof layer[0]];
    equal(zero.encoding.y.field, "variant");
    const { size, yOffset } = zero.mark;
    const { dy, fontSize } = layer.find(({ mark }) => mark.type === "text")!.mark;
    const top = yOffset - size / 2, bottom = yOffset + size / 2;
    ok(top >= dy + fontSize / 2 && bottom <= height.step + dy - fontSize / 2);
  }
});

Deno.test("forestFigure() draws no line of a difference without an interval, and small p is not enough for wine", async () => {
  const figure = forestFigure(
    [{ family: "heads", variant: "2 heads", difference: -0.00015, p: 0.009 }],
    options,
  );
  const texts = await drawnTexts(figure);
  ok(texts.includes("0.000") && texts.includes("p = 0.009"));
  ok(!texts.some((text) => text.includes("[") || text.includes("Line:") || text.includes("Wine")));
  const svg = await renderSvg(figure);
  ok(!svg.includes(`fill="${modalityColours.unified}"`) && !svg.includes('aria-label="low'));
});

Deno.test("forestFigure() refuses a difference outside its interval, and a p that is none", () => {
  throws(() => forestFigure([], options), RangeError);
  throws(
    () => forestFigure([{ ...rows[0]!, high: -0.04 }], options),
    /Cannot draw scalar \(gate\): expected a difference within its interval, got -0.03 and/,
  );
  throws(() => forestFigure([{ ...rows[0]!, p: 1.2 }], options), /expected p from 0 to 1, got 1.2/);
});
