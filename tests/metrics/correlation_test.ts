import { equal, ok, throws } from "node:assert/strict";
import { pearsonCorrelation, spearmanCorrelation } from "../../lib/metrics/correlation.ts";
import { meanAbsoluteError } from "../../lib/metrics/mean_absolute_error.ts";
import { agree } from "./reference.ts";
import { agreesOnScores, regressionCases } from "./regression_reference.ts";

Deno.test("meanAbsoluteError() agrees with scikit-learn", () => {
  agreesOnScores("mae", meanAbsoluteError);
});

Deno.test("both correlations agree with scipy", () => {
  agreesOnScores("pearson", pearsonCorrelation);
  agreesOnScores("spearman", spearmanCorrelation);
});

Deno.test("pearsonCorrelation() agrees with a value worked by hand", () => {
  // Deviations −1, 0, 1 and −2/3, 1/3, 1/3: products 1, squares 2 and 2/3.
  const pairs = { actual: [1, 2, 3], predicted: [0, 1, 1] };
  agree(pearsonCorrelation(pairs), 1 / Math.sqrt(2 * 2 / 3), "by hand");
});

Deno.test("spearmanCorrelation() gives equal scores the mean of their ranks", () => {
  // Ranks 1, 2, 3, 4 and 1, 3, 3, 3: deviations from 2.5, products 1.5·1.5 + (−.5 + .5 + 1.5)/2 = 3.
  const pairs = { actual: [1, 2, 3, 4], predicted: [0, 7, 7, 7] };
  agree(spearmanCorrelation(pairs), 3 / Math.sqrt(5 * 3), "by hand");
});

Deno.test("spearmanCorrelation() sees order alone, pearsonCorrelation() neither scale nor level", () => {
  const { actual, predicted } = regressionCases[0]!;
  const map = (change: (score: number) => number) => ({
    actual,
    predicted: Array.from(predicted, change),
  });
  equal(spearmanCorrelation(map(Math.exp)), spearmanCorrelation({ actual, predicted }));
  const moved = pearsonCorrelation(map((score) => 5 - 3 * score));
  agree(moved, -pearsonCorrelation({ actual, predicted }), "mirrored, scaled and moved");
});

Deno.test("both correlations are not a number where one side is constant", () => {
  // The mean of three times 0.1 is not 0.1, so that deviations from it would not be 0.
  for (const correlation of [pearsonCorrelation, spearmanCorrelation]) {
    ok(Number.isNaN(correlation({ actual: [1, 2, 3], predicted: [0.1, 0.1, 0.1] })));
    ok(Number.isNaN(correlation({ actual: [0.1, 0.1, 0.1], predicted: [1, 2, 3] })));
    ok(Number.isNaN(correlation({ actual: [1], predicted: [2] })));
  }
});

Deno.test("pearsonCorrelation() keeps its digits for very small and very large spreads", () => {
  for (const unit of [1e-200, 1e200]) {
    const pairs = { actual: [-unit, 0, unit], predicted: [0, unit, unit] };
    agree(pearsonCorrelation(pairs), Math.sqrt(3) / 2, `${unit}`);
  }
});

Deno.test("errors and correlations refuse what is not a pair of finite scores", () => {
  for (const measure of [meanAbsoluteError, pearsonCorrelation, spearmanCorrelation]) {
    throws(() => measure({ actual: [1, 2], predicted: [1] }), {
      name: "RangeError",
      message: "Cannot score predicted: expected 2 values, as in actual, got 1",
    });
    throws(() => measure({ actual: [], predicted: [] }), /expected at least one sample, got none/);
    for (const wrong of [NaN, Infinity, "0.5"]) {
      const scores = [0.5, wrong] as number[];
      const got = typeof wrong === "string" ? '"0.5"' : wrong;
      throws(() => measure({ actual: [0, 1], predicted: scores }), {
        name: "RangeError",
        message: `Cannot score predictions: expected a finite number in predicted[1], got ${got}`,
      });
      throws(() => measure({ actual: scores, predicted: [0, 1] }), /in actual\[1\]/);
    }
  }
});
