import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as metrics from "../../lib/metrics/mod.ts";
import { agree, withSpecialNumbers } from "./reference.ts";

const { aucOneVsRestMacro, logLoss, mostProbableClasses, scoreClasses } = metrics;
const { topLabel, topLabelCalibrationError } = metrics;

type Case = metrics.ClassProbabilities & {
  readonly name: string;
  readonly expected: Readonly<Record<string, number>>;
  readonly confusion: readonly (readonly number[])[];
  readonly topLabelError: { readonly 7: number; readonly 15: number };
};

const cases: readonly Case[] = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/class_metrics.json", import.meta.url)),
  withSpecialNumbers,
);

Deno.test("scoreClasses() agrees with scikit-learn", () => {
  for (const { name, expected, confusion, ...inputs } of cases) {
    const { confusion: counted, byClass, ...scores } = scoreClasses(inputs);
    deepEqual(Object.keys(scores).sort(), Object.keys(expected).sort());
    for (const [key, score] of Object.entries(scores)) {
      agree(score, expected[key]!, `${name}, ${key}`);
    }
    deepEqual(counted, confusion, name);
    equal(byClass.length, inputs.classes);
  }
});

Deno.test("topLabelCalibrationError() agrees with scikit-learn's curve", () => {
  for (const { name, topLabelError, ...inputs } of cases) {
    agree(topLabelCalibrationError(inputs), topLabelError[15], name);
    agree(topLabelCalibrationError(inputs, { bins: 7 }), topLabelError[7], name);
  }
});

// Answers 0, 0 and 2, of which the second is wrong.
const small = {
  actual: [0, 1, 2],
  scores: [...[0.5, 0.25, 0.25], ...[0.5, 0.375, 0.125], ...[0, 0.25, 0.75]],
  classes: 3,
};

Deno.test("scoreClasses() agrees with values worked by hand", () => {
  const scores = scoreClasses(small);
  agree(scores.accuracy, 2 / 3, "accuracy");
  agree(scores.precisionMacro, (1 / 2 + 0 + 1) / 3, "precision");
  agree(scores.recallMacro, (1 + 0 + 1) / 3, "recall");
  agree(scores.f1Macro, (2 / 3 + 0 + 1) / 3, "F1");
  // Class 0 ties with one of two others, class 1 is above both, class 2 too.
  agree(scores.aucOneVsRestMacro, (3 / 4 + 1 + 1) / 3, "AUC");
  agree(scores.logLoss, -(Math.log(0.5) + Math.log(0.375) + Math.log(0.75)) / 3, "log loss");
  deepEqual(scores.confusion, [[1, 0, 0], [1, 0, 0], [0, 0, 1]]);
});

Deno.test("topLabel() asks whether the most probable class was right", () => {
  deepEqual(topLabel(small), { actual: [1, 0, 1], scores: [0.5, 0.5, 0.75] });
  // One bin: the mean confidence 7/12 against the accuracy 2/3.
  agree(topLabelCalibrationError(small, { bins: 1 }), 2 / 3 - 7 / 12, "one bin");
});

Deno.test("a class that no sample has does not lower macro averages and area", () => {
  const wider = {
    actual: small.actual,
    scores: [0, 1, 2].flatMap((n) => [...small.scores.slice(3 * n, 3 * n + 3), 0]),
    classes: 4,
  };
  const { confusion, byClass, ...scores } = scoreClasses(wider);
  const { confusion: _, byClass: __, ...wanted } = scoreClasses(small);
  deepEqual(scores, wanted);
  deepEqual([confusion[3], byClass[3]!.actual], [[0, 0, 0, 0], 0]);
});

Deno.test("scores of one class have no area, and a certain error an infinite loss", () => {
  ok(Number.isNaN(aucOneVsRestMacro({ actual: [1], scores: [0.5, 0.5], classes: 2 })));
  equal(logLoss({ actual: [0, 1], scores: [1, 0, 1, 0], classes: 2 }), Infinity);
  agree(
    logLoss({ actual: [0], scores: [0.25, 0.25, 0.25, 0.25], classes: 4 }),
    Math.log(4),
    "log 4",
  );
});

Deno.test("mostProbableClasses() takes the first of equally probable classes", () => {
  deepEqual(mostProbableClasses({ scores: [0.4, 0.4, 0.2, 0.2, 0.4, 0.4], classes: 3 }), [0, 1]);
});

Deno.test("rows of rounded probabilities are taken, rows of other numbers refused", () => {
  const third = { actual: [0], scores: [0.33, 0.33, 0.33], classes: 3 };
  equal(scoreClasses(third).accuracy, 1);
  const wrong: readonly [Partial<metrics.ClassProbabilities>, string][] = [
    [{ scores: [0.5, 0.9, 0.8] }, "expected the probabilities of sample 0 to sum to 1, got 2.2"],
    [{ scores: [0.2, 0.2, 0.2] }, "expected the probabilities of sample 0 to sum to 1, got 0.6"],
    [{ scores: [1.5, -0.5, 0] }, "expected a number from 0 to 1 in scores[0], got 1.5"],
    [{ scores: [1, NaN, 0] }, "expected a number from 0 to 1 in scores[1], got NaN"],
    [{ scores: ["1", 0, 0] as number[] }, 'expected a number from 0 to 1 in scores[0], got "1"'],
    [{ scores: [1, 0] }, "expected one or more rows of 3 scores, got 2 scores"],
    [{ scores: [], actual: [] }, "expected one or more rows of 3 scores, got 0 scores"],
    [
      { scores: [1, 0, 0, 1, 0, 0] },
      "expected 1 rows of 3 scores, as many as in actual, got 2 rows",
    ],
    [{ classes: 1, scores: [1] }, "expected a number of classes from 2 to 4096, got 1"],
    [{ classes: "3" as never }, 'expected a number of classes from 2 to 4096, got "3"'],
  ];
  for (const [change, message] of wrong) {
    for (const score of [scoreClasses, aucOneVsRestMacro, logLoss, topLabel]) {
      throws(() => score({ ...third, ...change }), (error: Error) => {
        equal(error.name, "RangeError");
        equal(error.message.replace(/got 0\.6\d+$/, "got 0.6"), `Cannot score classes: ${message}`);
        return true;
      });
    }
  }
  for (const label of [3, -1, 0.5, "0"]) {
    throws(
      () => scoreClasses({ ...third, actual: [label as number] }),
      /RangeError: Cannot score labels: expected a class from 0 to 2 in actual\[0\]/,
    );
  }
});
