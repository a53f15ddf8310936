import { deepEqual, ok, throws } from "node:assert/strict";
import { meanAndDeviation } from "../../lib/metrics/mean_and_deviation.ts";

Deno.test("meanAndDeviation() divides by n - 1", () => {
  // Deviations -3, -1, 1, 3: squares 20, and 20 / 3.
  deepEqual(meanAndDeviation([2, 4, 6, 8]), { mean: 5, sd: Math.sqrt(20 / 3) });
});

Deno.test("meanAndDeviation() of one value has no spread", () => {
  deepEqual(meanAndDeviation(Float64Array.of(0.75)), { mean: 0.75, sd: 0 });
});

Deno.test("meanAndDeviation() keeps its digits far from zero", () => {
  const { sd } = meanAndDeviation([1e9 + 1, 1e9 + 2, 1e9 + 3]);
  ok(Math.abs(sd - 1) < 1e-9);
});

Deno.test("meanAndDeviation() refuses no values", () => {
  throws(() => meanAndDeviation([]), /RangeError: Cannot average values: expected at least one/);
});
