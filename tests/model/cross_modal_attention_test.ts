import { deepEqual, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import {
  type AttentionParams,
  crossModalAttention,
  initAttention,
} from "../../lib/model/cross_modal_attention.ts";
import { initMultiHeadAttention } from "../../lib/tensor/attention.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import torch from "../fixtures/attention.json" with { type: "json" };
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

const projections = ["query", "key", "value", "output"] as const;

for (const { residual, ...wanted } of torch.cases) {
  const kind = residual ? "with residual and normalisation" : "without residual";
  Deno.test(`crossModalAttention() ${kind}, its weights and its gradients agree with PyTorch`, () => {
    const [batch, segments, width] = torch.shape as [number, number, number];
    const x = tf.tensor(torch.x, torch.shape);
    const mask = tf.tensor2d(torch.mask, [batch, segments]);
    const norm = { scale: tf.tensor1d(torch.norm.scale), shift: tf.tensor1d(torch.norm.shift) };
    const square = [width, width];

    const { grads } = tf.valueAndGrads((...parts: tf.Tensor[]) => {
      const [query, key, value, output] = parts as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const params = { query, key, value, output, norm };
      const { y, weights } = crossModalAttention(params, { x, mask }, {
        heads: torch.heads,
        residual,
      });
      near(y, tf.tensor(wanted.y, torch.shape), 1e-5, "y");
      const shape = [batch, torch.heads, segments, segments];
      near(weights, tf.tensor(wanted.weights, shape), 1e-5, "weights");
      return tf.sum(tf.square(y)) as tf.Scalar;
    })(projections.map((name) => tf.tensor(torch.parameters[name], square)));

    projections.forEach((name, i) =>
      near(grads[i]!, tf.tensor(wanted.gradients[name], square), 1e-5, `gradient by ${name}`)
    );
  });
}

Deno.test("crossModalAttention() agrees with its equation worked by hand", () => {
  // Width 1, W^Q = W^K = W^V = 1, x = [1, 0, ln 3] and the first segment masked as a key:
  // the query 1 scores [0, ln 3], shares 1/4 and 3/4; the query 0 scores [0, 0], shares 1/2.
  const one = tf.ones([1, 1]);
  const norm = { scale: tf.ones([1]), shift: tf.zeros([1]) };
  const params = { query: one, key: one, value: one, output: tf.fill([1, 1], 2), norm };
  const x = tf.tensor3d([[[1], [0], [Math.log(3)]]]), mask = tf.tensor2d([[0, 1, 1]]);
  const { y, weights } = crossModalAttention(params, { x, mask }, { heads: 1, residual: false });
  const row = (i: number) => tf.slice(weights, [0, 0, i, 0], [1, 1, 1, 3]);
  near(row(0), [[[[0, 1 / 4, 3 / 4]]]]);
  near(row(1), [[[[0, 1 / 2, 1 / 2]]]]);
  // W^O doubles: 2 · 3/4 ln 3 and 2 · 1/2 ln 3.
  near(tf.slice(y, [0, 0, 0], [1, 2, 1]), [[[1.5 * Math.log(3)], [Math.log(3)]]]);
});

/** A layer of width 4 and a batch of two with three segments. */
const layer: AttentionParams = {
  ...tensors(initAttention(key(1), 4)),
  norm: { scale: uniformTensor("scale", 4), shift: uniformTensor("shift", 4) },
};
const x = uniformTensor("x", 2, 3, 4);
const mask = tf.tensor2d([[1, 1, 0], [1, 1, 1]]);
const heads = 2;

Deno.test("weights are shares: each row of attention sums to 1, or to 0 where nothing exists", () => {
  const mask = tf.tensor2d([[0, 1, 1], [0, 0, 0]]);
  const { weights } = crossModalAttention(layer, { x, mask }, { heads });
  const sums = tf.sum(weights, 3);
  near(sums, tf.mul(tf.ones([2, 2, 3]), tf.tensor3d([[[1]], [[0]]])));
});

Deno.test("a segment that does not exist changes no other", () => {
  const junk = tf.mul(uniformTensor("junk", 2, 3, 4), tf.sub(1, tf.expandDims(mask, 2)));
  for (const residual of [true, false]) {
    const of = (x: tf.Tensor) => crossModalAttention(layer, { x, mask }, { heads, residual });
    const clean = of(x), dirty = of(tf.add(x, tf.mul(junk, 100)));
    const kept = tf.expandDims(mask, 2);
    same(tf.mul(dirty.y, kept), tf.mul(clean.y, kept));
  }
});

Deno.test("without position, reordering the segments reorders the output", () => {
  const [there, back] = [[x, mask], [tf.reverse(x, [0, 1]), tf.reverse(mask, [0, 1])]]
    .map(([x, mask]) => crossModalAttention(layer, { x: x!, mask: mask! }, { heads }));
  near(back!.y, tf.reverse(there!.y, [0, 1]));
  near(back!.weights, tf.reverse(there!.weights, [0, 2, 3]));
});

Deno.test("the residual sum and its normalisation are on by default", () => {
  same(
    crossModalAttention(layer, { x, mask }, { heads }).y,
    crossModalAttention(layer, { x, mask }, { heads, residual: true }).y,
  );
});

Deno.test("the gradients of crossModalAttention() are central differences", () => {
  const square = (name: string) => uniform(name, 4, 4);
  const { query, key, value, output } = Object.fromEntries(
    projections.map((name) => [name, square(name)]),
  ) as Record<(typeof projections)[number], ReturnType<typeof square>>;
  const at = { query, key, value, output, x: uniform("x", 2, 3, 4) };
  const norm = { scale: uniform("scale", 4), shift: uniform("shift", 4) };
  gradientsAgree(
    { ...at, norm },
    ({ x, ...params }) => probe(crossModalAttention(params, { x, mask }, { heads }).y),
  );
  gradientsAgree(at, ({ x, ...params }) =>
    probe(
      crossModalAttention({ ...params, norm: layer.norm }, { x, mask }, { heads, residual: false })
        .y,
    ));
});

Deno.test("initAttention() has the weights of multi-head attention and a neutral normalisation", () => {
  const { norm, ...weights } = initAttention(key(5), 4);
  deepEqual(weights, initMultiHeadAttention(key(5), 4));
  deepEqual([...norm.scale.values, ...norm.shift.values], [1, 1, 1, 1, 0, 0, 0, 0]);
});

Deno.test("crossModalAttention() refuses a mask of another shape and heads that do not divide", () => {
  throws(
    () => crossModalAttention(layer, { x, mask: tf.ones([2, 4]) }, { heads }),
    /RangeError: Cannot use mask: expected shape \[2, 3\], got \[2, 4\]/,
  );
  throws(
    () => crossModalAttention(layer, { x, mask }, { heads: 3 }),
    /RangeError: Cannot attend: expected a width that 3 heads divide, got 4/,
  );
  throws(
    () => crossModalAttention(layer, { x: tf.zeros([2, 3, 6]), mask }, { heads }),
    /expected a last axis of 4, got \[2,3,6\]/,
  );
});
