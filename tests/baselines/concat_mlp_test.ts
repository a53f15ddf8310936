import { deepEqual, ok } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { concatMlp, concatMlpNetwork } from "../../lib/baselines/concat_mlp.ts";
import { modalities } from "../../lib/modality.ts";
import { type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { inputSizes } from "../../lib/systems/features.ts";
import { tinyTraining } from "../systems/tiny_corpus.ts";
import { differ, near, same, uniformTensor } from "../tensor_values.ts";
import {
  compiledAgrees,
  features,
  firstBatch,
  memorised,
  unmoved,
  verdict,
  withInputs,
} from "./network_checks.ts";

tf.setBackend("cpu");

const settings = { width: 8, layers: 2, dropout: 0.25 };
const network = concatMlpNetwork({ ...settings, inputs: inputSizes(features) });
const initial = network.init(key(3));
const params = tensors(initial);

Deno.test("it sees each modality's mean segment, of audio with the mean prosody", () => {
  // Without hidden layers, and with weights that sum the numbers of a modality.
  const linear = concatMlpNetwork({ ...settings, layers: 0, inputs: inputSizes(features) });
  const weight = tf.concat([tf.ones([3 + 5 + 6, 1]), tf.zeros([3 + 5 + 6, 1])], 1);
  const summing = {
    absent: { text: tf.fill([3], 1), image: tf.fill([5], 10), audio: tf.fill([6], 100) },
    perceptron: { hidden: {}, output: { weight, bias: tf.zeros([2]) } },
  };
  const audio = {
    states: tf.tensor3d([[[1, 1, 1, 1], [9, 9, 9, 9]], [[1, 1, 1, 1], [3, 3, 3, 3]]]),
    mask: tf.tensor2d([[1, 0], [1, 1]]),
    prosody: tf.tensor3d([[[0.5, 0], [9, 9]], [[0, 0], [0, 1]]]),
  };
  // Absent text and image count 3 and 50. First clip: 4 + 0.5; second: 4 · 2 + 0.5.
  near(tf.slice(verdict(linear, summing, { audio }), [0, 0], [2, 1]), [[57.5], [61.5]]);
  const image = { states: tf.ones([2, 3, 5]), mask: tf.tensor2d([[1, 1, 0], [1, 0, 0]]) };
  near(tf.slice(verdict(linear, summing, { image }), [0, 0], [2, 1]), [[608], [608]]);
});

Deno.test("what is absent changes nothing, and what is there does", () => {
  const { batch } = firstBatch(network, features, "label");
  const group = batch.triples!;
  const presence = tf.tensor2d(Array(8).fill([1, 0, 1]));
  const loss = (inputs: typeof group.inputs) =>
    network.loss(params, { ...group, inputs, presence });
  const other = (x: tf.Tensor): tf.Tensor => tf.sub(3, x);
  same(loss(withInputs(group.inputs, other, ["image"])), loss(group.inputs));
  ok(differ(loss(withInputs(group.inputs, other, ["text"])), loss(group.inputs)));
});

Deno.test("reordering the samples reorders the verdicts", () => {
  const { inputs } = firstBatch(network, features, "label").batch.triples!;
  const back = verdict(network, params, withInputs(inputs, (x) => tf.reverse(x, 0)));
  near(back, tf.reverse(verdict(network, params, inputs), 0));
});

Deno.test("every parameter learns, what stands for the absent included", () => {
  for (const protocol of ["label", "single"] as const) {
    const { batch } = firstBatch(network, features, protocol);
    deepEqual(unmoved(network, initial as Tree<Parameter>, batch), [], protocol);
  }
  // Of what is never absent nothing has to stand.
  const { batch } = firstBatch(network, features, "single", ["text"]);
  deepEqual(unmoved(network, initial as Tree<Parameter>, batch), ["absent/text"]);
});

Deno.test("it is compiled to what it is eagerly", () => compiledAgrees(network, features));

Deno.test("it can learn sixteen samples by heart", async () => {
  const training = { ...tinyTraining, epochs: 80, patience: 80, learningRate: 0.05, averaging: 0 };
  const plain = { ...training, modalityDropout: 0 };
  const system = concatMlp({ ...settings, width: 32, dropout: 0 }, plain);
  for (const protocol of ["label", "single"] as const) {
    const loss = await memorised(system, features, protocol);
    ok(loss < 0.1, `${protocol}: ${loss}`);
  }
});

Deno.test("it answers for the modalities that it is shown", () => {
  const text = { states: uniformTensor("text", 2, 2, 3), mask: tf.ones([2, 2]) };
  deepEqual(Object.keys(network.logits(params, { text })), ["text", "unified"]);
  deepEqual(Object.keys(network.inputs(modalities, 2).audio!), ["states", "mask", "prosody"]);
});
