import { deepEqual, ok, throws } from "node:assert/strict";
import {
  gateDistributionFigure,
  type GateRow,
  gateRow,
} from "../../lib/figures/gate_distribution.ts";
import { drawnTexts, partOf } from "./drawn.ts";

const options = { title: "Gate", subtitle: "Embedded corpus" };
const rows: GateRow[] = [
  { emotion: "sad", count: 1, quantiles: [0.1, 0.2, 0.3, 0.4, 0.5], mean: 0.31 },
  { emotion: "happy", count: 1200, quantiles: [0, 0.5, 0.5, 0.75, 1], mean: 0.6 },
];

Deno.test("gateDistributionFigure() has the quantiles as they are, emotions in the order given", () => {
  const { data, layer } = partOf(gateDistributionFigure(rows, options));
  deepEqual(
    data.values.map(({ emotion, q5, q25, median, q75, q95, mean }) => [
      emotion,
      [q5, q25, median, q75, q95],
      mean,
    ]),
    rows.map(({ emotion, quantiles, mean }) => [emotion, quantiles, mean]),
  );
  deepEqual(layer[1]!.encoding.y.sort, ["sad", "happy"]);
  // Line, box and what hides the line behind it, median and mean.
  deepEqual(
    layer.slice(1, 6).map(({ encoding }) => [encoding.x.field, encoding.x2?.field]),
    [
      ["q5", "q95"],
      ...[["q25", "q75"], ["q25", "q75"]],
      ...[["median", undefined], ["mean", undefined]],
    ],
  );
});

Deno.test("gateDistributionFigure() is drawn with means and the number of clips", async () => {
  const texts = await drawnTexts(gateDistributionFigure(rows, options));
  for (const text of ["sad", "mean 0.310, 1 clip", "mean 0.600, 1,200 clips"]) {
    ok(texts.includes(text), text);
  }
  ok(texts.includes("gate g: 0 contextual path only, 1 spectral path only"));
});

Deno.test("gateDistributionFigure() has the part of the axis with the gates and the even blend, and says so", async () => {
  const row = { emotion: "sad", count: 9, quantiles: [0.41, 0.42, 0.43, 0.44, 0.45], mean: 0.43 };
  const figure = gateDistributionFigure([row as unknown as GateRow], options);
  deepEqual(partOf(figure).layer[1]!.encoding.x.scale.domain, [0.4, 0.5]);
  const texts = await drawnTexts(figure);
  ok(texts.some((text) => text.endsWith("axis: 0.40 to 0.50 of 0 to 1")));
  // Where all are an even blend, the axis has a step to each side.
  const even = { ...row, quantiles: [0.5, 0.5, 0.5, 0.5, 0.5], mean: 0.5 } as unknown as GateRow;
  const { layer } = partOf(gateDistributionFigure([even], options));
  deepEqual(layer[1]!.encoding.x.scale.domain, [0.45, 0.55]);
});

Deno.test("gateDistributionFigure() refuses falling quantiles, no clips, and a gate that is none", () => {
  throws(() => gateDistributionFigure([], options), /at least one emotion, got none/);
  throws(
    () => gateDistributionFigure([{ ...rows[0]!, quantiles: [0.1, 0.3, 0.2, 0.4, 0.5] }], options),
    /Cannot draw the gate for sad: expected rising quantiles, got 0.1, 0.3, 0.2/,
  );
  throws(() => gateDistributionFigure([{ ...rows[0]!, count: 0 }], options), RangeError);
  throws(() => gateDistributionFigure([{ ...rows[0]!, mean: -0.1 }], options), /got -0.1/);
});

Deno.test("gateRow() takes its quantiles from the clips, whatever their order", () => {
  // Of 21 values from 0 to 1, the one at 5 % is the second.
  const gates = Array.from({ length: 21 }, (_, i) => ((8 * i) % 21) / 20);
  const { count, quantiles, mean } = gateRow("calm", gates);
  deepEqual([count, ...quantiles, +mean.toFixed(9)], [21, 0.05, 0.25, 0.5, 0.75, 0.95, 0.5]);
});
