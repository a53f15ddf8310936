import { deepEqual, throws } from "node:assert/strict";
import { pairedDifferences } from "../../lib/metrics/two_systems.ts";

Deno.test("pairedDifferences() takes the second from the first", () => {
  deepEqual([...pairedDifferences({ first: [3, 5, 1], second: [1, 1, 4] })], [2, 4, -3]);
});

Deno.test("pairedDifferences() refuses what is not paired", () => {
  throws(
    () => pairedDifferences({ first: [1, 2], second: [1, 2, 3] }),
    /RangeError: Cannot compare systems: expected 2 values in second, got 3/,
  );
  throws(
    () => pairedDifferences({ first: [1], second: [1] }),
    /RangeError: Cannot compare systems: expected at least two pairs of values, got 1/,
  );
  throws(
    () => pairedDifferences({ first: [1, NaN], second: [1, 2] }),
    /RangeError: Cannot compare systems: expected a finite number in first\[1\], got NaN/,
  );
});
