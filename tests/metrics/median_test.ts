import { equal } from "node:assert/strict";
import { median } from "../../lib/metrics/median.ts";

Deno.test("the median is the middle number, or the mean of the two in the middle", () => {
  equal(median([9, -10, 2]), 2);
  equal(median([10, 9, 2, -1]), 5.5);
  equal(median([]), NaN);
});
