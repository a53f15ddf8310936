import { equal } from "node:assert/strict";
import { accuracy, balancedAccuracy } from "../../lib/metrics/accuracy.ts";
import { agreesOnLabels } from "./reference.ts";

Deno.test("accuracy() and balancedAccuracy() agree with scikit-learn", () => {
  agreesOnLabels("accuracy", accuracy);
  agreesOnLabels("balancedAccuracy", balancedAccuracy);
});

Deno.test("balancedAccuracy() does not reward the frequent class", () => {
  // 8 of 8 and 1 of 2: 9 / 10 plainly, (1 + 1/2) / 2 by class.
  const labels = {
    actual: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
    predicted: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  };
  equal(accuracy(labels), 0.9);
  equal(balancedAccuracy(labels), 0.75);
});
