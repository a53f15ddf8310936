import { equal, throws } from "node:assert/strict";
import { normalReach } from "../../lib/metrics/interval.ts";

Deno.test("normalReach() is 1.96 for 95 percent", () => {
  equal(normalReach(0.95).toFixed(6), "1.959964");
});

Deno.test("normalReach() refuses a level that is not between 0 and 1", () => {
  for (const level of [0, 1, 95, NaN]) {
    throws(() => normalReach(level), {
      name: "RangeError",
      message: `Cannot make an interval: expected a level between 0 and 1, got ${level}`,
    });
  }
});
