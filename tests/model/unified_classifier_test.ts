import { deepEqual, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { initUnifiedClassifier, unifiedClassifier } from "../../lib/model/unified_classifier.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const logits = {
  text: tf.tensor2d([[1, 2]]),
  image: tf.tensor2d([[3, 4]]),
  audio: tf.tensor2d([[5, 6]]),
};

Deno.test("unifiedClassifier() agrees with its equation worked by hand", () => {
  // The first column writes the six logits as digits, the second adds those of the audio.
  const params = {
    weight: tf.tensor2d([[1e5, 0], [1e4, 0], [1e3, 0], [100, 0], [10, 1], [1, 1]]),
    bias: tf.tensor1d([0, -0.5]),
  };
  near(unifiedClassifier(params, logits), [[123456, 10.5]]);
});

Deno.test("unifiedClassifier() goes by names: the order of the record does not matter", () => {
  const params = tensors(initUnifiedClassifier(key(1)));
  const { text, image, audio } = logits;
  same(unifiedClassifier(params, { audio, text, image }), unifiedClassifier(params, logits));
});

Deno.test("permuting the batch permutes the verdicts", () => {
  const params = tensors(initUnifiedClassifier(key(1)));
  const of = (turn: (x: tf.Tensor) => tf.Tensor) =>
    unifiedClassifier(params, {
      text: turn(uniformTensor("text", 3, 2)),
      image: turn(uniformTensor("image", 3, 2)),
      audio: turn(uniformTensor("audio", 3, 2)),
    });
  same(of((x) => tf.reverse(x, 0)), tf.reverse(of((x) => x), 0));
});

Deno.test("the gradients of unifiedClassifier() are central differences", () => {
  gradientsAgree({
    weight: uniform("W", 6, 2),
    bias: uniform("b", 2),
    logits: {
      text: uniform("text", 2, 2),
      image: uniform("image", 2, 2),
      audio: uniform("audio", 2, 2),
    },
  }, ({ logits, ...params }) => probe(unifiedClassifier(params, logits)));
});

Deno.test("unifiedClassifier() takes two logits a modality, and refuses three", () => {
  const init = initUnifiedClassifier(key(1));
  deepEqual([init.weight.shape, init.bias.shape], [[6, 2], [2]]);
  throws(
    () => unifiedClassifier(tensors(init), { ...logits, audio: tf.zeros([1, 3]) }),
    /RangeError: .*expected a last axis of 6, got \[1,7\]/,
  );
});
