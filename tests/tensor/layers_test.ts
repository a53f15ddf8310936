import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  assertShape,
  dropout,
  initLayerNorm,
  initLinear,
  layerNorm,
  linear,
  maskedMean,
  project,
} from "../../lib/tensor/layers.ts";
import { constant, tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import torch from "../fixtures/layers.json" with { type: "json" };
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("linear() is x W + b along the last axis of any rank", () => {
  const params = { weight: tf.tensor2d([[1, 2, 3], [4, 5, 6]]), bias: tf.tensor1d([10, 20, 30]) };
  // [1, 2] W = [1 + 8, 2 + 10, 3 + 12]; [0, -1] W = [-4, -5, -6].
  near(linear(params, tf.tensor2d([[1, 2], [0, -1]])), [[19, 32, 45], [6, 15, 24]]);
  near(linear(params, tf.tensor3d([[[1, 2]], [[0, -1]]])), [[[19, 32, 45]], [[6, 15, 24]]]);
});

Deno.test("project() treats each row alone, so that reordering them reorders the output", () => {
  const weight = uniformTensor("W", 3, 2), x = uniformTensor("x", 2, 4, 3);
  same(project(weight, tf.reverse(x, [0, 1])), tf.reverse(project(weight, x), [0, 1]));
});

Deno.test("the gradients of linear() are central differences", () => {
  for (const shape of [[4, 3], [2, 2, 3]]) {
    gradientsAgree(
      { weight: uniform("W", 3, 2), bias: uniform("b", 2), x: uniform("x", ...shape) },
      ({ x, ...params }) => probe(linear(params, x)),
    );
  }
});

Deno.test("linear() refuses a last axis that is not W's first", () => {
  const params = { weight: tf.zeros([3, 2]), bias: tf.zeros([2]) };
  throws(
    () => linear(params, tf.zeros([5, 4])),
    /RangeError: Cannot apply a linear layer: expected a last axis of 3, got \[5,4\]/,
  );
});

Deno.test("initLinear() has the bound of its gain, and no bias", () => {
  const [relu, plain] = [
    initLinear(key(1), { in: 6, out: 50 }),
    initLinear(key(1), { in: 6, out: 50 }, 1),
  ];
  deepEqual(relu.weight.shape, [6, 50]);
  deepEqual(relu.bias, constant([50], 0));
  // √(6 / 6) and √(3 / 6); the largest of 300 numbers is close to the bound.
  for (const [{ weight }, bound] of [[relu, 1], [plain, Math.SQRT1_2]] as const) {
    const largest = Math.max(...weight.values.map(Math.abs));
    ok(largest <= bound && largest > 0.97 * bound, `${largest}`);
  }
});

Deno.test("layerNorm() agrees with PyTorch, also where ε decides, and so do its gradients", () => {
  const { shape, x, scale, shift, pull, y, gradients } = torch.layerNorm;
  const { value, grads } = tf.valueAndGrads((...[x, scale, shift]: tf.Tensor[]) => {
    const normed = layerNorm({ scale: scale!, shift: shift! }, x!);
    near(normed, tf.tensor(y, shape), 1e-5, "y");
    return tf.sum(tf.mul(normed, tf.tensor(pull, shape))) as tf.Scalar;
  })([tf.tensor(x, shape), tf.tensor1d(scale), tf.tensor1d(shift)]);
  ok(Number.isFinite(value.dataSync()[0]));
  // The row of variance 1e-5 multiplies by 200: float32 keeps five digits.
  near(grads[0]!, tf.tensor(gradients.x, shape), 1e-4, "gradient by x");
  near(grads[1]!, gradients.scale, 1e-4, "gradient by γ");
  near(grads[2]!, gradients.shift, 1e-5, "gradient by β");
});

Deno.test("layerNorm() at its initial values gives rows of mean 0 and variance 1, whatever scale and offset", () => {
  const params = tensors(initLayerNorm(8));
  const x = tf.mul(uniformTensor("x", 3, 8), 10);
  const { mean, variance } = tf.moments(layerNorm(params, x), 1);
  near(mean, [0, 0, 0], 1e-6);
  near(variance, [1, 1, 1], 1e-4);
  near(layerNorm(params, tf.add(tf.mul(x, 4), 3)), layerNorm(params, x), 1e-5);
});

Deno.test("dropout() multiplies by its mask, and without one returns its input", () => {
  const x = tf.tensor2d([[1, 2, 3]]);
  near(dropout(x, tf.tensor2d([[1.25, 0, 1.25]])), [[1.25, 0, 3.75]]);
  equal(dropout(x, undefined), x);
});

Deno.test("maskedMean() is the mean of what is kept, and 0 of nothing", () => {
  const x = tf.tensor3d([[[1, 2], [3, 4], [9, 9]], [[1, 2], [3, 4], [5, 6]]]);
  near(maskedMean(x, tf.tensor2d([[1, 1, 0], [0, 0, 0]])), [[2, 3], [0, 0]]);
});

Deno.test("assertShape() takes -1 for any size and names what differs", () => {
  assertShape("x", tf.zeros([2, 3]), [2, 3]);
  assertShape("x", tf.zeros([2, 3]), [-1, 3]);
  throws(
    () => assertShape("x", tf.zeros([2, 3]), [-1, 4]),
    /RangeError: Cannot use x: expected shape \[any, 4\], got \[2, 3\]/,
  );
  throws(() => assertShape("x", tf.zeros([2, 3]), [2, 3, 1]), /got \[2, 3\]/);
  throws(() => assertShape("x", tf.zeros([2, 3]), [2]), RangeError);
});
