import { ok, throws } from "node:assert/strict";
import { fitRidgeRegression } from "../../lib/baselines/ridge_regression.ts";
import { parts, reference } from "./linear_models_reference.ts";
import { near, tight } from "./logistic_regression_reference.ts";
import { sparse } from "./sparse_rows.ts";

const { width } = reference;
const { train } = parts(reference.mixed, reference.scores);

Deno.test("fitRidgeRegression() finds scikit-learn's coefficients, of dense and of sparse rows", () => {
  for (const { C, weight, bias } of reference.ridge) {
    for (const inputs of [train.inputs, sparse(train.inputs, width)]) {
      const { model, converged } = fitRidgeRegression({ ...train, inputs, C }, tight);
      ok(converged);
      near([...model.weight, ...model.bias], [...weight, ...bias], 1e-5);
    }
  }
});

Deno.test("fitRidgeRegression() agrees with a problem worked by hand", () => {
  // x = ±1 with y = 3 ± 2: b = 3, and w + C (2 w − 4) = 0. With C = 1/2, w = 1.
  const rows = { inputs: Float32Array.of(-1, 1), labels: [1, 5], width: 1, C: 1 / 2 };
  const { model: { weight, bias } } = fitRidgeRegression(rows, tight);
  ok(Math.abs(weight[0]! - 1) < 1e-9 && Math.abs(bias[0]! - 3) < 1e-9);
});

Deno.test("fitRidgeRegression() scales with its labels, and starts where it is told", () => {
  const rows = { ...train, C: 1 };
  const { model } = fitRidgeRegression(rows, tight);
  const labels = train.labels.map((y) => 50 + 1000 * y);
  const { model: large } = fitRidgeRegression({ ...rows, labels }, tight);
  near(large.weight, [...model.weight.map((w) => 1000 * w)], 1e-6);
  near(large.bias, [50 + 1000 * model.bias[0]!], 1e-6);
  ok(fitRidgeRegression({ ...rows, labels }, { start: large }).iterations === 0);
});

Deno.test("fitRidgeRegression() of equal scores is that score", () => {
  const { model } = fitRidgeRegression({ ...train, labels: train.labels.map(() => 0.1), C: 1 });
  ok(model.weight.every((w) => w === 0));
  ok(Math.abs(model.bias[0]! - 0.1) < 1e-9);
});

Deno.test("fitRidgeRegression() refuses scores and strengths that make no sense", () => {
  const rows = { inputs: Float32Array.of(1, 2), labels: [0.5, NaN], width: 1, C: 1 };
  throws(
    () => fitRidgeRegression(rows),
    /RangeError: Cannot fit a ridge regression: expected a finite score in labels\[1\], got NaN/,
  );
  throws(
    () => fitRidgeRegression({ ...rows, labels: [1, 2], C: 0 }),
    /RangeError: Cannot fit a ridge regression: expected C > 0, got 0/,
  );
});
