import { deepEqual, ok, rejects, throws } from "node:assert/strict";
import { float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { clipBert, clipBertInputs, clipBertNetwork } from "../../lib/baselines/clip_bert.ts";
import { modalities } from "../../lib/modality.ts";
import { type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { range, tinyTraining } from "../systems/tiny_corpus.ts";
import { differ, near, same } from "../tensor_values.ts";
import {
  clipFeatures,
  compiledAgrees,
  features,
  firstBatch,
  memorised,
  unmoved,
  verdict,
  withInputs,
} from "./network_checks.ts";

tf.setBackend("cpu");

const settings = { width: 8, layers: 1, dropout: 0.25 };
const network = clipBertNetwork({ ...settings, inputs: clipBertInputs(clipFeatures) });
const initial = network.init(key(3));
const params = tensors(initial);

Deno.test("it reads CLIP's vector of every modality, and BERT's states of text", () => {
  deepEqual(network.inputs(modalities, 4), {
    text: { states: float32(4, 2, 3), mask: float32(4, 2), clip: float32(4, 1, 2) },
    image: { clip: float32(4, 1, 2) },
    audio: { clip: float32(4, 1, 2) },
  });
  deepEqual(initial.perceptron.hidden["0"]!.weight.shape, [3 + 2 + 2 + 2, 8]);
});

Deno.test("text is the mean state beside CLIP's vector; each of the others CLIP's alone", () => {
  const linear = clipBertNetwork({ ...settings, layers: 0, inputs: clipBertInputs(clipFeatures) });
  // Two logits: BERT's numbers and CLIP's of text; of the other modalities both see all.
  const weight = tf.tensor2d([
    ...Array<number[]>(3).fill([1, 0]),
    ...Array<number[]>(2).fill([0, 1]),
    ...Array<number[]>(4).fill([1, 1]),
  ]);
  const summing = {
    absent: { text: tf.fill([5], 1), image: tf.fill([2], 10), audio: tf.fill([2], 100) },
    perceptron: { hidden: {}, output: { weight, bias: tf.zeros([2]) } },
  };
  const text = {
    states: tf.tensor3d([[[1, 1, 1], [3, 3, 3]]]),
    mask: tf.ones([1, 2]),
    clip: tf.tensor3d([[[0.25, 0.5]]]),
  };
  near(verdict(linear, summing, { text }), [[6 + 220, 0.75 + 220]]);
  const clip = tf.tensor3d([[[7, 8]]]);
  near(verdict(linear, summing, { image: { clip } }), [[3 + 15 + 200, 2 + 15 + 200]]);
  near(verdict(linear, summing, { audio: { clip } }), [[3 + 20 + 15, 2 + 20 + 15]]);
});

Deno.test("what is absent changes nothing, and what is there does", () => {
  const { batch } = firstBatch(network, clipFeatures, "label");
  const group = batch.triples!;
  const presence = tf.tensor2d(Array(8).fill([0, 1, 1]));
  const loss = (inputs: typeof group.inputs) =>
    network.loss(params, { ...group, inputs, presence });
  const other = (x: tf.Tensor): tf.Tensor => tf.sub(3, x);
  same(loss(withInputs(group.inputs, other, ["text"])), loss(group.inputs));
  ok(differ(loss(withInputs(group.inputs, other, ["audio"])), loss(group.inputs)));
});

Deno.test("every parameter learns, what stands for the absent included", () => {
  for (const protocol of ["label", "single"] as const) {
    const { batch } = firstBatch(network, clipFeatures, protocol);
    deepEqual(unmoved(network, initial as Tree<Parameter>, batch), [], protocol);
  }
});

Deno.test("it is compiled to what it is eagerly", () => compiledAgrees(network, clipFeatures));

Deno.test("it can learn sixteen samples by heart", async () => {
  const training = { ...tinyTraining, epochs: 80, patience: 80, learningRate: 0.03, averaging: 0 };
  const plain = { ...training, modalityDropout: 0 };
  const system = clipBert({ ...settings, width: 32, dropout: 0 }, plain);
  const loss = await memorised(system, clipFeatures, "label");
  ok(loss < 0.1, `${loss}`);
});

Deno.test("features without CLIP's vectors are refused", async () => {
  const missing = new RangeError(
    "Cannot read text features: expected one of states, mask, got clip",
  );
  throws(() => clipBertInputs(features), missing);
  await rejects(
    clipBert(settings, tinyTraining).fit({
      features,
      train: range(0, 8),
      validation: range(8, 12),
      protocol: "label",
      present: modalities,
      key: key(1),
    }),
    missing,
  );
});
