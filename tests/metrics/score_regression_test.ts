import { deepEqual, equal, throws } from "node:assert/strict";
import { regressionScale, scoreRegression } from "../../lib/metrics/score_regression.ts";
import { agree } from "./reference.ts";
import { regressionCases } from "./regression_reference.ts";

Deno.test("scoreRegression() has every stored measure of its scale, and no other", () => {
  for (const { name, low, high, expected, ...pairs } of regressionCases) {
    const { slope: _, intercept: __, ...wanted } = expected;
    const record = scoreRegression(pairs, regressionScale({ low, high }));
    deepEqual(Object.keys(record).sort(), Object.keys(wanted).sort());
    for (const [key, value] of Object.entries(record)) {
      agree(value, wanted[key]!, `${name}, ${key}`);
    }
  }
});

Deno.test("scoreRegression() on the scale of MOSI agrees with values worked by hand", () => {
  // Rounded: truths 0, 2, 2, 0, −3 and predictions 0, 2, 3, 1, −2; to ±2 the last two are 1 and −2.
  const pairs = { actual: [0.5, 1.5, 2.5, 0, -3], predicted: [-0.5, 2.5, 3.25, 1, -2.25] };
  const { pearson: _, ...record } = scoreRegression(pairs, { scale: "mosi" });
  const wanted: typeof record = {
    mae: (1 + 1 + 0.75 + 1 + 0.75) / 5,
    // Ranks 3, 4, 5, 2, 1 and 2, 4, 5, 3, 1: 1 − 6 (1 + 1) / (5 · 24).
    spearman: 0.9,
    acc2NegativeNonNegative: 4 / 5,
    // Of the negative 2/3, of the others 6/7.
    f1WeightedNegativeNonNegative: (2 / 3 + 4 * 6 / 7) / 5,
    acc2NegativePositive: 3 / 4,
    f1WeightedNegativePositive: (2 / 3 + 3 * 4 / 5) / 4,
    zeroTruths: 1,
    acc5Rounded: 4 / 5,
    acc7Rounded: 2 / 5,
  };
  for (const key of Object.keys(wanted) as (keyof typeof wanted)[]) {
    agree(record[key], wanted[key], key);
  }
});

Deno.test("scoreRegression() clips to ±1 for CH-SIMS where the name says so", () => {
  const { mae, maeClipped } = scoreRegression({ actual: [-1, 1], predicted: [-1.5, 2] }, {
    scale: "sims",
  });
  deepEqual([mae, maeClipped], [0.75, 0]);
});

Deno.test("regressionScale() knows the two scales of the field by their ends", () => {
  deepEqual(regressionScale({ low: -3, high: 3 }), { scale: "mosi" });
  deepEqual(regressionScale({ low: -1, high: 1 }), { scale: "sims" });
  deepEqual(regressionScale({ low: 0, high: 1 }), { scale: "general", low: 0, high: 1 });
});

Deno.test("scoreRegression() refuses a truth off the scale, and takes a prediction off it", () => {
  const pairs = { actual: [1, 1.2], predicted: [5, 5] };
  throws(() => scoreRegression(pairs, { scale: "sims" }), {
    name: "RangeError",
    message: "Cannot score predictions: expected a score from -1 to 1 in actual[1], got 1.2",
  });
  equal(scoreRegression(pairs, { scale: "mosi" }).acc7Rounded, 0);
});

Deno.test("scoreRegression() refuses a scale that is none", () => {
  const pairs = { actual: [1], predicted: [1] };
  throws(
    () => scoreRegression(pairs, { scale: "mosei" } as never),
    /expected the scale mosi, sims or general, got "mosei"/,
  );
  for (const [low, high] of [[1, 1], [5, 1], [NaN, 1], [1, Infinity], [1, undefined]]) {
    throws(
      () => scoreRegression(pairs, { scale: "general", low: low!, high: high! }),
      new RegExp(`expected a scale from a number to a greater one, got ${low} to ${high}`),
    );
  }
  throws(
    () => scoreRegression({ actual: [1], predicted: [NaN] }, { scale: "mosi" }),
    /expected a finite number in predicted\[0\], got NaN/,
  );
});
