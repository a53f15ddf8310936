import { equal } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { countFlops, flopsOf } from "../../benchmarks/flops.ts";
import { float32, type Tensors, traceGraph } from "../../lib/compile/mod.ts";

const specs = {
  a: float32(2, 3),
  b: float32(3, 4),
  x: float32(1, 4, 4, 1),
  w: float32(2, 2, 1, 3),
};
const counted = (fn: (inputs: Tensors<typeof specs>) => tf.Tensor) =>
  countFlops(() => traceGraph((inputs) => ({ y: fn(inputs) }), specs));

Deno.test("countFlops() counts two operations for each multiplication of a product", () => {
  equal(counted(({ a, b }) => tf.matMul(a, b)), 2 * 2 * 3 * 4);
  equal(counted(({ a, b }) => tf.matMul(b, a, true, true)), 2 * 4 * 3 * 2);
  equal(counted(({ a }) => tf.mul(a, tf.exp(a))), 0);
  // The gradient by one factor is one more product of as many.
  const loss = (b: tf.Tensor) => (a: tf.Tensor) => tf.sum(tf.matMul(a, b));
  equal(counted(({ a, b }) => tf.valueAndGrad(loss(b))(a).grad), 2 * 2 * 24);
});

Deno.test("countFlops() counts a convolution and each of its gradients", () => {
  // 2 x 2 places and 3 channels, each a sum of 2 x 2 x 1 products.
  const one = 2 * 12 * 4;
  const convolve = (x: tf.Tensor, w: tf.Tensor) =>
    tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, "valid"));
  equal(counted(({ x, w }) => convolve(x, w)), one);
  equal(counted(({ x, w }) => tf.grad((w) => convolve(x, w))(w)), 2 * one);
  equal(counted(({ x, w }) => tf.grad((x) => convolve(x, w))(x)), 2 * one);
});

Deno.test("a step of twice as many samples is twice as much arithmetic", () => {
  const of = (batch: number) => flopsOf({ kind: "step", design: "cached", batch })!;
  equal(of(4), 2 * of(2));
  equal(flopsOf({ kind: "product", size: 10 }), 2000);
  equal(flopsOf({ kind: "inference", design: "cnn", rows: 1 }), undefined);
});
