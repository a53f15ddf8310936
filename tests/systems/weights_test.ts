import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { byModality, modalities } from "../../lib/modality.ts";
import { batches } from "../../lib/systems/batches.ts";
import { proposedNetwork } from "../../lib/systems/proposed_network.ts";
import type { Problem } from "../../lib/systems/system.ts";
import { sampleWeights } from "../../lib/systems/weights.ts";
import { key } from "../../lib/tensor/random.ts";
import { tinyConfig, tinyFeatures } from "./tiny_corpus.ts";

const counts = { text: 10, image: 10, audio: 10 };
const tiny = tinyFeatures(counts);

/** Ten samples a modality, the last two positive; eight train, of which one is positive. */
function problem(change: Partial<Problem> = {}): Problem {
  const labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1];
  return {
    features: byModality((m) => ({ ...tiny[m], labels })),
    train: byModality(() => [0, 1, 2, 3, 4, 5, 6, 8]),
    validation: byModality(() => [7, 9]),
    protocol: "single",
    present: modalities,
    key: key(1),
    ...change,
  };
}

const withWeights = (weights: readonly number[]) =>
  problem({ features: byModality((m) => ({ ...problem().features[m], weights })) });

const rounded = (weights: ArrayLike<number>) => Array.from(weights, (w) => +w.toFixed(4));

Deno.test("classes count alike by inverse frequency in training, and the mean there is 1", () => {
  equal(sampleWeights(problem()), undefined);
  const { text } = sampleWeights(problem({ classesAlike: true }))!;
  // Seven of eight are negative: 8 / (2 · 7) each, and 8 / (2 · 1) for the other; of validation too.
  deepEqual(rounded(text), [...Array(8).fill(0.5714), 4, 4]);
  equal(rounded([[...Array(7).keys()].reduce((sum, i) => sum + text[i]!, text[8]!) / 8])[0], 1);
});

Deno.test("a set's own weights have a mean of 1 in training, and go with classes", () => {
  const own = [3, 1, 1, 1, 1, 1, 1, 5, 7, 0];
  // They sum to 16 in eight training samples.
  deepEqual(rounded(sampleWeights(withWeights(own))!.audio), [
    1.5,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
    0.5,
    2.5,
    3.5,
    0,
  ]);
  const both = sampleWeights({ ...withWeights(own), classesAlike: true })!.audio;
  // Negatives sum to 9 and the positive to 7: each class shall have half of eight.
  deepEqual(rounded(both), [1.3333, ...Array(6).fill(0.4444), 2.2222, 4, 0]);
});

Deno.test("rows that belong together are counted as rows", () => {
  // Text is there in four rows of which two are positive, images in all.
  const pairs = Array.from(
    { length: 10 },
    (_, i) => (i > 5 ? { text: i, image: i } : { image: i }),
  );
  const of = problem({ protocol: "natural", pairs, classesAlike: true });
  const weights = sampleWeights({
    ...of,
    train: { text: [6, 8], image: of.train.image, audio: [] },
    validation: { text: [7, 9], image: [7, 9], audio: [] },
  })!;
  deepEqual(rounded(weights.image), [...Array(8).fill(0.5714), 4, 4]);
  deepEqual(rounded(weights.text), rounded(weights.image));
});

Deno.test("samples that are paired by label have no weights; scores have no classes", () => {
  equal(sampleWeights(problem({ classesAlike: true, protocol: "label" })), undefined);
  throws(
    () =>
      sampleWeights(problem({ classesAlike: true, target: { kind: "score", low: 0, high: 1 } })),
    /^RangeError: Cannot weigh by class: expected classes to be learnt, got scores$/,
  );
  throws(
    () => sampleWeights(withWeights(Array(10).fill(0))),
    /^RangeError: Cannot weigh samples: expected one above 0 in training, got none$/,
  );
});

Deno.test("batches carry each sample's weight, in every view", () => {
  const weights = byModality(() => Float32Array.from({ length: 10 }, (_, i) => i / 4));
  const { features, train: indices } = problem();
  const source = {
    ...{ features, indices, weights, present: modalities, batch: 4, modalityDropout: 0.3 },
    ...{ network: proposedNetwork(tinyConfig(features)), key: key(1) },
  };
  const single = batches({ ...source, protocol: "single" });
  equal(single.groups.text!.weighted, true);
  const drawn = [...single.epoch(0)].flatMap(({ text }) => [...text!.unified.weights]);
  deepEqual(drawn.sort((a, b) => a - b), indices.text.map((i) => i / 4));
  const pairs = indices.text.map((i) => ({ text: i, audio: i }));
  const natural = batches({ ...source, protocol: "natural", pairs });
  for (const { triples } of natural.epoch(0)) {
    const { unified: { weights, labels }, weights: { rows } } = triples!;
    deepEqual(rows, weights);
    deepEqual(weights.slice(0, 4), weights.slice(4));
    weights.forEach((weight, i) => equal(labels[i] === 1, weight === 2));
  }
  const label = batches({ ...source, weights: undefined, protocol: "single" });
  ok(!("weighted" in label.groups.text!));
  for (const { text } of label.epoch(0)) deepEqual(text!.weights, {});
});
