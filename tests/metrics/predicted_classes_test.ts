import { deepEqual, equal } from "node:assert/strict";
import { isPositive, predictedClasses } from "../../lib/metrics/mod.ts";

Deno.test("a score is positive from the threshold on, NaN is not", () => {
  deepEqual(predictedClasses([0, 0.49, 0.5, 1, NaN]), [0, 0, 1, 1, 0]);
  deepEqual(predictedClasses(Float32Array.of(0.5, 0.75), 0.75), [0, 1]);
  deepEqual([isPositive(0.5), isPositive(0.5, 0.6)], [true, false]);
  equal(predictedClasses([]).length, 0);
});
