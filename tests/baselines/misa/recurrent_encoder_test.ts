import { deepEqual, notDeepEqual, throws } from "node:assert/strict";
import {
  bidirectionalLstm,
  initBidirectionalLstm,
  initRecurrentEncoder,
  recurrentEncoder,
} from "../../../lib/baselines/misa/recurrent_encoder.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { tensors } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../../gradient_check.ts";
import { near, same, uniformTensor } from "../../tensor_values.ts";

tf.setBackend("cpu");

const lstm = tensors(initBidirectionalLstm(key(1), { in: 3, hidden: 2 }));
const x = uniformTensor("x", 2, 4, 3);
const mask = tf.tensor2d([[1, 1, 1, 0], [1, 1, 1, 1]]);

Deno.test("bidirectionalLstm() agrees with its equations worked by hand", () => {
  // W = U = 0 and b = (0, 0, atanh 1/2, 0) forwards: σ = 1/2, tanh g = 1/2, so that
  // c₁ = 1/4, c₂ = 1/8 + 1/4 and h = tanh(c) / 2. Backwards b = 0: c and h stay 0.
  const bias = tf.tensor1d([0, 0, Math.atanh(0.5), 0, 0, 0, 0, 0]);
  const params = {
    input: { weight: tf.zeros([1, 8]), bias },
    recurrent: tf.zeros([2, 1, 4]),
  };
  const { states, last } = bidirectionalLstm(params, {
    x: tf.ones([1, 2, 1]),
    mask: tf.ones([1, 2]),
  });
  const h1 = Math.tanh(0.25) / 2, h2 = Math.tanh(0.375) / 2;
  near(states, [[[h1, 0], [h2, 0]]]);
  near(last, [[h2, 0]]);
});

Deno.test("the backward half reads the segments from the end", () => {
  const [forwards] = tf.split(lstm.input.weight, 2, 1), [own] = tf.split(lstm.recurrent, 2, 0);
  const both = {
    input: { weight: tf.concat([forwards!, forwards!], 1), bias: lstm.input.bias },
    recurrent: tf.concat([own!, own!], 0),
  };
  const all = tf.ones([2, 4]);
  const there = bidirectionalLstm(both, { x, mask: all });
  const back = bidirectionalLstm(both, { x: tf.reverse(x, 1), mask: all });
  const swapped = (y: tf.Tensor) => tf.concat(tf.split(y, 2, -1).toReversed(), -1);
  near(swapped(tf.reverse(back.states, 1)), there.states);
  near(swapped(back.last), there.last);
});

Deno.test("padding changes nothing, wherever it is and whatever it holds", () => {
  const { last } = bidirectionalLstm(lstm, { x, mask });
  const junk = tf.mul(uniformTensor("junk", 2, 4, 3), tf.expandDims(tf.sub(1, mask), 2));
  same(bidirectionalLstm(lstm, { x: tf.add(x, tf.mul(junk, 100)), mask }).last, last);
  const before = bidirectionalLstm(lstm, {
    x: tf.concat([uniformTensor("before", 2, 1, 3), x], 1),
    mask: tf.concat([tf.zeros([2, 1]), mask], 1),
  });
  same(before.last, last);
  const none = bidirectionalLstm(lstm, { x, mask: tf.zeros([2, 4]) });
  same(none.last, tf.zeros([2, 4]));
});

Deno.test("each gradient of recurrentEncoder() is the central difference", () => {
  const params = initRecurrentEncoder(key(2), { in: 3, hidden: 1 });
  const short = { x: tf.slice(x, [0, 2, 0]), mask: tf.slice(mask, [0, 2]) };
  gradientsAgree(params, (own) => probe(recurrentEncoder(own, short)));
});

Deno.test("an image of a single segment is encoded and has gradients", () => {
  const params = initRecurrentEncoder(key(2), { in: 3, hidden: 2 });
  const one = tf.slice(x, [0, 0, 0], [-1, 1, -1]);
  const y = recurrentEncoder(tensors(params), { x: one, mask: tf.ones([2, 1]) });
  deepEqual(y.shape, [2, 8]);
  const gradient = tf.grad((x: tf.Tensor) =>
    probe(recurrentEncoder(tensors(params), { x, mask: tf.ones([2, 1]) }))
  )(one);
  notDeepEqual([...gradient.dataSync()], Array(6).fill(0));
});

Deno.test("recurrent weights begin with orthonormal rows, other in each direction", () => {
  const { recurrent } = tensors(initBidirectionalLstm(key(3), { in: 2, hidden: 5 }));
  const products = tf.matMul(recurrent, recurrent, false, true);
  near(products, tf.stack([tf.eye(5), tf.eye(5)]), 1e-6);
  const [forwards, backwards] = tf.unstack(recurrent);
  notDeepEqual([...forwards!.dataSync()], [...backwards!.dataSync()]);
});

Deno.test("a mask of another length is refused", () => {
  throws(
    () => bidirectionalLstm(lstm, { x, mask: tf.ones([2, 3]) }),
    /^RangeError: Cannot use mask: expected shape \[2, 4\], got \[2, 3\]$/,
  );
});
