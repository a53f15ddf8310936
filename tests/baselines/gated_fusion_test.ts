import { deepEqual, ok } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { gatedFusion, gatedFusionNetwork } from "../../lib/baselines/gated_fusion.ts";
import { type Parameter, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { inputSizes } from "../../lib/systems/features.ts";
import { tinyTraining } from "../systems/tiny_corpus.ts";
import { differ, near, same } from "../tensor_values.ts";
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

const network = gatedFusionNetwork({ width: 8, dropout: 0.25, inputs: inputSizes(features) });
const initial = network.init(key(3));
const params = tensors(initial);

Deno.test("its verdict is that of the equations worked by hand", () => {
  const one = gatedFusionNetwork({ width: 1, dropout: 0, inputs: inputSizes(features) });
  // h_text = tanh(ln 2) = 3/5, h_image = tanh(-ln 3) = -4/5; audio is absent.
  // Logits of the gates: text ln 3 · (its first number, 1), image 0: 3/4 and 1/4.
  const first = (rows: number, value: number) =>
    tf.tensor2d(Array.from({ length: rows }, (_, i) => [i === 0 ? value : 0]));
  const at = (weight: tf.Tensor) => ({ weight, bias: tf.zeros([1]) });
  const by = {
    value: {
      text: at(first(3, Math.log(2))),
      image: at(first(5, -Math.log(3))),
      audio: at(first(6, 9)),
    },
    gate: {
      text: at(first(14, Math.log(3))),
      image: at(first(14, 0)),
      audio: at(first(14, 99)),
    },
    output: { weight: tf.tensor2d([[1, 10]]), bias: tf.tensor1d([0, 1]) },
  };
  const shown = (width: number) => ({
    states: tf.oneHot(tf.tensor2d([[0]], [1, 1], "int32"), width).toFloat() as tf.Tensor,
    mask: tf.ones([1, 1]),
  });
  const h = 3 / 4 * 3 / 5 - 1 / 4 * 4 / 5;
  near(verdict(one, by, { text: shown(3), image: shown(5) }), [[h, 10 * h + 1]]);
  // Alone a modality has the whole gate.
  near(verdict(one, by, { image: shown(5) }), [[-4 / 5, -7]]);
});

Deno.test("what is absent changes nothing, and what is there changes more than its own part", () => {
  const { batch } = firstBatch(network, features, "label");
  const group = batch.triples!;
  const presence = tf.tensor2d(Array(8).fill([1, 0, 1]));
  const loss = (inputs: typeof group.inputs) =>
    network.loss(params, { ...group, inputs, presence });
  const other = (x: tf.Tensor): tf.Tensor => tf.sub(3, x);
  same(loss(withInputs(group.inputs, other, ["image"])), loss(group.inputs));
  ok(differ(loss(withInputs(group.inputs, other, ["text"])), loss(group.inputs)));
});

Deno.test("every parameter learns", () => {
  const { batch } = firstBatch(network, features, "label");
  deepEqual(unmoved(network, initial as Tree<Parameter>, batch), []);
});

Deno.test("it is compiled to what it is eagerly", () => compiledAgrees(network, features));

Deno.test("it can learn sixteen samples by heart", async () => {
  const training = { ...tinyTraining, epochs: 80, patience: 80, learningRate: 0.05, averaging: 0 };
  const system = gatedFusion({ width: 32, dropout: 0 }, { ...training, modalityDropout: 0 });
  const loss = await memorised(system, features, "label");
  ok(loss < 0.1, `${loss}`);
});
