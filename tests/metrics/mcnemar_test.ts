import { deepEqual, equal, throws } from "node:assert/strict";
import { agreement, mcnemar } from "../../lib/metrics/mcnemar.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("agreement() counts who is right where", () => {
  const actual = [0, 1, 2, 0, 1, 2, 0];
  const first = [0, 1, 2, 0, 0, 1, 1];
  const second = [0, 1, 1, 2, 1, 0, 1];
  deepEqual(agreement({ actual, first, second }), {
    bothRight: 2,
    onlyFirstRight: 2,
    onlySecondRight: 1,
    bothWrong: 2,
  });
});

Deno.test("mcnemar() agrees with statsmodels, on both sides of the switch", () => {
  for (const { onlyFirstRight, onlySecondRight, exact, p } of fixture.mcnemar) {
    const what = `${onlyFirstRight} against ${onlySecondRight}`;
    const test = mcnemar({ onlyFirstRight, onlySecondRight });
    near(test.p, p, what);
    equal(test.method.startsWith("exact"), exact, what);
  }
});

Deno.test("mcnemar() does not know which system is first", () => {
  const { p } = mcnemar({ onlyFirstRight: 30, onlySecondRight: 14 });
  equal(mcnemar({ onlyFirstRight: 14, onlySecondRight: 30 }).p, p);
});

Deno.test("mcnemar() agrees with its formulas worked by hand", () => {
  // (|20 − 5| − 1)² / 25 = 7.84, and 2 (1 + 5 + 10) / 32.
  equal(mcnemar({ onlyFirstRight: 20, onlySecondRight: 5 }).statistic, 7.84);
  deepEqual(mcnemar({ onlyFirstRight: 2, onlySecondRight: 3 }), {
    method: "exact binomial",
    statistic: 2,
    p: 1,
  });
});

Deno.test("agreement() and mcnemar() refuse what they cannot compare", () => {
  throws(
    () => agreement({ actual: [0, 1], first: [0, 1], second: [0] }),
    /RangeError: Cannot compare systems: expected 2 values in second, got 1/,
  );
  throws(
    () => agreement({ actual: [], first: [], second: [] }),
    /RangeError: Cannot compare systems: expected at least one sample, got none/,
  );
  throws(
    () => mcnemar({ onlyFirstRight: 2, onlySecondRight: -1 }),
    /RangeError: Cannot compare systems: expected a count in onlySecondRight, got -1/,
  );
});
