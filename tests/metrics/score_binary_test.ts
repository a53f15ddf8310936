import { deepEqual, equal, throws } from "node:assert/strict";
import { scoreBinary } from "../../lib/metrics/score_binary.ts";

Deno.test("scoreBinary() agrees with values worked by hand", () => {
  // At 0.5 the predictions are 1, 0, 1, 1, and 0.5 itself is positive.
  const scores = scoreBinary({ actual: [1, 1, 0, 1], scores: [0.9, 0.2, 0.7, 0.5] });
  deepEqual(scores, {
    accuracy: 2 / 4,
    precision: (0 + 2 / 3) / 2,
    recall: (0 + 2 / 3) / 2,
    f1: (0 + 4 / 6) / 2,
    auc: 1 / 3,
    confusion: [[0, 1], [1, 2]],
    precisionBinary: 2 / 3,
    recallBinary: 2 / 3,
    f1Binary: 4 / 6,
  });
});

Deno.test("scoreBinary() moves predictions with the threshold, and not the area", () => {
  const inputs = { actual: [0, 1, 0, 1], scores: [0.2, 0.6, 0.7, 0.9] };
  const strict = scoreBinary({ ...inputs, threshold: 0.8 });
  deepEqual(strict.confusion, [[2, 0], [1, 1]]);
  deepEqual(scoreBinary(inputs).confusion, [[1, 1], [0, 2]]);
  equal(strict.auc, scoreBinary(inputs).auc);
});

Deno.test("scoreBinary() shows a collapsed system for what it is", () => {
  const { accuracy, precision, recall, f1, auc } = scoreBinary({
    actual: [0, 1, 0, 1],
    scores: [0.5, 0.5, 0.5, 0.5],
  });
  deepEqual({ accuracy, precision, recall, f1, auc }, {
    accuracy: 0.5,
    precision: 0.25,
    recall: 0.5,
    f1: 1 / 3,
    auc: 0.5,
  });
});

Deno.test("scoreBinary() keeps a two by two matrix when one class is all there is", () => {
  deepEqual(scoreBinary({ actual: [0, 0], scores: [0.1, 0.2] }).confusion, [[2, 0], [0, 0]]);
});

Deno.test("scoreBinary() refuses a score that is not a number", () => {
  throws(
    () => scoreBinary({ actual: [0, 1], scores: [NaN, 0.5] }),
    /RangeError: Cannot rank scores: expected a finite number in scores\[0\], got NaN/,
  );
});
