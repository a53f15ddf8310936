import { deepEqual, equal, throws } from "node:assert/strict";
import * as metrics from "../../lib/metrics/precision_recall_f1.ts";
import { agreesOnLabels } from "./reference.ts";

const { classScores, f1Binary, f1Macro, f1Weighted } = metrics;
const { precisionBinary, precisionMacro, precisionWeighted } = metrics;
const { recallBinary, recallMacro, recallWeighted } = metrics;

Deno.test("precision, recall and F1 agree with values worked by hand", () => {
  // Class 0: 3 of 4 found, 3 of 5 called so right. Class 1: 2 of 4 found, 2 of 3 called so right.
  const labels = { actual: [0, 0, 0, 0, 1, 1, 1, 1], predicted: [0, 0, 0, 1, 0, 0, 1, 1] };
  deepEqual(classScores(labels), [
    { class: 0, precision: 3 / 5, recall: 3 / 4, f1: 6 / 9, actual: 4, predicted: 5 },
    { class: 1, precision: 2 / 3, recall: 2 / 4, f1: 4 / 7, actual: 4, predicted: 3 },
  ]);
  equal(precisionBinary(labels), 2 / 3);
  equal(recallMacro(labels), (3 / 4 + 2 / 4) / 2);
  equal(f1Macro(labels), (6 / 9 + 4 / 7) / 2);
});

Deno.test("precision, recall and F1 agree with scikit-learn in each average", () => {
  const all = {
    precisionBinary,
    precisionMacro,
    precisionWeighted,
    recallBinary,
    recallMacro,
    recallWeighted,
    f1Binary,
    f1Macro,
    f1Weighted,
  };
  for (const [name, score] of Object.entries(all)) agreesOnLabels(name, score);
});

Deno.test("macro averages leave out a class that nothing shows, unless it is known", () => {
  const labels = { actual: [0, 2], predicted: [0, 2] };
  equal(f1Macro(labels), 1);
  equal(f1Macro({ ...labels, classes: 4 }), 1 / 2);
});

Deno.test("a constant prediction on a balanced set has macro precision 1/4", () => {
  equal(precisionMacro({ actual: [0, 1, 0, 1], predicted: [1, 1, 1, 1] }), 0.25);
});

Deno.test("the binary scores refuse a third class", () => {
  throws(
    () => f1Binary({ actual: [0, 1, 2], predicted: [0, 1, 1] }),
    /RangeError: Cannot score labels: expected a class from 0 to 1 in actual\[2\], got 2/,
  );
});
