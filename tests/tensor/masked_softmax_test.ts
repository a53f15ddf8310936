import { ok } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { maskedSoftmax } from "../../lib/tensor/masked_softmax.ts";
import { floats, ints, parity } from "../compile/parity.ts";
import { gradientsAgree, probe } from "../gradient_check.ts";
import { near, same, uniform, uniformTensor } from "../tensor_values.ts";

tf.setBackend("cpu");

Deno.test("maskedSoftmax() agrees with its equation worked by hand", () => {
  const third = Math.log(3);
  const scores = tf.tensor2d([[0, third, 7], [0, third, 7], [0, third, 7], [0, third, 7]]);
  const keep = tf.tensor2d([[1, 1, 0], [0, 1, 0], [1, 1, 1], [0, 0, 0]]);
  const all = 4 + Math.exp(7);
  near(
    maskedSoftmax(scores, keep),
    [[1 / 4, 3 / 4, 0], [0, 1, 0], [1 / all, 3 / all, Math.exp(7) / all], [0, 0, 0]],
  );
});

/** Two samples of two heads and three queries over four tokens, seen in two views. */
const scores = uniformTensor("scores", 2, 2, 1, 3, 4);
const keep = tf.tensor4d(
  [[[[1, 1, 0, 1]], [[1, 0, 0, 0]]], [[[0, 1, 1, 1]], [[0, 0, 0, 0]]]],
  [2, 2, 1, 4],
).expandDims(1);

Deno.test("what masked scores were has no influence on a single bit, however large they are", () => {
  // Adding -50 to what is masked goes wrong at 30 or so, as this test sees if it is tried.
  const hidden = tf.sub(1, keep);
  for (const size of [20, 50, 90, 1e4, 1e30]) {
    for (const sign of [1, -1]) {
      const junk = tf.mul(hidden, sign * size);
      const moved = tf.add(tf.mul(scores, keep), junk);
      same(maskedSoftmax(moved, keep), maskedSoftmax(scores, keep), `${sign * size}`);
    }
  }
});

Deno.test("a sample has the bits that it has alone, whatever the others of its batch are", () => {
  const one = (x: tf.Tensor, i: number) => tf.slice(x, i, 1);
  const other = tf.concat([one(scores, 0), tf.fill([1, 2, 1, 3, 4], NaN)]);
  same(one(maskedSoftmax(other, keep), 0), maskedSoftmax(one(scores, 0), one(keep, 0)));
});

Deno.test("views that share scores get what each gets with scores of its own", () => {
  const both = maskedSoftmax(scores, keep);
  for (const v of [0, 1]) {
    const view = (x: tf.Tensor) => tf.slice(x, [0, 0, v], [-1, -1, 1]);
    same(view(both), maskedSoftmax(scores, view(keep)));
  }
});

Deno.test("the gradient of maskedSoftmax() is central differences, that of all views together", () => {
  gradientsAgree(
    { scores: uniform("scores", 2, 2, 1, 3, 4) },
    ({ scores }) => probe(maskedSoftmax(scores, keep)),
  );
  const { grad } = tf.valueAndGrad((s: tf.Tensor) => probe(maskedSoftmax(s, keep)) as tf.Scalar)(
    scores,
  );
  const nowhere = tf.sub(1, tf.max(keep, 2, true)); // What no view keeps.
  ok(tf.sum(nowhere).dataSync()[0]! > 0);
  const lost = tf.mul(grad, nowhere);
  same(lost, tf.zerosLike(lost));
});

Deno.test("compiled, maskedSoftmax() and its gradient are what they are eagerly", async () => {
  const mask = ints([2, 1, 2, 1, 4], [1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]);
  const of = (x: Record<string, tf.Tensor>, scale: number) =>
    maskedSoftmax(tf.mul(x.scores!, scale), tf.cast(x.mask!, "float32"));
  await parity(
    { near: (x) => of(x, 1), far: (x) => of(x, 60) },
    { scores: floats("scores", [2, 2, 1, 3, 4]), mask },
  );
});
