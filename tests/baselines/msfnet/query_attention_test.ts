import { throws } from "node:assert/strict";
import * as tf from "../../../lib/deps/tf.ts";
import {
  initQueryAttention,
  queryAttention,
} from "../../../lib/baselines/msfnet/query_attention.ts";
import { tensors } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("queryAttention() agrees with its equation worked by hand", () => {
  // Width 2 and two heads of width 1, W^Q = W^K = W^V = 1, W^O swaps the heads. The query is
  // [1, 2], so head 1 scores a token's first number and head 2 twice its second. Of the tokens
  // [0, 0] and [ln 3, ln 3], head 1 takes 1/4 and 3/4, head 2 1/10 and 9/10.
  const one = tf.eye(2);
  const params = { query: one, key: one, value: one, output: tf.tensor2d([[0, 1], [1, 0]]) };
  const log = Math.log(3);
  const tokens = tf.tensor3d([[[0, 0], [log, log], [9, 9]]]), mask = tf.tensor2d([[1, 1, 0]]);
  const query = tf.tensor1d([1, 2]);
  near(queryAttention(params, { query, tokens, mask }, { heads: 2 }), [[0.9 * log, 0.75 * log]]);
  // One head of width 2 divides the scores, 3 ln 3, by √2.
  const share = 1 / (1 + Math.exp(-3 * log / Math.SQRT2));
  near(
    queryAttention(params, { query, tokens, mask }, { heads: 1 }),
    [[share * log, share * log]],
  );
});

const params = tensors(initQueryAttention(key(1), 4));
const query = uniformTensor("query", 4), tokens = uniformTensor("tokens", 3, 3, 4);
const mask = tf.tensor2d([[1, 1, 1], [1, 0, 1], [0, 0, 0]]);

Deno.test("a token that does not exist changes nothing, and of none comes 0", () => {
  const of = (tokens: tf.Tensor) => queryAttention(params, { query, tokens, mask }, { heads: 2 });
  const absent = tf.expandDims(tf.sub(1, mask), 2);
  same(of(tf.add(tokens, tf.mul(absent, 100))), of(tokens));
  same(tf.slice(of(tokens), [2, 0]), tf.zeros([1, 4]));
});

Deno.test("the order of the tokens does not matter", () => {
  const back = { query, tokens: tf.reverse(tokens, 1), mask: tf.reverse(mask, 1) };
  near(
    queryAttention(params, back, { heads: 2 }),
    queryAttention(params, { query, tokens, mask }, { heads: 2 }),
  );
});

Deno.test("the gradients of queryAttention() are central differences", () => {
  const square = (name: string) => uniform(name, 4, 4);
  gradientsAgree(
    {
      query: square("W^Q"),
      key: square("W^K"),
      value: square("W^V"),
      output: square("W^O"),
      asked: uniform("query", 4),
      tokens: uniform("tokens", 3, 3, 4),
    },
    ({ asked, tokens, ...own }) =>
      probe(queryAttention(own, { query: asked, tokens, mask }, { heads: 2 })),
  );
});

Deno.test("queryAttention() refuses a mask of another shape and heads that do not divide", () => {
  throws(
    () => queryAttention(params, { query, tokens, mask: tf.ones([3, 2]) }, { heads: 2 }),
    /RangeError: Cannot use mask: expected shape \[3, 3\], got \[3, 2\]/,
  );
  throws(
    () => queryAttention(params, { query, tokens, mask }, { heads: 3 }),
    /RangeError: Cannot attend: expected a width that 3 heads divide, got 4/,
  );
});
