import { deepEqual, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { initProcessingLayer, processingLayer } from "../../lib/model/processing_layer.ts";
import { initLinear } from "../../lib/tensor/layers.ts";
import { key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const params = { weight: tf.tensor2d([[1, -1], [2, 0]]), bias: tf.tensor1d([0.5, 1]) };
/** x W + b is [[5.5, 0], [-3.5, 3]]. */
const x = tf.tensor3d([[[1, 2], [-2, -1]]]);

Deno.test("processingLayer() agrees with its equation worked by hand", () => {
  near(processingLayer(params, { x }), [[[5.5, 0], [0, 3]]]);
});

Deno.test("the dropout mask multiplies what the ReLU let through", () => {
  const keep = tf.tensor3d([[[2, 2], [2, 0]]]);
  near(processingLayer(params, { x, keep }), [[[11, 0], [0, 0]]]);
});

Deno.test("processingLayer() treats every segment alone", () => {
  const own = { weight: uniformTensor("W", 3, 2), bias: uniformTensor("b", 2) };
  const many = uniformTensor("x", 2, 4, 3);
  same(
    processingLayer(own, { x: tf.reverse(many, [0, 1]) }),
    tf.reverse(processingLayer(own, { x: many }), [0, 1]),
  );
});

Deno.test("the gradients of processingLayer() are central differences", () => {
  const keep = tf.tensor3d([[[2, 0], [2, 2]], [[0, 2], [2, 2]]]);
  gradientsAgree(
    { weight: uniform("W", 3, 2), bias: uniform("b", 2), x: uniform("x", 2, 2, 3) },
    ({ x, ...own }) => probe(processingLayer(own, { x, keep })),
  );
});

Deno.test("initProcessingLayer() is a linear layer that a ReLU follows", () => {
  deepEqual(
    initProcessingLayer(key(2), { in: 3, out: 5 }),
    initLinear(key(2), { in: 3, out: 5 }, 2),
  );
});

Deno.test("processingLayer() refuses features of another width", () => {
  throws(
    () => processingLayer(params, { x: tf.zeros([1, 2, 3]) }),
    /RangeError: .*expected a last axis of 2, got \[1,2,3\]/,
  );
});
