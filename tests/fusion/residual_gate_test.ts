import { deepEqual, equal, ok } from "node:assert/strict";
import { logLoss } from "../../lib/baselines/logistic_loss.ts";
import { chooseGate, gated } from "../../lib/fusion/residual_gate.ts";
import { polarities } from "../../lib/target.ts";
import { moods, score } from "../baselines/natural_problem.ts";

const half = (count: number) => Array.from({ length: count }, (_, n) => n % 2);
const alone = (count: number) => Array.from({ length: count }, (_, n) => String(n));

/** Late evidence that says nothing, and joint evidence that is right `share` of the time. */
function rows(count: number, share: number) {
  const labels = half(count);
  return {
    late: new Float64Array(count),
    joint: Float64Array.from(labels, (y, n) => (n < share * count ? 2 : -2) * (2 * y - 1)),
    labels,
    clusters: alone(count),
  };
}

Deno.test("gated() is late evidence at 0, bit for bit, and the joint model's at 1", () => {
  const late = Float64Array.of(0.1, -3), joint = Float64Array.of(1.1, -1);
  equal(gated({ late, joint }, 0), late);
  deepEqual([...gated({ late, joint }, 0.5)], [0.6, -2]);
});

Deno.test("chooseGate() says what a gate is worth, worked by hand", () => {
  // Two rows: at g = 1 one gains ln 2 − log(1 + e⁻²), the other loses.
  const { trials } = chooseGate(rows(2, 0.5), polarities);
  const gains = [Math.log(2) - logLoss(2, 1), Math.log(2) - logLoss(-2, 1)];
  const { gain, loss, standardError } = trials.at(-1)!;
  const mean = (gains[0]! + gains[1]!) / 2, distance = gains[0]! - mean;
  ok(Math.abs(gain - mean) < 1e-12);
  ok(Math.abs(loss - (Math.log(2) - mean)) < 1e-12);
  // Two clusters: C / (C − 1) is 2, and Σ of squares is 2 distance².
  ok(Math.abs(standardError - Math.sqrt(4 * distance ** 2) / 2) < 1e-12);
});

Deno.test("chooseGate() opens where validation is clear, and not where it is chance", () => {
  equal(chooseGate(rows(200, 1), polarities).gate, 1);
  equal(chooseGate(rows(200, 0.9), polarities).gate, 1);
  // A sure joint model that is right in six of ten is worth a part of what it says.
  const some = chooseGate(rows(2000, 0.65), polarities).gate;
  ok(some > 0 && some < 1, `${some}`);
  equal(chooseGate(rows(20, 0.6), polarities).gate, 0);
  equal(chooseGate(rows(200, 0.4), polarities).gate, 0);
});

Deno.test("chooseGate() counts clusters: copies of a few rows are not many rows", () => {
  const many = rows(400, 0.62);
  ok(chooseGate(many, polarities).gate > 0);
  const clusters = many.labels.map((_, n) => String(Math.floor(n / 40)));
  equal(chooseGate({ ...many, clusters }, polarities).gate, 0);
  const one = many.labels.map(() => "all");
  equal(chooseGate({ ...rows(400, 1), clusters: one }, polarities).gate, 0);
});

Deno.test("chooseGate() takes log-probabilities of classes, which need not add up, and scores", () => {
  const labels = half(60), clusters = alone(60);
  const right = (y: number) => [0, 1, 2].map((k) => (k === y ? 9 : 7));
  const classes = chooseGate({
    ...{ labels, clusters, late: new Float64Array(180).fill(-4) },
    joint: Float64Array.from(labels.flatMap(right)),
  }, moods);
  equal(classes.gate, 1);
  ok(Math.abs(classes.trials[0]!.loss - Math.log(3)) < 1e-12);
  ok(Math.abs(classes.trials.at(-1)!.loss - Math.log(1 + 2 * Math.exp(-2))) < 1e-12);
  const scores = chooseGate({
    ...{ labels, clusters, late: new Float64Array(60) },
    joint: Float64Array.from(labels, (y) => 4 * y),
  }, score);
  // The truth is 0 or 1, and a quarter of 4 is 1.
  equal(scores.gate, 0.25);
  equal(scores.trials[1]!.loss, 0);
});
