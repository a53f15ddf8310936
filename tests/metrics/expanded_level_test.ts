import { equal, ok, throws } from "node:assert/strict";
import { expandedLevel } from "../../lib/metrics/mod.ts";

Deno.test("expandedLevel() agrees with SciPy's normal and Student's distributions", () => {
  const wanted = [
    [6, 0.9951363936507769],
    [8, 0.9885249589659403],
    [24, 0.9654120653821718],
    [1000, 0.9503913881888714],
  ] as const;
  for (const [count, level] of wanted) {
    ok(Math.abs(expandedLevel(count) - level) < 1e-9, `${count}`);
  }
  // Of two, Student's quantile is beyond what any resample reaches.
  ok(expandedLevel(2) > 1 - 1e-12);
  equal(expandedLevel(1e6).toFixed(5), "0.95000");
});

Deno.test("expandedLevel() refuses one cluster, and a level that is none", () => {
  throws(
    () => expandedLevel(1),
    /^RangeError: Cannot make an interval: expected two clusters or more, got 1$/,
  );
  throws(() => expandedLevel(8, 1), /^RangeError: Cannot make an interval: /);
});
