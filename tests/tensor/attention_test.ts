import { deepEqual, equal, throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { initMultiHeadAttention, multiHeadAttention } from "../../lib/tensor/attention.ts";
import { tensors } from "../../lib/tensor/parameter.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("multiHeadAttention() of one query agrees with its equation worked by hand", () => {
  // Width 2 and two heads of width 1, W^Q = W^K = W^V = 1, W^O swaps the heads. The query is
  // [1, 2], so head 1 scores a token's first number and head 2 twice its second. Of the tokens
  // [0, 0] and [ln 3, ln 3], head 1 takes 1/4 and 3/4, head 2 1/10 and 9/10.
  const one = tf.eye(2);
  const params = { query: one, key: one, value: one, output: tf.tensor2d([[0, 1], [1, 0]]) };
  const log = Math.log(3);
  const tokens = tf.tensor3d([[[0, 0], [log, log], [9, 9]]]), mask = tf.tensor2d([[1, 1, 0]]);
  const queries = tf.tensor1d([1, 2]);
  const { y, weights } = multiHeadAttention(params, { queries, tokens, mask }, { heads: 2 });
  near(weights, [[[1 / 4, 3 / 4, 0], [1 / 10, 9 / 10, 0]]]);
  near(y, [[0.9 * log, 0.75 * log]]);
  // One head of width 2 divides the scores, 3 ln 3, by √2.
  const share = 1 / (1 + Math.exp(-3 * log / Math.SQRT2));
  near(
    multiHeadAttention(params, { queries, tokens, mask }, { heads: 1 }).y,
    [[share * log, share * log]],
  );
});

const params = tensors(initMultiHeadAttention(key(1), 4));
const query = uniformTensor("query", 4), tokens = uniformTensor("tokens", 3, 3, 4);
const mask = tf.tensor2d([[1, 1, 1], [1, 0, 1], [0, 0, 0]]);
const others = uniformTensor("queries", 3, 2, 4);
const heads = { heads: 2 };

Deno.test("queries of other samples and number than the tokens each attend alone", () => {
  const { y, weights } = multiHeadAttention(params, { queries: others, tokens, mask }, heads);
  deepEqual([y.shape, weights.shape], [[3, 2, 4], [3, 2, 2, 3]]);
  for (const i of [0, 1]) {
    const queries = tf.slice(others, [0, i, 0], [-1, 1, -1]);
    const alone = multiHeadAttention(params, { queries, tokens, mask }, heads);
    near(tf.slice(y, [0, i, 0], [-1, 1, -1]), alone.y);
    near(tf.slice(weights, [0, 0, i, 0], [-1, -1, 1, -1]), alone.weights);
  }
});

Deno.test("one query of all samples gives what it gives repeated", () => {
  const repeated = tf.tile(tf.reshape(query, [1, 1, 4]), [3, 1, 1]);
  const shared = multiHeadAttention(params, { queries: query, tokens, mask }, heads);
  const each = multiHeadAttention(params, { queries: repeated, tokens, mask }, heads);
  near(shared.y, tf.squeeze(each.y, [1]));
  near(shared.weights, tf.squeeze(each.weights, [2]));
});

for (const [kind, queries] of [["one query", query], ["several queries", others]] as const) {
  Deno.test(`of ${kind}: a masked token changes nothing, and of none comes 0`, () => {
    const of = (tokens: tf.Tensor) =>
      multiHeadAttention(params, { queries, tokens, mask }, heads).y;
    const absent = tf.expandDims(tf.sub(1, mask), 2);
    same(of(tf.add(tokens, tf.mul(absent, 100))), of(tokens));
    const last = tf.gather(of(tokens), [2]);
    same(last, tf.zerosLike(last));
  });

  Deno.test(`of ${kind}: the order of the tokens does not matter`, () => {
    const back = { queries, tokens: tf.reverse(tokens, 1), mask: tf.reverse(mask, 1) };
    near(
      multiHeadAttention(params, back, heads).y,
      multiHeadAttention(params, { queries, tokens, mask }, heads).y,
    );
  });

  Deno.test(`of ${kind}: the gradients are central differences`, () => {
    const square = (name: string) => uniform(name, 4, 4);
    gradientsAgree(
      {
        query: square("W^Q"),
        key: square("W^K"),
        value: square("W^V"),
        output: square("W^O"),
        queries: uniform("queries", ...queries.shape),
        tokens: uniform("tokens", 3, 3, 4),
      },
      ({ queries, tokens, ...weights }) =>
        probe(multiHeadAttention(weights, { queries, tokens, mask }, heads).y),
    );
  });
}

