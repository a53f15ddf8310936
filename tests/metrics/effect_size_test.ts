import { equal, ok, throws } from "node:assert/strict";
import {
  cohensD,
  cohensDz,
  cohensH,
  discordantOddsRatio,
  hedgesCorrection,
} from "../../lib/metrics/effect_size.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("cohensDz() and cohensD() agree with scipy's t and a pooled deviation", () => {
  for (const { first, second, dz, d } of fixture.seeds) {
    near(cohensDz({ first, second }), dz, "d_z");
    near(cohensD({ first, second }), d, "d");
  }
});

Deno.test("cohensDz() reads the pairs, cohensD() does not", () => {
  const first = [1, 2, 3, 4];
  // Differences 1, 1, 1, 2: mean 5 / 4, deviation ½.
  equal(cohensDz({ first, second: [0, 1, 2, 2] }), 2.5);
  near(
    cohensD({ first, second: [2, 0, 2, 1] }),
    cohensD({ first, second: [0, 1, 2, 2] }),
    "any order",
  );
  // Groups of 3 and 2: squares 2 and 8 over 3 degrees of freedom, means 1 and 3.
  near(cohensD({ first: [0, 1, 2], second: [1, 5] }), -2 / Math.sqrt(10 / 3), "unequal groups");
});

Deno.test("cohensDz() and cohensD() without spread are 0 or infinite", () => {
  equal(cohensDz({ first: [1, 2], second: [1, 2] }), 0);
  equal(cohensDz({ first: [1, 2], second: [2, 3] }), -Infinity);
  equal(cohensD({ first: [1, 1], second: [1, 1, 1] }), 0);
  equal(cohensD({ first: [2, 2], second: [1, 1, 1] }), Infinity);
});

Deno.test("hedgesCorrection() agrees with the gamma function, and with the usual approximation", () => {
  for (const [m, j] of fixture.effectSizes.hedges) {
    near(hedgesCorrection(m), j, `J(${m})`);
    if (m >= 9) ok(Math.abs(j - (1 - 3 / (4 * m - 1))) < 1e-3);
  }
  ok(hedgesCorrection(1e6) < 1 && hedgesCorrection(1e6) > 0.999999);
});

Deno.test("cohensH() agrees with statsmodels", () => {
  for (const [first, second, h] of fixture.effectSizes.cohensH) {
    near(cohensH({ first, second }), h, `${first}, ${second}`);
  }
  equal(cohensH({ first: 1, second: 0 }), Math.PI);
});

Deno.test("discordantOddsRatio() has the exact interval of its share, as odds", () => {
  for (const [b, c, low, high] of fixture.effectSizes.oddsRatio) {
    const ratio = discordantOddsRatio({ onlyFirstRight: b, onlySecondRight: c });
    equal(ratio.oddsRatio, b / c);
    near(ratio.low, low, `${b}, ${c}, low`, 1e-8);
    near(ratio.high, high, `${b}, ${c}, high`, 1e-8);
  }
  const none = discordantOddsRatio({ onlyFirstRight: 0, onlySecondRight: 0 });
  ok(Number.isNaN(none.oddsRatio) && none.low === 0 && none.high === Infinity);
});

Deno.test("effect sizes refuse what they cannot measure", () => {
  throws(
    () => cohensD({ first: [1], second: [1, 2] }),
    /RangeError: Cannot compare groups: expected at least two values in first, got 1/,
  );
  throws(
    () => cohensH({ first: 0.5, second: 85 }),
    /RangeError: Cannot compare proportions: expected second from 0 to 1, got 85/,
  );
  throws(
    () => hedgesCorrection(1),
    /RangeError: Cannot correct an effect size: expected at least two degrees of freedom, got 1/,
  );
  throws(
    () => discordantOddsRatio({ onlyFirstRight: 0.5, onlySecondRight: 1 }),
    /RangeError: Cannot compare systems: expected a count in onlyFirstRight, got 0.5/,
  );
});
