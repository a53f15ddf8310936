import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { predictProbability } from "../../lib/baselines/logistic_regression.ts";
import { fitReadout, fitScaledReadout } from "../../lib/baselines/readout.ts";
import { fitLinearProbe } from "../../lib/baselines/standardised_regression.ts";
import type { Target } from "../../lib/target.ts";
import { parts, reference } from "./linear_models_reference.ts";
import { near } from "./logistic_regression_reference.ts";

const three: Target = { kind: "classes", classes: ["a", "b", "c"] };
const score: Target = { kind: "score", low: -1, high: 1 };
const none = { inputs: new Float32Array(0), labels: [], width: reference.width };

interface Told {
  readonly C: number;
  readonly trials: readonly { readonly C: number; readonly [loss: string]: unknown }[];
}

Deno.test("a scaled readout chooses what scikit-learn's fits make the best on validation", () => {
  for (
    const [target, labels, tried, loss] of [
      [three, reference.labels, reference.scaledSoftmax, "validationLogLoss"],
      [score, reference.scores, reference.scaledRidge, "validationMeanAbsoluteError"],
    ] as const
  ) {
    const { train, validation } = parts(reference.inputs, labels);
    const { verdicts, record } = fitScaledReadout({ train, validation }, { target });
    const { C, trials } = record as unknown as Told;
    deepEqual(trials.map((trial) => trial.C), tried.map((trial) => trial.C));
    near(trials.map((trial) => trial[loss] as number), tried.map((trial) => trial.loss), 1e-4);
    const best = tried.toSorted((a, b) => a.loss - b.loss)[0]!;
    equal(C, best.C);
    const got = verdicts(validation.inputs);
    best.verdicts.forEach((wanted, i) => ok(Math.abs(got[i]! - wanted) < 1e-4, `${i}: ${got[i]}`));
  }
});

Deno.test("a readout of two classes is the logistic regression, bit for bit", () => {
  const labels = reference.labels.map((label) => label === 2 ? 1 : label);
  const both = parts(reference.inputs, labels);
  const { verdicts, record } = fitScaledReadout(both);
  const { model, C, trials } = fitLinearProbe(both);
  deepEqual(record, { C, trials });
  const { inputs } = both.validation;
  deepEqual(verdicts(inputs), predictProbability(model, inputs));
});

Deno.test("without validation rows a readout has the strength 1, and has tried none", () => {
  const { train, validation } = parts(reference.mixed, reference.labels);
  const { verdicts, record } = fitReadout({ train, validation: none }, { target: three });
  deepEqual(record, { C: 1, trials: [] });
  const { verdicts: wanted } = reference.softmax.find(({ C }) => C === 1)!;
  const got = verdicts(validation.inputs);
  wanted.forEach((p, i) => ok(Math.abs(got[i]! - p) < 1e-4));
  const binary = { ...train, labels: train.labels.map((label) => label === 1 ? 1 : 0) };
  deepEqual(fitReadout({ train: binary, validation: none }).record, { C: 1, trials: [] });
});

Deno.test("a class without training rows has the probability 1 / (n + K), and is named", () => {
  const inputs = Float32Array.of(-1, 1, -1, 1), labels = [0, 2, 0, 2];
  const train = { inputs, labels, width: 1 };
  // A validation row of the class says nothing of the strength.
  const validation = { inputs: Float32Array.of(-1, 1, 0), labels: [0, 2, 1], width: 1 };
  const { verdicts, record } = fitReadout({ train, validation }, { target: three });
  deepEqual(record.unseen, ["b"]);
  const [a, b, c] = verdicts(Float32Array.of(-1));
  equal(b, 1 / 7);
  ok(a! > 0.8 && Math.abs(a! + b! + c! - 1) < 1e-12);
});

Deno.test("training rows of one class make every verdict that class", () => {
  const one = { inputs: Float32Array.of(5, 6, 7), labels: [1, 1, 1], width: 1 };
  const binary = fitReadout({ train: one, validation: one });
  deepEqual([...binary.verdicts(Float32Array.of(1, 2))], [1 - 1 / 5, 1 - 1 / 5]);
  deepEqual(binary.record, { unseen: ["negative"] });
  const { verdicts } = fitReadout({ train: one, validation: one }, { target: three });
  deepEqual([...verdicts(Float32Array.of(1))], [1 / 6, 1 - 2 / 6, 1 / 6]);
});

Deno.test("a readout keeps scores within the range", () => {
  const train = { inputs: Float32Array.of(-1, 0, 1), labels: [-1, 0, 1], width: 1 };
  const { verdicts } = fitReadout({ train, validation: train }, { target: score });
  deepEqual([...verdicts(Float32Array.of(-9, 9))], [-1, 1]);
});

Deno.test("a readout refuses no rows, other widths and labels that the target has not", () => {
  const { train } = parts(reference.mixed, reference.labels);
  throws(
    () => fitReadout({ train: none, validation: none }, { target: three }),
    /RangeError: Cannot fit a linear model: expected at least one label, got none/,
  );
  const narrow = { inputs: Float32Array.of(1), labels: [0], width: 1 };
  throws(
    () => fitReadout({ train, validation: narrow }, { target: three }),
    /RangeError: Cannot fit a linear model on validation: expected rows of 4 features, got 1/,
  );
  throws(
    () => fitReadout({ train, validation: train }),
    /RangeError: Cannot fit a linear model: expected 0 or 1 in labels\[\d+\], got 2/,
  );
});
