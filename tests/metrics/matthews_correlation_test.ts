import { equal } from "node:assert/strict";
import { matthewsCorrelation } from "../../lib/metrics/matthews_correlation.ts";
import { agreesOnLabels } from "./reference.ts";

Deno.test("matthewsCorrelation() agrees with scikit-learn", () => {
  agreesOnLabels("matthewsCorrelation", matthewsCorrelation);
});

Deno.test("matthewsCorrelation() is 1 if all is right, -1 if all is wrong, 0 for one answer", () => {
  const actual = [0, 1, 1, 0, 1];
  equal(matthewsCorrelation({ actual, predicted: actual }), 1);
  equal(matthewsCorrelation({ actual, predicted: actual.map((k) => 1 - k) }), -1);
  equal(matthewsCorrelation({ actual, predicted: [1, 1, 1, 1, 1] }), 0);
});
