import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  columnMoments,
  fitLinearProbe,
  fitLogisticRegression,
  type LogisticRegression,
  predictProbability,
  standardise,
} from "../../lib/baselines/logistic_regression.ts";

interface Fitted {
  readonly C: number;
  readonly weight: number[];
  readonly bias: number;
  readonly probability: number[];
}

const reference: {
  readonly width: number;
  readonly trainRows: number;
  readonly evenlyScaled: number[];
  readonly inputs: number[];
  readonly labels: number[];
  readonly mean: number[];
  readonly sd: number[];
  readonly plain: readonly Fitted[];
  readonly probes: readonly (Fitted & { readonly validationLogLoss: number })[];
} = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/logistic_regression.json", import.meta.url)),
);
const { width, trainRows, labels } = reference;

function split(inputs: number[]) {
  const part = (from: number, to: number) => ({
    inputs: Float32Array.from(inputs.slice(from * width, to * width)),
    labels: labels.slice(from, to),
    width,
  });
  return { train: part(0, trainRows), validation: part(trainRows, labels.length) };
}

function near(got: Iterable<number>, wanted: readonly number[], relative: number) {
  const values = [...got];
  equal(values.length, wanted.length);
  wanted.forEach((w, i) => {
    ok(Math.abs(values[i]! - w) <= relative * Math.abs(w), `[${i}]: ${values[i]}, not ${w}`);
  });
}

const tight = { tolerance: 1e-9 };

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

Deno.test("standardise() takes the training part's mean and deviation from any part", () => {
  const { train, validation } = split(reference.inputs);
  const moments = columnMoments(train);
  near(moments.mean, reference.mean, 1e-12);
  near(moments.sd, reference.sd, 1e-12);
  const first = [...standardise(validation.inputs, moments)].slice(0, width);
  const wanted = first.map((_, j) => (validation.inputs[j]! - moments.mean[j]!) / moments.sd[j]!);
  near(first, wanted, 1e-6);
});

Deno.test("standardise() leaves a constant column at zero", () => {
  // A constant of 24 bits, and rows enough for its sum to show any rounding.
  const inputs = Float32Array.from({ length: 2 * 999 }, (_, i) => i % 2 === 0 ? 0.1 : i);
  const moments = columnMoments({ inputs, width: 2 });
  equal(moments.sd[0], 1);
  ok(standardise(inputs, moments).every((x, i) => i % 2 === 1 || x === 0));
});

Deno.test("fitLinearProbe() chooses what scikit-learn's fits make the best on validation", () => {
  const { train, validation } = split(reference.inputs);
  const { model, C, trials } = fitLinearProbe({ train, validation }, tight);
  deepEqual(trials.map((trial) => trial.C), reference.probes.map((probe) => probe.C));
  near(
    trials.map((trial) => trial.validationLogLoss),
    reference.probes.map((probe) => probe.validationLogLoss),
    1e-5,
  );
  equal(C, 1);
  // The chosen model reads raw features.
  const { probability } = reference.probes.find((probe) => probe.C === C)!;
  near(predictProbability(model, validation.inputs), probability, 1e-5);
});

Deno.test("fitLinearProbe() does not mind the order of its grid", () => {
  const parts = split(reference.inputs);
  deepEqual(
    fitLinearProbe({ ...parts, grid: [10, 0.1, 1] }),
    fitLinearProbe({ ...parts, grid: [0.1, 1, 10] }),
  );
});

Deno.test("fitLinearProbe() fits on the training part alone", () => {
  const { train, validation } = split(reference.inputs);
  const doubled = { ...validation, labels: validation.labels.map((label) => 1 - label) };
  const [one, other] = [validation, doubled].map((part) =>
    fitLinearProbe({ train, validation: part, grid: [1] }).model
  );
  deepEqual(one, other);
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

Deno.test("a probe refuses a validation part of another width, and an empty grid", () => {
  const { train, validation } = split(reference.inputs);
  const narrow = { inputs: Float32Array.of(1), labels: [1], width: 1 };
  throws(
    () => fitLinearProbe({ train, validation: narrow }),
    /RangeError: Cannot choose a linear probe: expected validation rows of 5 features, got 1/,
  );
  throws(
    () => fitLinearProbe({ train, validation, grid: [] }),
    /RangeError: Cannot fit a linear probe: expected at least one C in the grid, got none/,
  );
  throws(
    () => predictProbability({ weight: Float64Array.of(1, 2), bias: 0 }, Float32Array.of(1, 2, 3)),
    /RangeError: Cannot predict: expected whole rows of 2 features, got 3 numbers/,
  );
});
