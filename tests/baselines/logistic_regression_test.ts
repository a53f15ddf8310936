import { deepEqual, equal, ok, throws } from "node:assert/strict";
import type { SparseRows } from "../../lib/baselines/feature_rows.ts";
import {
  chooseStrength,
  fitLogisticRegression,
  type LogisticRegression,
  predictProbability,
} from "../../lib/baselines/logistic_regression.ts";
import { near, reference, split, tight, width } from "./logistic_regression_reference.ts";

Deno.test("fitLogisticRegression() finds scikit-learn's coefficients", () => {
  const { train, validation } = split(reference.evenlyScaled);
  for (const { C, weight, bias, probability } of reference.plain) {
    const { model, converged } = fitLogisticRegression({ ...train, C }, tight);
    ok(converged);
    near([...model.weight, model.bias], [...weight, bias], 1e-5);
    near(predictProbability(model, validation.inputs), probability, 1e-5);
  }
});

Deno.test("fitLogisticRegression() at its default tolerance is within 1e-4 of scikit-learn", () => {
  const { train } = split(reference.evenlyScaled);
  for (const { C, weight, bias } of reference.plain) {
    const { model } = fitLogisticRegression({ ...train, C });
    near([...model.weight, model.bias], [...weight, bias], 1e-4);
  }
});

Deno.test("fitLogisticRegression() agrees with a problem worked by hand", () => {
  // x = ±1 with labels as signs: b = 0, and w = C Σ σ(-w) = 2 C σ(-w). With w = ln 3, σ(-w) = 1/4.
  const rows = { inputs: Float32Array.of(-1, 1), labels: [0, 1], width: 1 };
  const { model } = fitLogisticRegression({ ...rows, C: 2 * Math.log(3) }, tight);
  ok(Math.abs(model.weight[0]! - Math.log(3)) < 1e-8);
  ok(Math.abs(model.bias) < 1e-8);
});

Deno.test("fitLogisticRegression() does not penalise the bias", () => {
  // With next to no weight allowed, what remains is the base rate: 3 of 4.
  const rows = { inputs: Float32Array.of(1, -1, 2, -2), labels: [1, 1, 1, 0], width: 1 };
  const { model } = fitLogisticRegression({ ...rows, C: 1e-6 }, tight);
  ok(Math.abs(model.weight[0]!) < 1e-5);
  ok(Math.abs(model.bias - Math.log(3)) < 1e-5);
});

Deno.test("fitLogisticRegression() comes to the same from another start", () => {
  const { train } = split(reference.evenlyScaled);
  const cold = fitLogisticRegression({ ...train, C: 1 }, tight);
  const start: LogisticRegression = { weight: Float64Array.of(3, -3, 3, -3, 3), bias: 2 };
  const other = fitLogisticRegression({ ...train, C: 1 }, { ...tight, start });
  near(other.model.weight, [...cold.model.weight], 1e-6);
  const again = fitLogisticRegression({ ...train, C: 1 }, { ...tight, start: cold.model });
  equal(again.iterations, 0);
});

Deno.test("fitLogisticRegression() gives equal bytes each time", () => {
  const { train } = split(reference.evenlyScaled);
  const run = () => fitLogisticRegression({ ...train, C: 1 });
  deepEqual(run(), run());
});

Deno.test("a fit refuses rows, labels and strengths that make no sense, and says where", () => {
  const rows = { inputs: Float32Array.of(1, 2, 3, 4), labels: [0, 1], width: 2, C: 1 };
  const refuses = (change: Partial<typeof rows>, message: string) =>
    throws(() => fitLogisticRegression({ ...rows, ...change }), {
      name: "RangeError",
      message: `Cannot fit a logistic regression: expected ${message}`,
    });
  refuses({ width: 0 }, "a width of at least 1, got 0");
  refuses({ width: 3 }, "whole rows of 3 features, got 4 numbers");
  refuses(
    { labels: [0, 1, 1] },
    "3 rows of 2 features, one row for each label, got 2 rows",
  );
  refuses(
    { inputs: Float32Array.of(1, 2, 3, NaN) },
    "a finite number in row 1, feature 1, got NaN",
  );
  refuses({ labels: [0, 3] }, "0 or 1 in labels[1], got 3");
  refuses({ labels: [1, 1] }, "labels of both classes, got only 1");
  refuses({ C: 0 }, "C > 0, got 0");
});

