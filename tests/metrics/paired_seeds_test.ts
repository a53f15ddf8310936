import { deepEqual, equal, throws } from "node:assert/strict";
import { pairedTTest, signFlipTest } from "../../lib/metrics/paired_seeds.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("pairedTTest() agrees with scipy", () => {
  for (const { first, second, ...wanted } of fixture.seeds) {
    const test = pairedTTest({ first, second }, { level: 0.9 });
    for (const part of ["t", "p", "low", "high"] as const) {
      near(test[part], wanted[part], `${first.length} seeds, ${part}`, 1e-9);
    }
    equal(test.degreesOfFreedom, first.length - 1);
  }
});

Deno.test("signFlipTest() agrees with scipy's permutation test", () => {
  for (const { first, second, signFlip } of fixture.seeds) {
    near(signFlipTest({ first, second }), signFlip, `${first.length} seeds`);
  }
});

Deno.test("signFlipTest() agrees with a count by hand", () => {
  // |Σ ± 1 ± 2 ± 4| is 7, 5, 3 or 1, two flips each; −1 + 2 + 4 = 5 is reached by four of eight.
  equal(signFlipTest({ first: [0, 2, 4], second: [1, 0, 0] }), 4 / 8);
  // 0.1 + 0.2 − 0.3 + 0.4 is 0.4; ten of sixteen flips reach it on paper, eight in float64.
  equal(signFlipTest({ first: [0.1, 0.2, 0, 0.4], second: [0, 0, 0.3, 0] }), 10 / 16);
});

Deno.test("tests over seeds without spread or difference", () => {
  const same = pairedTTest({ first: [1, 2, 3], second: [1, 2, 3] });
  deepEqual([same.t, same.p, same.low, same.high], [0, 1, 0, 0]);
  const ahead = pairedTTest({ first: [2, 3, 4], second: [1, 2, 3] });
  deepEqual([ahead.t, ahead.p, ahead.low, ahead.high], [Infinity, 0, 1, 1]);
  equal(signFlipTest({ first: [1, 2, 3], second: [1, 2, 3] }), 1);
});

Deno.test("tests over seeds refuse what is not paired, and too many flips", () => {
  throws(
    () => pairedTTest({ first: [1], second: [1] }),
    /RangeError: Cannot compare systems: expected at least two pairs of values, got 1/,
  );
  const many = new Array(13).fill(1);
  throws(
    () => signFlipTest({ first: many, second: many }),
    /RangeError: Cannot try every flip of a sign: expected at most 12 pairs, got 13/,
  );
  throws(() => pairedTTest({ first: [1, 2], second: [1, 1] }, { level: 1 }), /a level between/);
});
