import { equal, ok, throws } from "node:assert/strict";
import { averagePrecision } from "../../lib/metrics/average_precision.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("averagePrecision() agrees with scikit-learn, ties included", () => {
  for (const { name, actual, scores, ...wanted } of fixture.calibration) {
    near(averagePrecision({ actual, scores }), wanted.averagePrecision, name);
    // Tenths as whole numbers: average precision sees ranks alone.
    const tied = scores.map((score) => Math.round(score * 10));
    near(averagePrecision({ actual, scores: tied }), wanted.averagePrecisionOfTies, name);
  }
});

Deno.test("averagePrecision() of a constant is the share of positives", () => {
  equal(averagePrecision({ actual: [1, 0, 0, 0], scores: [3, 3, 3, 3] }), 0.25);
});

Deno.test("averagePrecision() of one class is 1, or not a number", () => {
  equal(averagePrecision({ actual: [1, 1], scores: [0.2, 0.3] }), 1);
  ok(Number.isNaN(averagePrecision({ actual: [0, 0], scores: [0.2, 0.3] })));
});

Deno.test("averagePrecision() refuses what it cannot rank", () => {
  throws(
    () => averagePrecision({ actual: [0, 1], scores: [0.5, NaN] }),
    /RangeError: Cannot rank scores: expected a finite number in scores\[1\], got NaN/,
  );
});