Deno.test("predictProbability() refuses rows of another width", () => {
  const model = { weight: Float64Array.of(1, 2), bias: 0 };
  throws(
    () => predictProbability(model, Float32Array.of(1, 2, 3)),
    /RangeError: Cannot predict: expected whole rows of 2 features, got 3 numbers/,
  );
});

/** Dense rows as sparse ones, zeros left out. */
function sparse(inputs: Float32Array, width: number): SparseRows {
  const kept = [...inputs.keys()].filter((i) => inputs[i] !== 0);
  return {
    values: Float32Array.from(kept, (i) => inputs[i]!),
    columns: Uint32Array.from(kept, (i) => i % width),
    starts: Uint32Array.from(
      { length: inputs.length / width + 1 },
      (_, n) => kept.filter((i) => i < n * width).length,
    ),
  };
}

Deno.test("fitLogisticRegression() makes the same of sparse rows as of dense ones", () => {
  const { train, validation } = split(reference.evenlyScaled);
  // Without its small numbers, so that rows have gaps, and one row without any.
  const gaps = train.inputs.map((x, i) => Math.abs(x) < 1 || i < width ? 0 : x);
  const inputs = sparse(gaps, width);
  ok(inputs.values.length < gaps.length * 0.7 && inputs.starts[1] === 0);
  const dense = fitLogisticRegression({ ...train, inputs: gaps, C: 1 }, tight);
  const { model } = fitLogisticRegression({ ...train, inputs, C: 1 }, tight);
  near([...model.weight, model.bias], [...dense.model.weight, dense.model.bias], 1e-8);
  near(
    predictProbability(model, sparse(validation.inputs, width)),
    [...predictProbability(model, validation.inputs)],
    1e-12,
  );
});

Deno.test("chooseStrength() keeps the C with the lowest log loss on validation", () => {
  const { train, validation } = split(reference.evenlyScaled);
  const choice = chooseStrength({ train, validation, grid: [100, 0.01, 1] }, tight);
  deepEqual(choice.trials.map(({ C }) => C), [0.01, 1, 100]);
  const losses = reference.plain.map(({ probability }) =>
    -probability.reduce(
      (sum, p, i) => sum + Math.log(validation.labels[i] === 1 ? p : 1 - p),
      0,
    ) / probability.length
  );
  near(choice.trials.map(({ validationLogLoss }) => validationLogLoss), losses, 1e-5);
  const best = reference.plain[losses.indexOf(Math.min(...losses))]!;
  equal(choice.C, best.C);
  near(choice.model.weight, best.weight, 1e-5);
});

Deno.test("a fit refuses sparse rows that do not hold together", () => {
  const inputs = {
    values: Float32Array.of(1, 2),
    columns: Uint32Array.of(0, 1),
    starts: Uint32Array.of(0, 1, 2),
  };
  const refuses = (change: Partial<SparseRows>, message: RegExp) =>
    throws(
      () =>
        fitLogisticRegression({ inputs: { ...inputs, ...change }, labels: [0, 1], width: 2, C: 1 }),
      message,
    );
  refuses({ columns: Uint32Array.of(0, 2) }, /expected columns below 2, got columns\[1\] = 2/);
  refuses({ starts: Uint32Array.of(0, 2, 1) }, /whose starts rise from 0 to 2/);
  refuses({ starts: Uint32Array.of(0) }, /expected a row or more/);
  refuses({ columns: Uint32Array.of(0) }, /and 2 columns, got 3 starts from 0 to 2 and 1 columns/);
  refuses({ starts: Uint32Array.of(0, 2) }, /expected 2 rows of 2 features, .* got 1 rows/);
  refuses({ values: Float32Array.of(1, NaN) }, /a finite number in row 1, feature 1, got NaN/);
});
