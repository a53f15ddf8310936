import { deepEqual, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { featureFusion, initFeatureFusion } from "../../lib/model/feature_fusion.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const linear = (weight: number[][], ...bias: number[]) => ({
  weight: tf.tensor2d(weight),
  bias: tf.tensor1d(bias),
});

/** Width 1: the first layer reads text, image and audio as hundreds, tens and ones. */
const byHand = {
  "0": linear([[100], [10], [1]], -5),
  "1": linear([[-1]], 250),
};
const summaries = tf.tensor3d([[[2], [3], [5]], [[0], [0], [4]]]);

Deno.test("featureFusion() agrees with its equation worked by hand", () => {
  // 235 - 5 = 230 and 4 - 5, to 0 by the ReLU; then 250 - 230 and 250 - 0.
  near(featureFusion({ "0": byHand["0"] }, { summaries }), [[230], [0]]);
  near(featureFusion(byHand, { summaries }), [[20], [250]]);
});

Deno.test("each layer of the fusion has its own dropout mask", () => {
  const [first, second] = [tf.tensor2d([[1.5], [1.5]]), tf.tensor2d([[2], [0]])];
  // Only the second: 2 · 20 and 0. Only the first: 250 - 1.5 · 230 to 0, and 250.
  near(featureFusion(byHand, { summaries, keep: { "1": second } }), [[40], [0]]);
  near(featureFusion(byHand, { summaries, keep: { "0": first } }), [[0], [250]]);
});

Deno.test("permuting the batch permutes the joint embeddings", () => {
  const params = tensors(initFeatureFusion(key(1), { width: 4, layers: 2 }));
  const summaries = uniformTensor("S", 3, 3, 4);
  same(
    featureFusion(params, { summaries: tf.reverse(summaries, 0) }),
    tf.reverse(featureFusion(params, { summaries }), 0),
  );
});

Deno.test("the gradients of featureFusion() are central differences", () => {
  const layer = (name: string, from: number) => ({
    weight: uniform(`W ${name}`, from, 3),
    bias: uniform(`b ${name}`, 3),
  });
  gradientsAgree(
    { "0": layer("0", 9), "1": layer("1", 3), summaries: uniform("S", 4, 3, 3) },
    ({ summaries, ...params }) => probe(featureFusion(params, { summaries })),
  );
});

Deno.test("initFeatureFusion() goes from 3 d to d, and then stays", () => {
  const params = initFeatureFusion(key(1), { width: 4, layers: 3 });
  deepEqual(Object.entries(params).map(([name, { weight }]) => [name, weight.shape]), [
    ["0", [12, 4]],
    ["1", [4, 4]],
    ["2", [4, 4]],
  ]);
});

Deno.test("featureFusion() refuses summaries of two modalities", () => {
  throws(
    () => featureFusion(byHand, { summaries: tf.zeros([1, 2, 1]) }),
    /RangeError: .*expected a last axis of 3, got \[1,2\]/,
  );
});
