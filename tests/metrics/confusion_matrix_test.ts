import { deepEqual, throws } from "node:assert/strict";
import { confusionMatrix } from "../../lib/metrics/confusion_matrix.ts";
import { labelCases } from "./reference.ts";

Deno.test("confusionMatrix() has actual classes as rows and predicted ones as columns", () => {
  const labels = { actual: [0, 0, 0, 1, 2], predicted: [0, 1, 1, 1, 0] };
  deepEqual(confusionMatrix(labels), [[1, 2, 0], [0, 1, 0], [1, 0, 0]]);
});

Deno.test("confusionMatrix() agrees with scikit-learn", () => {
  for (const { expected, ...labels } of labelCases) {
    deepEqual(confusionMatrix(labels), expected.confusionMatrix, labels.name);
  }
});

Deno.test("confusionMatrix() has a row for each class it is told of", () => {
  deepEqual(confusionMatrix({ actual: [0], predicted: [0], classes: 2 }), [[1, 0], [0, 0]]);
});

Deno.test("confusionMatrix() takes typed arrays", () => {
  const actual = Uint8Array.of(1, 0);
  deepEqual(confusionMatrix({ actual, predicted: Float32Array.of(1, 1) }), [[0, 1], [0, 1]]);
});

Deno.test("confusionMatrix() refuses labels that do not pair, and none", () => {
  throws(
    () => confusionMatrix({ actual: [0, 1], predicted: [0, 1, 1] }),
    /RangeError: Cannot score predicted: expected 2 values, as in actual, got 3/,
  );
  throws(
    () => confusionMatrix({ actual: [], predicted: [] }),
    /RangeError: Cannot score predicted: expected at least one sample, got none/,
  );
});

Deno.test("confusionMatrix() refuses a label that is not a class, and says where", () => {
  for (const wrong of [0.5, -1, NaN, 1e9]) {
    throws(
      () => confusionMatrix({ actual: [0, 1], predicted: [0, wrong] }),
      {
        message:
          `Cannot score labels: expected a class from 0 to 4095 in predicted[1], got ${wrong}`,
      },
    );
  }
  throws(
    () => confusionMatrix({ actual: [2], predicted: [0], classes: 2 }),
    /RangeError: Cannot score labels: expected a class from 0 to 1 in actual\[0\], got 2/,
  );
  throws(
    () => confusionMatrix({ actual: [0], predicted: [0], classes: 0 }),
    /RangeError: Cannot score labels: expected a number of classes from 1 to 4096, got 0/,
  );
});
