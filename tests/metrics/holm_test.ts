import { deepEqual, throws } from "node:assert/strict";
import { holm } from "../../lib/metrics/holm.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("holm() agrees with statsmodels", () => {
  for (const { pValues, adjusted } of fixture.holm) {
    holm(pValues).forEach((p, n) => near(p, adjusted[n]!, `${pValues} at ${n}`));
  }
});

Deno.test("holm() keeps the order given, and never lets a larger p-value overtake", () => {
  // Sorted 0.125, 0.1875, 0.5: times 3, 2 and 1 gives 0.375, 0.375, 0.5.
  deepEqual(holm([0.5, 0.125, 0.1875]), [0.5, 0.375, 0.375]);
  // 2 × 0.25 = 0.5 holds the last, 0.375, up.
  deepEqual(holm([0.375, 0.25]), [0.5, 0.5]);
  deepEqual(holm([0.75, 0.75]), [1, 1]);
  deepEqual(holm([]), []);
});

Deno.test("holm() refuses what is not a probability", () => {
  for (const wrong of [-0.1, 1.5, NaN]) {
    throws(() => holm([0.5, wrong]), {
      message: `Cannot correct p-values: expected a number from 0 to 1 at 1, got ${wrong}`,
    });
  }
});
