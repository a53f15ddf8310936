import { ok } from "node:assert/strict";
import {
  initTransformerLayer,
  transformerLayer,
} from "../../../lib/baselines/misa/transformer_layer.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { layerNorm } from "../../../lib/tensor/layers.ts";
import { tensors } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../../gradient_check.ts";
import { differ, near, same, uniformTensor } from "../../tensor_values.ts";

tf.setBackend("cpu");

const initial = initTransformerLayer(key(1), { width: 4, feedForward: 5 });
const layer = tensors(initial);
const x = uniformTensor("x", 2, 3, 4);
const mask = tf.tensor2d([[1, 1, 0], [1, 1, 1]]);
const heads = { heads: 2 };

Deno.test("each dropout mask is applied where its equation says", () => {
  const none = (...shape: number[]) => tf.zeros(shape);
  // Without attention and without the feed-forward part both sums are their first term alone.
  const attended = none(2, 3, 4), output = none(2, 3, 4);
  const bare = transformerLayer(layer, { x, mask, keep: { attended, output } }, heads);
  near(bare, layerNorm(layer.norm, layerNorm(layer.attention.norm, x)));
  // Without hidden numbers the feed-forward part is its last bias.
  const biased = { ...layer, output: { ...layer.output, bias: tf.tensor1d([1, 2, 3, 4]) } };
  const keep = { attended, hidden: none(2, 3, 5) };
  near(
    transformerLayer(biased, { x, mask, keep }, heads),
    layerNorm(layer.norm, tf.add(layerNorm(layer.attention.norm, x), tf.tensor1d([1, 2, 3, 4]))),
  );
});

Deno.test("a masked token changes no other; one that is there does", () => {
  const shown = tf.expandDims(mask, 2);
  const of = (x: tf.Tensor) => tf.mul(transformerLayer(layer, { x, mask }, heads), shown);
  const other = uniformTensor("other", 2, 3, 4);
  same(of(tf.where(tf.greater(shown, 0), x, other)), of(x));
  const first = tf.concat([tf.slice(other, 0, [2, 1, 4]), tf.slice(x, [0, 1, 0])], 1);
  const second = (y: tf.Tensor) => tf.slice(y, [0, 1, 0], [-1, 1, -1]);
  ok(differ(second(of(first)), second(of(x))));
});

Deno.test("each gradient of transformerLayer() is the central difference", () => {
  gradientsAgree(
    initial,
    (own) => probe(tf.mul(transformerLayer(own, { x, mask }, heads), tf.expandDims(mask, 2))),
    { h: 2e-3 },
  );
});
