import { deepEqual, equal } from "node:assert/strict";
import { scoreVerdicts, verdictScores } from "../../lib/inference/verdict_scores.ts";
import { scoreClasses, scoreRegression } from "../../lib/metrics/mod.ts";
import type { Target } from "../../lib/target.ts";

Deno.test("scores of classes are those of scoreClasses(), also where the samples lack a class", () => {
  const target: Target = { kind: "classes", classes: ["negative", "neutral", "positive"] };
  const labels = [0, 2, 2, 0];
  const scores = [0.5, 0.25, 0.25, 0, 0.25, 0.75, 0.75, 0, 0.25, 1, 0, 0];
  const wanted = scoreClasses({ actual: labels, scores, classes: 3 });
  deepEqual(scoreVerdicts({ labels, scores }, target), {
    accuracy: wanted.accuracy,
    balancedAccuracy: wanted.balancedAccuracy,
    precision: wanted.precisionMacro,
    recall: wanted.recallMacro,
    f1: wanted.f1Macro,
    f1Weighted: wanted.f1Weighted,
    auc: wanted.aucOneVsRestMacro,
    logLoss: wanted.logLoss,
  });
  // Class 0: 2 of 2 found, of 3 said. Class 2: 1 of 2. The class that is nowhere counts in no mean.
  equal(wanted.f1Macro, (4 / 5 + 2 / 3) / 2);
});

Deno.test("scores of scores are those of scoreRegression() on the scale, but for its counts", () => {
  const judged = { labels: [-1, 0, 0.5, 1], scores: [-0.5, 0.25, -0.75, 1.5] };
  for (const [low, high] of [[-3, 3], [-1, 1], [-2, 5]] as const) {
    const scale = low === -3 ? "mosi" : "sims";
    const pairs = { actual: judged.labels, predicted: judged.scores };
    const { zeroTruths: _, middleTruths: __, ...wanted } = {
      ...{ zeroTruths: 0, middleTruths: 0 },
      ...scoreRegression(pairs, low === -2 ? { scale: "general", low, high } : { scale }),
    };
    deepEqual(scoreVerdicts(judged, { kind: "score", low, high }), wanted);
  }
});

Deno.test("no two scores of a target share a title", () => {
  for (const [low, high] of [[-3, 3], [-1, 1], [1, 5]] as const) {
    const titles = verdictScores({ kind: "score", low, high }).map(({ title }) => title);
    equal(new Set(titles).size, titles.length);
  }
});
