import { equal, ok } from "node:assert/strict";
import {
  betaQuantile,
  binomialCdf,
  logGamma,
  normalCdf,
  normalQuantile,
  normalTails,
  studentQuantile,
  studentTails,
} from "../../lib/metrics/distributions.ts";
import { fixture, near } from "./statistics_reference.ts";

const stored = fixture.distributions;

Deno.test("normalCdf() and normalQuantile() agree with scipy", () => {
  for (const [x, p] of stored.normalCdf) near(normalCdf(x), p, `Φ(${x})`);
  for (const [p, x] of stored.normalQuantile) near(normalQuantile(p), x, `Φ⁻¹(${p})`);
});

Deno.test("studentTails() and studentQuantile() agree with scipy", () => {
  for (const [t, degreesOfFreedom, p] of stored.studentTails) {
    near(studentTails({ t, degreesOfFreedom }), p, `t ${t}, ${degreesOfFreedom}`);
  }
  for (const [p, degreesOfFreedom, t] of stored.studentQuantile) {
    near(studentQuantile({ p, degreesOfFreedom }), t, `quantile ${p}, ${degreesOfFreedom}`);
  }
});

Deno.test("binomialCdf() agrees with scipy", () => {
  for (const [successes, trials, p] of stored.binomialCdf) {
    near(binomialCdf({ successes, trials, probability: 0.5 }), p, `${successes} of ${trials}`);
  }
});

Deno.test("binomialCdf() of every success, even of none, is 1", () => {
  equal(binomialCdf({ successes: 3, trials: 3, probability: 0.5 }), 1);
  equal(binomialCdf({ successes: 0, trials: 0, probability: 0.5 }), 1);
});

Deno.test("the tails reach 0 far out, and 1 in the middle", () => {
  equal(normalCdf(-Infinity), 0);
  equal(normalCdf(Infinity), 1);
  for (const far of [60, 1e9, 1e200, Infinity]) {
    equal(normalTails(far), 0);
    ok(studentTails({ t: -far, degreesOfFreedom: 4 }) < 1e-6);
    ok(studentTails({ t: far, degreesOfFreedom: 4 }) < 1e-6);
  }
  for (const degreesOfFreedom of [1, 4, 1999]) {
    equal(studentTails({ t: Infinity, degreesOfFreedom }), 0);
  }
  equal(normalQuantile(0), -Infinity);
  equal(normalQuantile(1), Infinity);
  equal(normalTails(0), 1);
  equal(studentTails({ t: 0, degreesOfFreedom: 7 }), 1);
});

Deno.test("betaQuantile() inverts the powers, and reaches its ends", () => {
  // Beta(3, 1) has the distribution x³, Beta(1, 2) has 1 − (1 − x)².
  near(betaQuantile({ a: 3, b: 1, p: 0.125 }), 0.5, "x³");
  near(betaQuantile({ a: 1, b: 2, p: 0.75 }), 0.5, "1 − (1 − x)²");
  equal(betaQuantile({ a: 0, b: 4, p: 0.3 }), 0);
  equal(betaQuantile({ a: 4, b: 0, p: 0.3 }), 1);
});

Deno.test("logGamma() is the logarithm of a factorial", () => {
  near(logGamma(6), Math.log(120), "5!");
  near(logGamma(0.5), Math.log(Math.PI) / 2, "√π");
});
