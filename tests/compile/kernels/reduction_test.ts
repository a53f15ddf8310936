import { deepEqual } from "node:assert/strict";
import { float32 } from "../../../lib/compile/compile.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { extremes, type Fn, inputs, ints, onEach, parity } from "../parity.ts";

const reductions: Record<string, Fn> = {
  "sum of all": ({ x }) => tf.sum(x!),
  "sum along axes, transposed first": ({ x }) => tf.sum(tf.transpose(x!, [2, 0, 1]), [0, 2]),
  "sum, keeping axes": ({ x }) => tf.sum(x!, [0, -1], true),
  "sum along no axis": ({ x }) => tf.sum(x!, []),
  mean: ({ x }) => tf.mean(x!, [0, 2]),
  "max along an axis": ({ x }) => tf.max(x!, 1),
  "max of all": ({ x }) => tf.max(x!),
  "min, keeping its axis": ({ x }) => tf.min(x!, 1, true),
  "moments, mean": ({ x }) => tf.moments(x!, [0, 1]).mean,
  "moments, variance": ({ x }) => tf.moments(x!, 2, true).variance,
  softmax: ({ x }) => tf.softmax(x!),
  logSoftmax: ({ x }) => tf.logSoftmax(x!),
  logSumExp: ({ x }) => tf.logSumExp(x!, -1),
  // Along other axes than the last tfjs itself has no right gradient.
  cumsum: ({ x }) => tf.cumsum(x!, 2),
  "cumsum, exclusive and reversed": ({ x }) => tf.cumsum(x!, 2, true, true),
};
const norms: Record<string, Fn> = {
  "norm 1": ({ x }) => tf.norm(x!, 1, 1),
  // The derivative of a root at 0 is infinite.
  "euclidean norm": ({ x }) => tf.norm(tf.add(x!, 2), "euclidean", 2),
  "maximum norm": ({ x }) => tf.norm(x!, Infinity, 1),
  "product along an axis": ({ x }) => tf.prod(tf.clipByValue(x!, -2, 2), 1),
};

Deno.test("reductions equal eager tfjs, forward and backward", async () => {
  for (const x of [[2, 3, 4], [1, 1, 1], [1, 5, 1], [3, 1, 2]]) {
    await parity({ ...reductions, ...norms }, inputs({ x }));
  }
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`reductions equal eager tfjs on values: ${name}`, async () => {
    await parity(reductions, inputs({ x: [2, 3, 4] }, draw));
  });
}

Deno.test("cumulative products equal eager tfjs in every direction, zeros included", async () => {
  const x = { shape: [2, 4], dtype: "float32", values: Float32Array.of(2, 0, 3, -1, 1, 2, 3, 4) };
  const cases: Record<string, Fn> = {};
  for (const exclusive of [false, true]) {
    for (const reverse of [false, true]) {
      cases[`${exclusive} ${reverse}`] = ({ x }) => tf.cumprod(x!, 1, exclusive, reverse);
      cases[`${exclusive} ${reverse}, first axis`] = ({ x }) =>
        tf.cumprod(x!, 0, exclusive, reverse);
    }
  }
  await parity(cases, { x: { ...x, dtype: "float32" } }, { gradients: false });
});

Deno.test("the product's gradient is exact where a factor is zero", async () => {
  await onEach(
    ({ x }) => ({ slope: tf.grad((x) => tf.prod(x, 0))(x) }),
    { x: float32(3) },
    { x: Float32Array.of(2, 0, 5) },
    ({ slope }) => deepEqual([...slope], [0, 10, 0]),
  );
});

Deno.test("reductions of integers and booleans have tfjs's types: a mean is a float", async () => {
  await parity(
    {
      sum: ({ x }) => tf.sum(x!, 1),
      mean: ({ x }) => tf.mean(x!, 1),
      max: ({ x }) => tf.max(x!, 1),
      prod: ({ x }) => tf.prod(x!, 1),
      cumsum: ({ x }) => tf.cumsum(x!, 1),
      cumprod: ({ x }) => tf.cumprod(x!, 1),
      "cumsum of booleans": ({ x }) => tf.cumsum(tf.greater(x!, 0), 1),
      "count of booleans": ({ x }) => tf.sum(tf.greater(x!, 0), 0),
      "mean of booleans": ({ x }) => tf.mean(tf.greater(x!, 0), 0),
      all: ({ x }) => tf.all(tf.greater(x!, 0), 1),
      any: ({ x }) => tf.any(tf.greater(x!, 0), 1, true),
      argMax: ({ x }) => tf.argMax(x!, 1),
      argMin: ({ x }) => tf.argMin(x!, 0),
    },
    { x: ints([2, 3], [5, -1, 4, 2, 2, 1]) },
    { gradients: false },
  );
});

Deno.test("of equal values the first wins argMax, argMin and topk", async () => {
  const values = Float32Array.of(1, 3, 3, 0, 0, 3, 2, 2, 2, 2, 2, 2);
  await parity(
    {
      argMax: ({ x }) => tf.argMax(x!, 1),
      argMin: ({ x }) => tf.argMin(x!, 1),
      "largest, values": ({ x }) => tf.topk(x!, 4).values,
      "largest, places": ({ x }) => tf.topk(x!, 4).indices,
      "one, places": ({ x }) => tf.topk(x!, 1).indices,
    },
    { x: { shape: [2, 6], dtype: "float32", values } },
    { gradients: false },
  );
});

Deno.test("max and min give every one of several equal values the whole gradient, as tfjs does", async () => {
  const x = { shape: [4], dtype: "float32", values: Float32Array.of(1, 3, 3, 1) } as const;
  await parity({ max: ({ x }) => tf.max(x!), min: ({ x }) => tf.min(x!) }, { x });
});

Deno.test("compiled einsum equals eager tfjs", async () => {
  await parity(
    {
      product: ({ a, b }) => tf.einsum("ij,jk->ik", a!, b!),
      trace: ({ a, b }) => tf.einsum("ij,ji->", a!, b!),
      transposed: ({ a }) => tf.einsum("ij->ji", a!),
      outer: ({ a, b }) => tf.einsum("ij,kl->iljk", a!, b!),
    },
    inputs({ a: [2, 3], b: [3, 2] }),
    { gradients: false },
  );
});

Deno.test("sums, means, products and softmax keep NaN and infinities as tfjs does", async () => {
  const rows = [[NaN, 1, 2], [1, NaN, 2], [1, 2, NaN], [-Infinity, 0, 1], [Infinity, 1, 2], [
    -Infinity,
    -Infinity,
    -Infinity,
  ]];
  await parity(
    {
      sum: ({ x }) => tf.sum(x!, 1),
      mean: ({ x }) => tf.mean(x!, 1),
      prod: ({ x }) => tf.prod(x!, 1),
      cumsum: ({ x }) => tf.cumsum(x!, 1),
      softmax: ({ x }) => tf.softmax(x!),
      logSoftmax: ({ x }) => tf.logSoftmax(x!),
      logSumExp: ({ x }) => tf.logSumExp(x!, 1),
      norm: ({ x }) => tf.norm(x!, 2, 1),
    },
    { x: { shape: [6, 3], dtype: "float32", values: Float32Array.from(rows.flat()) } },
    {
      gradients: false,
    },
  );
});
