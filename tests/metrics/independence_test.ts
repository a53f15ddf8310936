import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { independencePrediction } from "../../lib/metrics/independence.ts";
import { aucRoc } from "../../lib/metrics/roc.ts";
import { key, normals } from "../../lib/tensor/random.ts";

function near(got: number, wanted: number, within = 1e-9) {
  ok(Math.abs(got - wanted) <= within, `${got}, not ${wanted}`);
}

Deno.test("independencePrediction() agrees with SciPy's normal distribution", () => {
  // s = [2 ** .5 * norm.ppf(a) for a in [.962, .923, .922]]; d = sum(x * x for x in s) ** .5;
  // norm.cdf(d / 2 ** .5), norm.cdf(d / 2)
  const prediction = independencePrediction({ aucs: [0.962, 0.923, 0.922] });
  near(prediction.dPrime, 3.792936936847935);
  near(prediction.auc, 0.9963409520172906);
  near(prediction.accuracy, 0.971050937179922);
});

Deno.test("independencePrediction() of two equal views, worked by hand", () => {
  // AUC = Φ(1) makes d′ = √2 each and 2 together: AUC Φ(√2), accuracy Φ(1).
  const one = 0.8413447460685429;
  const { dPrimes, dPrime, auc, accuracy } = independencePrediction({ aucs: [one, one] });
  dPrimes.forEach((d) => near(d, Math.SQRT2));
  near(dPrime, 2);
  near(auc, 0.9213503964748574);
  near(accuracy, one);
});

Deno.test("independencePrediction() of one view is that view; chance adds nothing to it", () => {
  near(independencePrediction({ aucs: [0.8] }).auc, 0.8);
  const { auc, accuracy } = independencePrediction({ aucs: [0.5, 0.8, 0.5] });
  near(auc, 0.8);
  near(independencePrediction({ aucs: [0.5] }).accuracy, 0.5);
  ok(accuracy < auc);
});

Deno.test("independencePrediction() counts a view below chance as its mirror, and 1 as certainty", () => {
  near(
    independencePrediction({ aucs: [0.2, 0.7] }).auc,
    independencePrediction({ aucs: [0.8, 0.7] }).auc,
  );
  deepEqual(independencePrediction({ aucs: [1, 0.7] }).auc, 1);
  equal(independencePrediction({ aucs: [0, 0.7] }).accuracy, 1);
});

Deno.test("normal scores, drawn and added up, come to what independencePrediction() says", () => {
  // With one variance, the log likelihood ratio of a view is d′ times its score.
  const distances = [1.2, 0.7, 0.4], count = 20_000;
  const next = normals(key(3));
  const actual = Array.from({ length: count }, (_, i) => i % 2);
  const views = distances.map((d) => actual.map((y) => next() + (y - 0.5) * d));
  const fused = actual.map((_, i) => distances.reduce((sum, d, m) => sum + d * views[m]![i]!, 0));
  const { auc, accuracy } = independencePrediction({
    aucs: views.map((scores) => aucRoc({ actual, scores })),
  });
  // The deviation of either is about 0.003.
  near(aucRoc({ actual, scores: fused }), auc, 0.01);
  near(fused.filter((s, i) => (s > 0 ? 1 : 0) === actual[i]).length / count, accuracy, 0.01);
});

Deno.test("independencePrediction() refuses no AUCs, and numbers that are none", () => {
  throws(() => independencePrediction({ aucs: [] }), {
    name: "RangeError",
    message: "Cannot predict a fusion: expected at least one AUC, got none",
  });
  for (const wrong of [1.1, -0.1, NaN]) {
    throws(() => independencePrediction({ aucs: [0.5, wrong] }), {
      name: "RangeError",
      message: `Cannot predict a fusion: expected aucs[1] from 0 to 1, got ${wrong}`,
    });
  }
});
