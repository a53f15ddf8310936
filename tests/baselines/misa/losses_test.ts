import { deepEqual, ok, throws } from "node:assert/strict";
import {
  centralMomentDiscrepancy,
  differenceLoss,
  reconstructionLoss,
} from "../../../lib/baselines/misa/losses.ts";
import { float32 } from "../../../lib/compile/mod.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { differ, near, same, uniformTensor } from "../../tensor_values.ts";
import { bothWays } from "./both_ways.ts";
import { agree, reference } from "./reference.ts";

tf.setBackend("cpu");

type Loss = (of: Record<string, tf.Tensor>) => tf.Tensor;
const losses = {
  centralMomentDiscrepancy,
  differenceLoss,
  reconstructionLoss,
} as unknown as Record<string, Loss>;

/** The value of a loss and its gradients by its named inputs. */
function withGradients(loss: Loss, names: readonly string[], given: tf.Tensor[]) {
  const { value, grads } = tf.valueAndGrads((...parts: tf.Tensor[]) =>
    loss(Object.fromEntries(names.map((name, i) => [name, parts[i]!]))) as tf.Scalar
  )(given);
  return { value, grads };
}

for (const [name, wanted] of Object.entries(reference.losses)) {
  Deno.test(`${name}() and its gradients agree with PyTorch, eagerly and compiled`, async () => {
    const { shapes, names, inputs, value, gradients } = wanted;
    const results = await bothWays(
      (given) => {
        const found = withGradients(losses[name]!, names, names.map((n) => given[n]));
        return {
          value: found.value,
          ...Object.fromEntries(names.map((n, i) => [n, found.grads[i]!])),
        };
      },
      {
        specs: Object.fromEntries(names.map((n, i) => [n, float32(...shapes[i]!)])),
        values: Object.fromEntries(names.map((n, i) => [n, Float32Array.from(inputs[i]!)])),
      },
    );
    for (const [way, { value: got, ...by }] of Object.entries(results)) {
      agree(got!, [value], `${way} value`);
      names.forEach((n, i) => agree(by[n]!, gradients[i]!, `${way} gradient by ${n}`));
    }
  });
}

Deno.test("centralMomentDiscrepancy() agrees with its equation worked by hand", () => {
  // Both have the mean 1/2. Of x the central moments are 1/4, 0, 1/16, 0; of y all are 0.
  const x = tf.tensor2d([[0], [1]]), y = tf.tensor2d([[0.5], [0.5], [0.5]]);
  near(centralMomentDiscrepancy({ x, y }), tf.scalar(1 / 4 + 1 / 16));
  near(centralMomentDiscrepancy({ x, y }, { moments: 2 }), tf.scalar(1 / 4));
  near(centralMomentDiscrepancy({ x, y }, { moments: 1 }), tf.scalar(0));
  // Means apart by (3, 4), without spread.
  const far = tf.tensor2d([[3, 4]]), origin = tf.tensor2d([[0, 0]]);
  near(centralMomentDiscrepancy({ x: far, y: origin }), tf.scalar(5));
});

Deno.test("centralMomentDiscrepancy() is symmetric and compares batches, not rows", () => {
  const x = uniformTensor("x", 5, 3), y = uniformTensor("y", 5, 3);
  const there = centralMomentDiscrepancy({ x, y });
  near(centralMomentDiscrepancy({ x: y, y: x }), there);
  near(centralMomentDiscrepancy({ x: tf.reverse(x, 0), y }), there);
  ok(differ(there, centralMomentDiscrepancy({ x: tf.mul(x, 2), y })));
});

Deno.test("centralMomentDiscrepancy() of equal batches is 0 with a gradient of 0", () => {
  for (const x of [uniformTensor("x", 4, 3), tf.fill([4, 3], 0.5)]) {
    const { value, grads } = withGradients(losses.centralMomentDiscrepancy!, ["x", "y"], [
      x,
      x.clone(),
    ]);
    near(value, tf.scalar(0), 1e-9);
    grads.forEach((gradient) => same(gradient, tf.zeros([4, 3])));
  }
});

Deno.test("differenceLoss() is 0 of orthogonal columns and largest of equal ones", () => {
  const a = tf.tensor2d([[1], [-1], [1], [-1]]), b = tf.tensor2d([[1], [1], [-1], [-1]]);
  near(differenceLoss({ a, b }), tf.scalar(0));
  // Centred rows of norm 1: Âᵀ Â is 4, its square 16. Neither scale nor offset matters.
  near(differenceLoss({ a, b: a }), tf.scalar(16), 1e-5);
  near(differenceLoss({ a, b: tf.add(tf.mul(a, 3), 7) }), tf.scalar(16), 1e-5);
});

Deno.test("differenceLoss() of a batch without spread is 0 with finite gradients", () => {
  const flat = tf.fill([4, 3], 0.25);
  for (const other of [flat.clone(), uniformTensor("b", 4, 3)]) {
    const { value, grads } = withGradients(losses.differenceLoss!, ["a", "b"], [flat, other]);
    near(value, tf.scalar(0));
    grads.forEach((gradient) => same(gradient, tf.zeros([4, 3])));
  }
});

Deno.test("reconstructionLoss() is the mean squared error", () => {
  const projected = tf.tensor2d([[1, 2], [3, 4]]), reconstructed = tf.tensor2d([[1, 0], [3, 2]]);
  near(reconstructionLoss({ projected, reconstructed }), tf.scalar((4 + 4) / 4));
});

Deno.test("a loss of two shapes that do not fit is refused", () => {
  const a = tf.zeros([4, 3]), b = tf.zeros([4, 2]);
  const y = /^RangeError: Cannot use y: expected shape \[any, 3\], got \[4, 2\]$/;
  throws(() => centralMomentDiscrepancy({ x: a, y: b }), y);
  throws(() => differenceLoss({ a, b }), /^RangeError: Cannot use b: expected shape \[4, 3\]/);
  throws(
    () => reconstructionLoss({ projected: a, reconstructed: b }),
    /^RangeError: Cannot use reconstructed: expected shape \[4, 3\], got \[4, 2\]$/,
  );
  deepEqual(centralMomentDiscrepancy({ x: a, y: tf.zeros([7, 3]) }).shape, []);
});
