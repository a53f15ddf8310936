import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { concatMlp, misa, msfnet } from "../../lib/baselines/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { byModality } from "../../lib/modality.ts";
import { initModel } from "../../lib/model/mod.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { proposed } from "../../lib/systems/proposed.ts";
import type { Problem, System } from "../../lib/systems/system.ts";
import { targetLoss, verdictsOf } from "../../lib/systems/target_loss.ts";
import { mostLikely, outputsOf, type Target, verdictWidth } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { near } from "../tensor_values.ts";
import { range, tinyConfig, tinyFeatures, tinySettings, tinyTraining } from "./tiny_corpus.ts";

tf.setBackend("cpu");

const classes: Target = { kind: "classes", classes: ["negative", "neutral", "positive"] };
const score: Target = { kind: "score", low: -3, high: 3 };

Deno.test("a target says how many outputs and verdicts a sample has", () => {
  const two: Target = { kind: "classes", classes: ["dull", "fun"] };
  deepEqual([two, classes, score].map((target) => [outputsOf(target), verdictWidth(target)]), [
    [2, 1],
    [3, 3],
    [1, 1],
  ]);
  deepEqual([[0.5], [0.49], [0.2, 0.4, 0.4]].map(mostLikely), [1, 0, 1]);
});

Deno.test("targetLoss() of a score is its absolute error in halves of the range", () => {
  const given = {
    logits: tf.tensor2d([[0.5], [0], [9]]),
    labels: tf.tensor1d([-3, 1.5, 0]),
    weights: tf.tensor1d([1, 2, 0]),
  };
  // |0.5 + 1| and twice |0 - 0.5|, of three weights.
  near(targetLoss(given, score), 2.5 / 3);
  // From 0 to 5 the middle is 2.5: |0.5 + 2.2| and twice |0 + 0.4|.
  near(targetLoss(given, { kind: "score", low: 0, high: 5 }), (2.7 + 0.8) / 3);
});

Deno.test("verdictsOf() gives the second probability, all of them, or a score within the range", () => {
  near(verdictsOf(tf.tensor2d([[0, Math.log(3)]])), [[0.75]]);
  near(verdictsOf(tf.tensor2d([[0, Math.log(2), 0]]), classes), [[0.25, 0.5, 0.25]]);
  near(verdictsOf(tf.tensor2d([[0.5], [-2]]), score), [[1.5], [-3]]);
});

/** Sample i says `i % 3` by the sign and size of its states; a score of −2, 0 or 2 likewise. */
function problemOf(target: Target): Problem {
  const of = tinyFeatures({ text: 60, image: 60, audio: 60 });
  const label = (i: number) => target.kind === "score" ? 2 * (i % 3) - 2 : i % 3;
  const features: CorpusFeatures = byModality((m) => {
    const { states, ...tables } = of[m].tables;
    const size = states!.data.length / 60;
    const data = states!.data.map((x, j) => x / 2 + 2 * (Math.floor(j / size) % 3 - 1));
    return {
      tables: { ...tables, states: { shape: states!.shape, data } },
      labels: Array.from({ length: 60 }, (_, i) => label(i)),
    };
  });
  return {
    features,
    train: range(0, 36),
    validation: range(36, 48),
    target,
    protocol: "natural",
    pairs: range(0, 48).text.map((i) => i % 4 ? { text: i, image: i, audio: i } : { text: i }),
    present: ["text", "image", "audio"],
    key: key(1),
  };
}

const training = { ...tinyTraining, epochs: 30, patience: 30, learningRate: 0.03 };
const networks: System[] = [
  proposed(tinySettings, training),
  concatMlp({ width: 8, layers: 1, dropout: 0.1 }, training),
  msfnet({ width: 8, heads: 2, channels: 2, dropout: 0.1 }, training),
  misa(
    { width: 8, recurrentWidth: 4, feedForward: 8, fusionDropout: 0.1 },
    { ...training, epochs: 60, patience: 60, learningRate: 0.01 },
  ),
];

for (const network of networks) {
  Deno.test(`${network.name} learns three classes, and scores`, async () => {
    const test = Array.from({ length: 12 }, (_, i) => 48 + i);
    const rows = { text: test, image: test, audio: test };

    const ofClasses = await network.fit(problemOf(classes));
    const { unified: chances } = await ofClasses.predict(rows);
    await ofClasses.dispose();
    equal(chances!.length, 36);
    const verdicts = test.map((_, i) => [0, 1, 2].map((k) => chances![3 * i + k]!));
    for (const verdict of verdicts) ok(Math.abs(verdict.reduce((a, b) => a + b) - 1) < 1e-5);
    ok(verdicts.filter((verdict, i) => mostLikely(verdict) === i % 3).length >= 8);

    const ofScores = await network.fit(problemOf(score));
    const { unified: scores } = await ofScores.predict(rows);
    await ofScores.dispose();
    equal(scores!.length, 12);
    const error = test.reduce((sum, _, i) => sum + Math.abs(scores![i]! - (2 * (i % 3) - 2)), 0);
    // The median, 0, is off by 4/3.
    ok(error / 12 < 1, `${error / 12}`);
  });
}

Deno.test("features without a spectrogram are learnt by the contextual path, without a gate", async () => {
  const problem = problemOf(score);
  const { states, mask } = problem.features.audio.tables;
  const audio = { ...problem.features.audio, tables: { states: states!, mask: mask! } };
  const features = { ...problem.features, audio };
  const { inputs } = tinyConfig(features);
  deepEqual(inputs.audio, { segments: 2, width: 4 });
  const { spectral, gate } = initModel(key(1), { ...tinySettings, inputs, target: score });
  deepEqual([spectral, gate], [undefined, undefined]);
  const fitted = await proposed(tinySettings, training).fit({ ...problem, features });
  const test = [48, 49, 50];
  const { unified } = await fitted.predict({ audio: test });
  const inspected = await fitted.inspect!({ audio: test });
  await fitted.dispose();
  ok(unified![0]! < unified![1]! && unified![1]! < unified![2]!, `${unified}`);
  equal("gate" in inspected, false);
  notEqual(inspected.attention, undefined);
});
