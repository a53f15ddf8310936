import { deepEqual, equal, ok } from "node:assert/strict";
import { learntLateFusion } from "../../lib/baselines/learnt_late_fusion.ts";
import { logit, sigmoid } from "../../lib/baselines/logistic_loss.ts";
import { modalities, type Modality } from "../../lib/modality.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { withOtherRows } from "../systems/tiny_corpus.ts";
import { problem, test } from "./tiny_problem.ts";
import { toldBranches } from "./told_branches.ts";

const labelled: Problem = { ...problem, protocol: "label" };
// Odd rows are positive: texts are right, images wrong, audio says nothing.
const scores = {
  text: Array.from({ length: 40 }, (_, i) => i % 2 === 1 ? 0.8 : 0.2),
  image: Array.from({ length: 40 }, (_, i) => i % 2 === 1 ? 0.2 : 0.8),
  audio: new Array<number>(40).fill(0.6),
};

interface Learnt {
  readonly weights: Readonly<Record<Modality, number>>;
  readonly bias: number;
  readonly triples: number;
}

Deno.test("learntLateFusion() learns on validation how far to trust each branch", async () => {
  const { record } = await learntLateFusion(toldBranches(scores)).fit(labelled);
  const { weights, bias, triples } = record.fusion as unknown as Learnt;
  equal(triples, 8);
  // On 4 + 4 triples with z = ±ln 4 the problem is even: w_text = −w_image = w, w_audio = b = 0,
  // and 2 w = C · 8 · 2 ln 4 · σ(−2 w ln 4) at the minimum, with C = 1.
  const z = logit(0.8), w = weights.text;
  ok(Math.abs(w + weights.image) < 1e-5);
  ok(Math.abs(2 * w - 16 * z * sigmoid(-2 * w * z)) < 1e-3, `${w}`);
  ok(Math.abs(weights.audio) < 1e-5 && Math.abs(bias) < 1e-5);
});

Deno.test("learntLateFusion() is its record's weighted sum of logits", async () => {
  const { predict, record } = await learntLateFusion(toldBranches(scores)).fit(labelled);
  const { weights, bias } = record.fusion as unknown as Learnt;
  const { unified } = await predict({ text: [33, 32], image: [33, 32], audio: [33, 32] });
  [33, 32].forEach((row, i) => {
    const sum = modalities.reduce((s, m) => s + weights[m] * logit(scores[m][row]!), bias);
    ok(Math.abs(unified![i]! - sigmoid(sum)) < 1e-9);
  });
  ok(unified![0]! > 0.9 && unified![1]! < 0.1);
});

Deno.test("learntLateFusion() leaves lone samples to their branch, and out of pairs what they lack", async () => {
  const told = { ...scores, audio: scores.audio.map((_, i) => i % 2 === 1 ? 0.95 : 0.4) };
  const { predict, record } = await learntLateFusion(toldBranches(told)).fit(labelled);
  deepEqual(await predict({ image: [32] }), { image: [0.8] });
  const { unified } = await predict({ text: [33, 32], image: [32, 32] });
  const { weights, bias } = record.fusion as unknown as Learnt;
  // Validation triples are half positive, half negative.
  const usual = weights.audio * (logit(0.95) + logit(0.4)) / 2;
  ok(usual > 0.1);
  [33, 32].forEach((row, i) => {
    const said = weights.text * logit(scores.text[row]!) + weights.image * logit(0.8);
    ok(Math.abs(unified![i]! - sigmoid(said + usual + bias)) < 1e-6);
  });
});

Deno.test("learntLateFusion looks at no test row, and tells separable triples", async () => {
  const { predict, record } = await learntLateFusion().fit(labelled);
  const features = withOtherRows(problem.features, test);
  deepEqual((await learntLateFusion().fit({ ...labelled, features })).record, record);
  const { unified } = await predict(test);
  deepEqual(Array.from(unified!, (p) => p >= 0.5 ? 1 : 0), test.text.map((i) => i % 2));
  deepEqual(Object.keys((await learntLateFusion().fit(problem)).record), ["branches"]);
});
