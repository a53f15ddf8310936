import { throws } from "node:assert/strict";
import * as tf from "../../lib/deps/tf.ts";
import { crossEntropy } from "../../lib/tensor/losses.ts";
import torch from "../fixtures/layers.json" with { type: "json" };
import { gradientsAgree } from "../gradient_check.ts";
import { near, same, uniform } from "../tensor_values.ts";

tf.setBackend("cpu");

const labels = (...classes: number[]) => tf.tensor1d(classes, "int32");

Deno.test("crossEntropy() agrees with its equation worked by hand", () => {
  // softmax([ln 3, 0]) = [3/4, 1/4], so the losses are -ln 3/4, -ln 1/4 and ln 2.
  const logits = tf.tensor2d([[Math.log(3), 0], [Math.log(3), 0], [5, 5]]);
  const loss = (...weights: number[]) =>
    crossEntropy({ logits, labels: labels(0, 1, 0), weights: tf.tensor1d(weights) });
  near(loss(1, 1, 1), (Math.log(4 / 3) + Math.log(4) + Math.log(2)) / 3);
  near(loss(2, 0, 1), (2 * Math.log(4 / 3) + Math.log(2)) / 3);
  // Below a weight of 1 in all the sum is not divided: 1/2 ln 4 + 1/4 ln 2.
  near(loss(0, 0.5, 0.25), Math.log(4) / 2 + Math.log(2) / 4);
});

Deno.test("crossEntropy() and its gradient agree with PyTorch's on the samples that have weight", () => {
  const { shape, logits, labels: classes, weights, loss, gradient } = torch.crossEntropy;
  const { value, grad } = tf.valueAndGrad((z: tf.Tensor) =>
    crossEntropy({
      logits: z,
      labels: labels(...classes),
      weights: tf.tensor1d(weights),
    }) as tf.Scalar
  )(tf.tensor(logits, shape));
  near(value, loss);
  near(grad, tf.tensor(gradient, shape));
});

Deno.test("a sample of weight 0 takes no part: neither its logits nor its label count", () => {
  const loss = (last: number[], label: number) =>
    crossEntropy({
      logits: tf.tensor2d([[1, 2], [3, 1], last as [number, number]]),
      labels: labels(1, 1, label),
      weights: tf.tensor1d([1, 1, 0]),
    });
  same(loss([0, 0], 0), loss([-7, 40], 1));
  const first = crossEntropy({
    logits: tf.tensor2d([[1, 2], [3, 1]]),
    labels: labels(1, 1),
    weights: tf.ones([2]),
  });
  near(loss([0, 0], 0), first);
});

Deno.test("crossEntropy() with smoothing wants a little of every class, worked by hand", () => {
  // softmax([ln 2, 0, 0]) = [1/2, 1/4, 1/4]. With ε = 0.3 of three classes 0.8, 0.1 and 0.1 are
  // wanted: of the first 0.8 ln 2 + 0.2 ln 4 = 1.2 ln 2, of the second 0.1 ln 2 + 0.9 ln 4 = 1.9 ln 2.
  const logits = tf.tensor2d([[Math.log(2), 0, 0], [Math.log(2), 0, 0]]);
  const loss = (...weights: number[]) =>
    crossEntropy({ logits, labels: labels(0, 1), weights: tf.tensor1d(weights) }, {
      smoothing: 0.3,
    });
  near(loss(1, 1), 3.1 * Math.log(2) / 2);
  near(loss(0, 1), 1.9 * Math.log(2));
});

Deno.test("smoothing of 0 is none, and its gradient that of the smoothed loss", () => {
  const at = { logits: uniform("logits", 3, 4) };
  const given = { labels: labels(2, 0, 3), weights: tf.tensor1d([1, 2, 0.5]) };
  const { shape, values } = at.logits;
  const logits = tf.tensor(values, shape as number[]);
  same(crossEntropy({ ...given, logits }, { smoothing: 0 }), crossEntropy({ ...given, logits }));
  gradientsAgree(at, ({ logits }) => crossEntropy({ ...given, logits }, { smoothing: 0.2 }));
});

Deno.test("crossEntropy() without any weight is 0 and has a gradient of 0", () => {
  const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) =>
    crossEntropy({ logits, labels: labels(1, 0), weights: tf.zeros([2]) }) as tf.Scalar
  )(tf.tensor2d([[1, 2], [3, 4]]));
  near(value, 0);
  near(grad, [[0, 0], [0, 0]]);
});

Deno.test("crossEntropy() of extreme logits is finite", () => {
  const loss = crossEntropy({
    logits: tf.tensor2d([[1000, -1000], [1000, -1000]]),
    labels: labels(0, 1),
    weights: tf.ones([2]),
  });
  // 0 for the right one, 2000 for the wrong one.
  near(loss, 1000);
});

Deno.test("adding one number to all logits of a sample changes no loss", () => {
  const logits = tf.tensor2d([[0.5, -1, 2], [0, 3, 1]]);
  const loss = (z: tf.Tensor) =>
    crossEntropy({ logits: z, labels: labels(2, 0), weights: tf.ones([2]) });
  near(loss(tf.add(logits, tf.tensor2d([[4], [-9]]))), loss(logits), 1e-5);
});

Deno.test("the gradients of crossEntropy() are central differences, by the weights too", () => {
  gradientsAgree(
    { logits: uniform("z", 4, 3), weights: { shape: [4], values: Float32Array.of(1, 0.5, 2, 1) } },
    (at) => crossEntropy({ labels: labels(0, 2, 1, 1), ...at }),
  );
});

Deno.test("crossEntropy() refuses as many labels or weights as there are no logits", () => {
  const [logits, two, three] = [tf.zeros([2, 2]), labels(0, 1), labels(0, 1, 0)];
  throws(() => crossEntropy({ logits, labels: three, weights: tf.ones([2]) }), /Cannot use labels/);
  throws(() => crossEntropy({ logits, labels: two, weights: tf.ones([3]) }), /Cannot use weights/);
  throws(
    () => crossEntropy({ logits, labels: two, weights: tf.ones([2, 1]) }),
    /Cannot use weights: expected shape \[2\], got \[2, 1\]/,
  );
});
