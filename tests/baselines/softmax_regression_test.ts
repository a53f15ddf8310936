import { ok, throws } from "node:assert/strict";
import { linearOutputs } from "../../lib/baselines/linear_model.ts";
import { fitSoftmaxRegression } from "../../lib/baselines/softmax_regression.ts";
import { parts, reference } from "./linear_models_reference.ts";
import { near, tight } from "./logistic_regression_reference.ts";
import { sparse } from "./sparse_rows.ts";

const { width } = reference;
const classes = ["a", "b", "c"];
const { train } = parts(reference.mixed, reference.labels);

Deno.test("fitSoftmaxRegression() finds scikit-learn's coefficients, of dense and of sparse rows", () => {
  for (const { C, weight, bias } of reference.softmax) {
    for (const inputs of [train.inputs, sparse(train.inputs, width)]) {
      const { model, converged } = fitSoftmaxRegression({ ...train, inputs, classes, C }, tight);
      ok(converged);
      near([...model.weight, ...model.bias], [...weight, ...bias], 1e-5);
    }
  }
});

Deno.test("fitSoftmaxRegression() agrees with a problem worked by hand", () => {
  // One row of each class along its own axis: by symmetry w_kk = 2a, w_kj = −a, b = 0, and the gradient
  // of w_kk is 2a = C (1 − p), p = e^3a / (e^3a + 2). With 3a = ln 4, p = 2/3 and C = 6a = 2 ln 4.
  const inputs = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const rows = { inputs, labels: [0, 1, 2], width: 3, classes, C: 2 * Math.log(4) };
  const { model } = fitSoftmaxRegression(rows, tight);
  const a = Math.log(4) / 3;
  [2, -1, -1, -1, 2, -1, -1, -1, 2].forEach((times, i) =>
    ok(Math.abs(model.weight[i]! - times * a) < 1e-7)
  );
  ok(model.bias.every((b) => Math.abs(b) < 1e-7));
});

Deno.test("fitSoftmaxRegression() comes to the same from another start", () => {
  const rows = { ...train, classes, C: 1 };
  const { model } = fitSoftmaxRegression(rows, tight);
  const start = { weight: model.weight.map((w, i) => w + Math.sin(i)), bias: model.bias };
  const other = fitSoftmaxRegression(rows, { ...tight, start });
  near(other.model.weight, [...model.weight], 1e-6);
  const again = fitSoftmaxRegression(rows, { ...tight, start: model });
  ok(again.iterations === 0);
});

Deno.test("fitSoftmaxRegression() takes a row that counts twice for two rows", () => {
  const inputs = Float32Array.of(1, 0, 0, 1, 1, 1, 2, -1), labels = [0, 1, 2, 0];
  const rows = { classes, C: 0.7, width: 2 };
  const counted = fitSoftmaxRegression(
    { ...rows, inputs, labels, times: Float64Array.of(1, 2, 1, 3) },
    tight,
  );
  const at = [0, 1, 1, 2, 3, 3, 3];
  const written = fitSoftmaxRegression({
    ...rows,
    inputs: Float32Array.from(at.flatMap((n) => [...inputs.subarray(2 * n, 2 * n + 2)])),
    labels: at.map((n) => labels[n]!),
  }, tight);
  near(counted.model.weight, [...written.model.weight], 1e-7);
  near(counted.model.bias, [...written.model.bias], 1e-7);
});

Deno.test("fitSoftmaxRegression() refuses labels and classes that make no sense", () => {
  const rows = { inputs: Float32Array.of(1, 2, 3), labels: [0, 1, 2], width: 1, classes, C: 1 };
  const refuses = (change: Partial<typeof rows> & { times?: Float64Array }, message: string) =>
    throws(() => fitSoftmaxRegression({ ...rows, ...change }), {
      name: "RangeError",
      message: `Cannot fit a softmax regression: expected ${message}`,
    });
  refuses({ labels: [0, 1, 3] }, "a whole number from 0 to 2 in labels[2], got 3");
  refuses({ labels: [0, 1, 1] }, 'rows of every class, got none of "c"');
  refuses({ labels: [0, 1] }, "2 rows of 1 features, one row for each label, got 3 rows");
  refuses({ C: -1 }, "C > 0, got -1");
  const often = (...times: number[]) => ({ times: Float64Array.from(times) });
  refuses(often(1, 0, 1), "a positive number of times for each of 3 rows, got 0");
  refuses(often(1, 1), "a positive number of times for each of 3 rows, got 2 numbers");
  throws(
    () => linearOutputs({ weight: new Float64Array(6), bias: new Float64Array(3) }, rows.inputs),
    /RangeError: Cannot predict: expected whole rows of 2 features, got 3 numbers/,
  );
});
