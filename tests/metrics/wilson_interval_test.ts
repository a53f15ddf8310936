import { deepEqual, equal, throws } from "node:assert/strict";
import { wilsonInterval } from "../../lib/metrics/wilson_interval.ts";

const rounded = (share: number, tests: number) =>
  wilsonInterval(share, tests).map((end) => end.toFixed(4));

Deno.test("wilsonInterval() has the ends that statsmodels gives", () => {
  // proportion_confint(count, nobs, method="wilson") of statsmodels.
  deepEqual(rounded(0.5, 10), ["0.2366", "0.7634"]);
  deepEqual(rounded(1, 10), ["0.7225", "1.0000"]);
  deepEqual(rounded(0, 10), ["0.0000", "0.2775"]);
});

Deno.test("wilsonInterval() holds the share for any number of tests", () => {
  for (const tests of [1, 7, 60, 1e6]) {
    for (const share of [0, 1 / 3, 0.97, 1]) {
      const [low, high] = wilsonInterval(share, tests);
      equal(0 <= low && low <= share && share <= high && high <= 1, true);
    }
  }
});

Deno.test("wilsonInterval() refuses what is no share of tests", () => {
  throws(
    () => wilsonInterval(0.5, 0),
    /expected one from 0 to 1 of at least one test, got 0.5 of 0/,
  );
  throws(() => wilsonInterval(1.1, 5), RangeError);
  throws(() => wilsonInterval(NaN, 5), RangeError);
});
