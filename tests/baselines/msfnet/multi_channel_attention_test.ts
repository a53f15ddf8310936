import { deepEqual, notDeepEqual } from "node:assert/strict";
import * as tf from "../../../lib/deps/tf.ts";
import {
  initMultiChannelAttention,
  multiChannelAttention,
  type MultiChannelAttentionParams,
} from "../../../lib/baselines/msfnet/multi_channel_attention.ts";
import { layerNorm } from "../../../lib/tensor/layers.ts";
import { tensors } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../../gradient_check.ts";
import { near, same, uniformTensor } from "../../tensor_values.ts";

tf.setBackend("cpu");

const init = initMultiChannelAttention(key(1), { width: 4, channels: 3 });
const params = tensors(init) as MultiChannelAttentionParams;
const x = uniformTensor("x", 2, 3, 4), mask = tf.tensor2d([[1, 1, 1], [1, 0, 1]]);

Deno.test("multiChannelAttention() agrees with its equation worked by hand", () => {
  // Queries are 0, so both channels take the mean of the tokens that exist, [2, 4, 4.5], once doubled
  // and once negated. The gate reads the first number of that mean: g = softmax([ln 3, 0]).
  const zero = tf.zeros([3, 3]), one = tf.eye(3);
  const channel = (scale: number) => ({
    query: zero,
    key: one,
    value: one,
    output: tf.mul(one, scale),
  });
  const norm = { scale: tf.tensor1d([1, 2, 3]), shift: tf.tensor1d([0, 1, -1]) };
  const params = {
    channels: { "0": channel(2), "1": channel(-1) },
    gate: { weight: tf.tensor2d([[Math.log(3) / 2, 0], [0, 0], [0, 0]]), bias: tf.zeros([2]) },
    norm,
  };
  const x = tf.tensor3d([[[1, 3, 2], [3, 5, 7], [50, 50, 99]]]), mask = tf.tensor2d([[1, 1, 0]]);
  const { y, gates } = multiChannelAttention(params, { x, mask }, { heads: 1 });
  near(gates, [[0.75, 0.25]]);
  // 3/4 · 2 - 1/4 = 5/4 of the mean, [2.5, 5, 5.625], is added to each token.
  const wanted = layerNorm(norm, tf.tensor3d([[[3.5, 8, 7.625], [5.5, 10, 12.625]]]));
  near(tf.slice(y, [0, 0, 0], [1, 2, 3]), wanted);
});

Deno.test("the shares of the channels are positive and sum to 1, a sample at a time", () => {
  const { gates } = multiChannelAttention(params, { x, mask }, { heads: 2 });
  deepEqual(gates.shape, [2, 3]);
  near(tf.sum(gates, 1), [1, 1]);
  near(tf.cast(tf.all(tf.greater(gates, 0)), "float32"), 1);
  const rows = gates.arraySync() as number[][];
  notDeepEqual(rows[0], rows[1]);
});

Deno.test("a token that does not exist changes no other, and no share", () => {
  const kept = tf.expandDims(mask, 2);
  const junk = tf.mul(tf.sub(1, kept), 100);
  const of = (x: tf.Tensor) => multiChannelAttention(params, { x, mask }, { heads: 2 });
  const clean = of(x), dirty = of(tf.add(x, junk));
  same(dirty.gates, clean.gates);
  same(tf.mul(dirty.y, kept), tf.mul(clean.y, kept));
});

Deno.test("initMultiChannelAttention() makes channels that differ", () => {
  deepEqual(Object.keys(init.channels), ["0", "1", "2"]);
  notDeepEqual(init.channels["0"], init.channels["1"]);
  deepEqual(Object.keys(init.channels["0"]!), ["query", "key", "value", "output"]);
});

Deno.test("the gradients of multiChannelAttention() are central differences", () => {
  const at = initMultiChannelAttention(key(2), { width: 4, channels: 2 });
  gradientsAgree(
    at,
    (params) =>
      probe(
        multiChannelAttention(params as MultiChannelAttentionParams, { x, mask }, { heads: 2 }).y,
      ),
    { h: 2e-3, tolerance: 2e-2 },
  );
});
