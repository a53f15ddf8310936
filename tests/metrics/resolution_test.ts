import { equal, ok, throws } from "node:assert/strict";
import { mcnemar } from "../../lib/metrics/mcnemar.ts";
import {
  accuracyInterval,
  smallestDifferenceIndependent,
  smallestDifferencePaired,
} from "../../lib/metrics/resolution.ts";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("accuracyInterval() agrees with statsmodels' Wilson interval", () => {
  for (const [accuracy, count, low, high] of fixture.resolution.wilson) {
    const interval = accuracyInterval({ accuracy, count });
    ok(Math.abs(interval.low - low) < 1e-12, `${accuracy}, ${count}: ${interval.low}`);
    ok(Math.abs(interval.high - high) < 1e-12, `${accuracy}, ${count}: ${interval.high}`);
    near(interval.halfWidth, (high - low) / 2, "half-width");
  }
});

Deno.test("smallestDifferenceIndependent() is what statsmodels gives the power for", () => {
  for (const [accuracy, count, power, alpha, wanted] of fixture.resolution.independent) {
    const difference = smallestDifferenceIndependent({ accuracy, count }, { power, alpha });
    near(difference, wanted, `${accuracy}, ${count}`, 1e-5);
  }
});

Deno.test("smallestDifferencePaired() solves its equation", () => {
  for (const [count, discordantRate, power, alpha, wanted] of fixture.resolution.paired) {
    const difference = smallestDifferencePaired({ count, discordantRate }, { power, alpha });
    near(difference, wanted, `${count}, ${discordantRate}`);
  }
});

Deno.test("McNemar's test sees the smallest difference about four times in five", () => {
  const [count, discordantRate, simulations] = [2000, 0.1, 400];
  const difference = smallestDifferencePaired({ count, discordantRate });
  const firstAlone = (discordantRate + difference) / 2;
  let seen = 0;
  for (let s = 0; s < simulations; s++) {
    const next = uniforms(fold(key(20), s));
    let [onlyFirstRight, onlySecondRight] = [0, 0];
    for (let n = 0; n < count; n++) {
      const u = next();
      if (u < firstAlone) onlyFirstRight++;
      else if (u < discordantRate) onlySecondRight++;
    }
    if (mcnemar({ onlyFirstRight, onlySecondRight }).p < 0.05) seen++;
  }
  // The correction costs some three points of power; the standard deviation is two.
  ok(seen / simulations > 0.7 && seen / simulations < 0.86, `${seen} of ${simulations}`);
});

Deno.test("what cannot be resolved is infinite", () => {
  equal(smallestDifferenceIndependent({ accuracy: 0.5, count: 2 }), Infinity);
  equal(smallestDifferencePaired({ count: 20, discordantRate: 0.05 }), Infinity);
  equal(smallestDifferencePaired({ count: 1, discordantRate: 0.5 }), Infinity);
  // Four discordant samples cannot be significant; a hundred can.
  ok(smallestDifferencePaired({ count: 2000, discordantRate: 0.05 }) < 0.05);
});

Deno.test("resolution refuses counts and rates that are none", () => {
  throws(
    () => accuracyInterval({ accuracy: 85, count: 10 }),
    /RangeError: Cannot make an interval: expected an accuracy from 0 to 1, got 85/,
  );
  throws(
    () => smallestDifferencePaired({ count: 0, discordantRate: 0.1 }),
    /RangeError: Cannot judge a test set: expected at least one sample, got 0/,
  );
  throws(
    () => smallestDifferenceIndependent({ accuracy: 0.8, count: 10 }, { power: 80 }),
    /RangeError: Cannot find a difference: expected a power between 0 and 1, got 80/,
  );
});
