import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { scoreScatter } from "../../lib/figures/score_scatter.ts";
import { drawnTexts, partOf, rounded } from "./drawn.ts";

const options = { title: "Scores", subtitle: "Made up", low: -3, high: 3 };
const text = { name: "text", actual: [-2, 0, 2], predicted: [-4, 1, 3] };

Deno.test("scoreScatter() has a dot a sample, the diagonal, and the line of truth on prediction", () => {
  const [panel] = partOf(scoreScatter([text], options)).hconcat;
  const [dots, diagonal, line] = panel!.layer.map(({ data }) => data.values);
  deepEqual(dots, [
    { actual: -2, predicted: -4 },
    { actual: 0, predicted: 1 },
    { actual: 2, predicted: 3 },
  ]);
  // The least prediction lies below the scale, and both axes hold it.
  deepEqual(diagonal, [{ actual: -4, predicted: -4 }, { actual: 3, predicted: 3 }]);
  // Products (−2)(−4) + 2 · 3 = 14, squares 26 about a mean of 0: the truth is 7/13 of what is said.
  deepEqual(
    rounded(line!.flatMap(({ actual, predicted }) => [actual, predicted])),
    rounded([-4 * 7 / 13, -4, 3 * 7 / 13, 3]),
  );
  const { x, y } = panel!.layer[0]!.encoding;
  deepEqual(x.scale.domain, y.scale.domain);
  deepEqual(rounded(x.scale.domain), [-4.2, 3.2]);
});

Deno.test("scoreScatter() of one prediction for all has no line and no correlation", async () => {
  const figure = scoreScatter([{ ...text, predicted: [0.1, 0.1, 0.1] }], options);
  deepEqual(partOf(figure).hconcat[0]!.layer[2]!.data.values, []);
  ok((await drawnTexts(figure)).includes("text: MAE 1.367, r —"));
});

Deno.test("scoreScatter() counts many samples in squares, and leaves none out", async () => {
  const actual = Array.from({ length: 1001 }, (_, n) => (n % 31 - 15) / 5);
  const many = { name: "audio", actual, predicted: actual.map((score) => score + 0.05) };
  const figure = scoreScatter([text, many], options);
  for (const [i, samples] of [3, 1001].entries()) {
    const [squares] = partOf(figure).hconcat[i]!.layer;
    const { values } = squares!.data;
    equal(values.reduce((sum, { count }) => sum + (count as number), 0), samples);
  }
  const { values } = partOf(figure).hconcat[1]!.layer[0]!.data;
  // Labels in fifths are in the middle of a square each, and so is what was said of each.
  equal(values.length, 31);
  const first = values.find(({ actual }) => Math.abs(actual as number + 3.1) < 1e-9)!;
  deepEqual(rounded([first.actualTo, first.predicted, first.predictedTo]), [-2.9, -3.1, -2.9]);
  ok(
    (await drawnTexts(figure)).some((line) => line.startsWith("Square: samples, denser for more.")),
  );
});

Deno.test("scoreScatter() refuses what is no scale, and truths off it", () => {
  throws(() => scoreScatter([], options), /at least one panel, got none/);
  throws(() => scoreScatter([text], { ...options, high: -3 }), /a rising scale, got -3 to -3/);
  throws(
    () => scoreScatter([text], { ...options, low: NaN }),
    /a finite end of the scale, got NaN/,
  );
  throws(
    () => scoreScatter([{ ...text, actual: [-2, 0, 3.5] }], options),
    /RangeError: Cannot draw the scores of text: expected truths from -3 to 3, got 3.5/,
  );
  throws(
    () => scoreScatter([{ ...text, predicted: [1, 2, NaN] }], options),
    /expected a finite number in predicted\[2\], got NaN/,
  );
});
