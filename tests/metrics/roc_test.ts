import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { aucRoc, type RocCurve, rocCurve } from "../../lib/metrics/roc.ts";
import { key, uniforms } from "../../lib/tensor/random.ts";
import { agree, scoreCases } from "./reference.ts";

function curvesAgree(got: RocCurve, wanted: RocCurve, what: string) {
  for (const name of ["thresholds", "falsePositiveRate", "truePositiveRate"] as const) {
    equal(got[name].length, wanted[name].length, what);
    got[name].forEach((value, i) => agree(value, wanted[name][i]!, `${what}, ${name}[${i}]`));
  }
}

Deno.test("rocCurve() and aucRoc() agree with scikit-learn", () => {
  for (const { name, actual, scores, auc, curve } of scoreCases) {
    agree(aucRoc({ actual, scores }), auc, name);
    curvesAgree(rocCurve({ actual, scores }), curve, name);
  }
});

Deno.test("aucRoc() counts pairs in the right order, and a tie as half of one", () => {
  // Pairs of a positive and a negative: 0.8 > 0.4, 0.8 > 0.6, 0.6 > 0.4, 0.6 = 0.6.
  equal(aucRoc({ actual: [1, 1, 0, 0], scores: [0.8, 0.6, 0.4, 0.6] }), 3.5 / 4);
});

Deno.test("aucRoc() sees ranks alone, and reversing them mirrors it", () => {
  const next = uniforms(key(5));
  const scores = Float64Array.from({ length: 99 }, next);
  const actual = scores.map((score) => next() < score ? 1 : 0);
  const auc = aucRoc({ actual, scores });
  ok(auc > 0.6 && auc < 1);
  equal(aucRoc({ actual, scores: scores.map((score) => Math.exp(9 * score)) }), auc);
  ok(Math.abs(aucRoc({ actual, scores: scores.map((score) => -score) }) - (1 - auc)) < 1e-15);
});

Deno.test("aucRoc() is the area under rocCurve()", () => {
  for (const { actual, scores } of scoreCases) {
    const { falsePositiveRate: x, truePositiveRate: y } = rocCurve({ actual, scores });
    let area = 0;
    for (let i = 1; i < x.length; i++) area += (x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!) / 2;
    agree(area, aucRoc({ actual, scores }), "area");
  }
});

Deno.test("aucRoc() of one class is not a number", () => {
  ok(Number.isNaN(aucRoc({ actual: [1, 1], scores: [0.2, 0.3] })));
});

Deno.test("rocCurve() leaves its inputs as they are", () => {
  const scores = Float32Array.of(0.5, 0.25, 0.75);
  rocCurve({ actual: [0, 1, 1], scores });
  deepEqual([...scores], [0.5, 0.25, 0.75]);
});

Deno.test("rocCurve() and aucRoc() refuse what they cannot rank", () => {
  for (const wrong of [NaN, Infinity]) {
    throws(
      () => aucRoc({ actual: [0, 1], scores: [0.5, wrong] }),
      { message: `Cannot rank scores: expected a finite number in scores[1], got ${wrong}` },
    );
  }
  throws(
    () => rocCurve({ actual: [0, 2], scores: [0.5, 0.5] }),
    /RangeError: Cannot score labels: expected a class from 0 to 1 in actual\[1\], got 2/,
  );
  throws(
    () => aucRoc({ actual: [0, 1], scores: [0.5] }),
    /RangeError: Cannot score scores: expected 2 values, as in actual, got 1/,
  );
});
