import { deepEqual, ok, throws } from "node:assert/strict";
import { accuracy } from "../../lib/metrics/accuracy.ts";
import { areaUnderRiskCoverage, coverageCurve } from "../../lib/metrics/selective_prediction.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("coverageCurve() agrees with a curve drawn by hand", () => {
  // Surest first: 0.875 right, then 0.125 right and 0.25 wrong, 0.75 right at one confidence, 0.5 wrong.
  const actual = [1, 1, 1, 0, 1];
  const scores = [0.875, 0.25, 0.75, 0.5, 0.75];
  deepEqual(coverageCurve({ actual, scores }), {
    confidence: [0.875, 0.75, 0.5],
    coverage: [0.2, 0.8, 1],
    accuracy: [1, 0.75, 0.6],
  });
});

Deno.test("coverageCurve() ends at the accuracy", () => {
  for (const { name, actual, scores } of fixture.calibration) {
    const predicted = scores.map((score) => score >= 0.5 ? 1 : 0);
    const { accuracy: last } = coverageCurve({ actual, scores });
    near(last.at(-1)!, accuracy({ actual, predicted }), name);
  }
});

Deno.test("areaUnderRiskCoverage() agrees with the mean of the running risks", () => {
  for (const { name, actual, scores, areaUnderRiskCoverage: area } of fixture.calibration) {
    near(areaUnderRiskCoverage({ actual, scores }), area, name);
  }
});

Deno.test("areaUnderRiskCoverage() of ties is the mean over their orders", () => {
  // One error among three samples of one confidence: first, second or last.
  const orders = [(1 + 1 / 2 + 1 / 3) / 3, (1 / 2 + 1 / 3) / 3, 1 / 3 / 3];
  const wanted = orders.reduce((sum, area) => sum + area, 0) / 3;
  near(areaUnderRiskCoverage({ actual: [1, 0, 1], scores: [0.75, 0.75, 0.75] }), wanted, "first");
  near(areaUnderRiskCoverage({ actual: [0, 1, 1], scores: [0.25, 0.75, 0.25] }), wanted, "last");
});

Deno.test("areaUnderRiskCoverage() is lower if the errors are the least sure", () => {
  const actual = [1, 1, 0, 1];
  const unsure = areaUnderRiskCoverage({ actual, scores: [0.9, 0.8, 0.6, 0.7] });
  const sure = areaUnderRiskCoverage({ actual, scores: [0.6, 0.7, 0.9, 0.8] });
  near(unsure, 1 / 16, "unsure");
  near(sure, (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4, "sure");
  ok(unsure < sure);
});

Deno.test("coverageCurve() refuses what is no probability", () => {
  throws(
    () => coverageCurve({ actual: [0], scores: [2] }),
    /RangeError: Cannot judge probabilities: expected a number from 0 to 1 in scores\[0\], got 2/,
  );
});
