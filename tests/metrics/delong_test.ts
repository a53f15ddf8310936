import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { aucInterval, delongTest } from "../../lib/metrics/delong.ts";
import { aucRoc } from "../../lib/metrics/roc.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";
import { fixture, near } from "./statistics_reference.ts";

Deno.test("delongTest() agrees with the variance over all pairs, ties included", () => {
  for (const { name, actual, first, second, ...wanted } of fixture.delong) {
    const test = delongTest({ actual, first, second }, { level: 0.9 });
    for (const part of ["firstAuc", "secondAuc", "covariance", "z", "p", "low", "high"] as const) {
      near(test[part], wanted[part], `${name}, ${part}`);
    }
    equal(test.firstAuc, aucRoc({ actual, scores: first }), name);
    near(aucInterval({ actual, scores: first }).standardError, wanted.firstError, name);
  }
});

Deno.test("aucInterval() agrees with its formula worked by hand", () => {
  // Positives 3 and 1 against negatives 0, 1, 2: placements 1 and ½, and 0, ¾, 1 − ½.
  const { auc, standardError, low, high } = aucInterval(
    { actual: [1, 1, 0, 0, 0], scores: [3, 1, 0, 1, 2] },
    { level: 0.5 },
  );
  equal(auc, 0.75);
  // V10 = 1, ½: s² = ⅛. V01 = 1, ¾, ½: s² = 1 / 16.
  const error = Math.sqrt(1 / 8 / 2 + 1 / 16 / 3);
  near(standardError, error, "error");
  near(low, 0.75 - 0.6744897501960817 * error, "low");
  near(high, 0.75 + 0.6744897501960817 * error, "high");
});

Deno.test("aucInterval() stays in [0, 1], and has no width where every pair is in order", () => {
  const { low, high } = aucInterval({
    actual: [0, 1, 0, 1, 1],
    scores: [0.1, 0.2, 0.15, 0.7, 0.12],
  });
  ok(low > 0 && high === 1);
  const perfect = aucInterval({ actual: [0, 0, 1, 1], scores: [1, 2, 3, 4] });
  deepEqual([perfect.low, perfect.auc, perfect.high], [1, 1, 1]);
});

Deno.test("delongTest() sees ranks alone, and swapping the systems turns its sign", () => {
  const { actual, first, second } = fixture.delong[0]!;
  const test = delongTest({ actual, first, second });
  const cubes = Array.from(first, (score) => score ** 3);
  equal(delongTest({ actual, first: cubes, second }).z, test.z);
  equal(delongTest({ actual, first: second, second: first }).z, -test.z);
});

Deno.test("delongTest() of systems that rank alike, or as far apart as can be", () => {
  const actual = [0, 0, 1, 1];
  const first = [0.1, 0.2, 0.3, 0.4];
  const same = delongTest({ actual, first, second: first.map(Math.sqrt) });
  deepEqual([same.z, same.p, same.low, same.high], [0, 1, 0, 0]);
  const opposite = delongTest({ actual, first, second: first.map((score) => -score) });
  deepEqual([opposite.difference, opposite.z, opposite.p], [1, Infinity, 0]);
});

Deno.test("delongTest() cries wolf about one time in twenty", () => {
  const simulations = 400;
  const actual = Array.from({ length: 120 }, (_, n) => n % 3 === 0 ? 1 : 0);
  let alarms = 0;
  for (let s = 0; s < simulations; s++) {
    const next = normals(fold(key(19), s));
    const shared = actual.map((label) => label + next());
    const first = shared.map((score) => score + next());
    const second = shared.map((score) => score + next());
    if (delongTest({ actual, first, second }).p < 0.05) alarms++;
  }
  // 20 expected; the standard deviation is 4.4.
  ok(alarms >= 8 && alarms <= 36, `${alarms} of ${simulations}`);
});

Deno.test("delongTest() refuses what it cannot compare", () => {
  throws(
    () => delongTest({ actual: [0, 0, 1], first: [1, 2, 3], second: [1, 2, 3] }),
    /expected at least two samples of each class, got 1 positive and 2 negative/,
  );
  throws(
    () => delongTest({ actual: [0, 0, 1, 1], first: [1, 2, 3, 4], second: [1, 2, 3, NaN] }),
    /RangeError: Cannot compare systems: expected a finite number in second\[3\], got NaN/,
  );
  throws(
    () => aucInterval({ actual: [0, 2], scores: [1, 2] }),
    /RangeError: Cannot score labels: expected a class from 0 to 1 in actual\[1\], got 2/,
  );
});