Deno.test("tokens in several views give what they give repeated, and the same gradients", () => {
  // Three views of two samples: whole, in part, and for one of them of nothing.
  const seen = tf.tensor2d([[1, 1, 1], [1, 1, 1], [1, 0, 1], [0, 0, 1], [0, 1, 0], [0, 0, 0]]);
  const two = {
    queries: uniformTensor("queries", 2, 2, 4),
    tokens: uniformTensor("tokens", 2, 3, 4),
  };
  const repeated = (x: tf.Tensor) => tf.concat([x, x, x]);
  const run = (once: boolean) => {
    const names = ["query", "key", "value", "output"] as const;
    const inputs = [two.queries, two.tokens, ...names.map((name) => params[name])];
    const { grads } = tf.valueAndGrads((...given: tf.Tensor[]) => {
      const [queries, tokens, query, key, value, output] = given as [
        ...[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor],
      ];
      const own = { query, key, value, output };
      const shown = once ? { queries, tokens } : {
        queries: repeated(queries),
        tokens: repeated(tokens),
      };
      return probe(multiHeadAttention(own, { ...shown, mask: seen }, heads).y) as tf.Scalar;
    })(inputs);
    return grads;
  };
  const all = { queries: repeated(two.queries), tokens: repeated(two.tokens), mask: seen };
  const once = multiHeadAttention(params, { ...two, mask: seen }, heads);
  const each = multiHeadAttention(params, all, heads);
  near(once.y, each.y);
  near(once.weights, each.weights);
  const gradients = run(false);
  run(true).forEach((gradient, i) => near(gradient, gradients[i]!, 1e-6, `gradient ${i}`));
});

Deno.test("initMultiHeadAttention() has four different square weights, the same of one key", () => {
  const init = initMultiHeadAttention(key(5), 4);
  const weights = Object.values(init);
  deepEqual(weights.map(({ shape }) => shape), Array(4).fill([4, 4]));
  equal(new Set(weights.map(({ values }) => values.join())).size, 4);
  deepEqual(initMultiHeadAttention(key(5), 4), init);
  equal(
    initMultiHeadAttention(fold(key(5), 1), 4).query.values.join() === init.query.values.join(),
    false,
  );
});

Deno.test("multiHeadAttention() refuses shapes that do not fit and heads that do not divide", () => {
  const of = (wrong: { queries?: tf.Tensor; mask?: tf.Tensor }, heads = 2) => () =>
    multiHeadAttention(params, { queries: query, tokens, mask, ...wrong }, { heads });
  throws(
    of({ mask: tf.ones([3, 2]) }),
    /RangeError: Cannot use mask: expected shape \[3, 3\], got \[3, 2\]/,
  );
  throws(
    of({ queries: others, mask: tf.ones([7, 3]) }),
    /RangeError: Cannot use mask: expected shape \[6, 3\], got \[7, 3\]/,
  );
  throws(
    of({ queries: tf.ones([2, 1, 4]) }),
    /RangeError: Cannot use queries: expected shape \[3, any, 4\], got \[2, 1, 4\]/,
  );
  throws(of({}, 3), /RangeError: Cannot attend: expected a width that 3 heads divide, got 4/);
});
