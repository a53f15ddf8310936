import { deepEqual, rejects } from "node:assert/strict";
import { compile, float32, int32 } from "../../../lib/compile/compile.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { floats, ints, onEach, parity } from "../parity.ts";

Deno.test("compiled gather equals eager tfjs along every axis, forward and backward", async () => {
  await parity({
    first: ({ x, i }) => tf.gather(x!, i as tf.Tensor1D),
    last: ({ x, i }) => tf.gather(x!, i as tf.Tensor1D, -1),
    "a table of indices": ({ x, i }) => tf.gather(x!, tf.reshape(i!, [2, 2])),
  }, { x: floats("x", [3, 3]), i: ints([4], [2, 0, 2, 1]) });
  await parity(
    {
      batched: ({ x, i }) => tf.gather(x!, i as tf.Tensor2D, 1, 1),
    },
    { x: floats("x", [2, 3, 4]), i: ints([2, 2], [2, 0, 1, 1]) },
    { gradients: false },
  );
});

Deno.test("compiled gather with batches along another axis is refused", async () => {
  await rejects(
    compile(({ x, i }) => ({ y: tf.gather(x, i as tf.Tensor2D, 2, 1) }), {
      x: float32(2, 3, 4),
      i: int32(2, 2),
    }),
    /Cannot compile gather: expected axis 1, as batchDims, got 2/,
  );
});

Deno.test("compiled gatherND, scatterND and sparseToDense equal eager tfjs", async () => {
  await parity({
    elements: ({ x, at }) => tf.gatherND(x!, at!),
    rows: ({ x, row }) => tf.gatherND(x!, row!),
    "scattered elements": ({ at, u }) => tf.scatterND(at!, u!, [3, 3]),
    "scattered rows": ({ row, x }) => tf.scatterND(row!, x!, [4, 3]),
    "scattered integers": ({ row, n }) => tf.scatterND(row!, n!, [4]),
    "updated elements": ({ x, at, u }) => tf.tensorScatterUpdate(x!, at!, u!),
    "sparse to dense": ({ at, u }) => tf.sparseToDense(at!, u!, [3, 3], 0.5),
    "one sparse value": ({ n }) => tf.sparseToDense(n!, tf.scalar(2), [5]),
  }, {
    x: floats("x", [3, 3]),
    u: floats("u", [3]),
    at: ints([3, 2], [0, 2, 2, 1, 1, 1]),
    row: ints([3, 1], [2, 0, 2]),
    n: ints([3], [1, 3, 4]),
  }, { gradients: false });
});

Deno.test("compiled oneHot equals eager tfjs, an index out of range included", async () => {
  await parity(
    {
      plain: ({ i }) => tf.oneHot(i as tf.Tensor1D, 3),
      smoothed: ({ i }) => tf.oneHot(i as tf.Tensor1D, 3, 0.9, 0.05, "float32"),
      "two classes": ({ i }) => tf.oneHot(i as tf.Tensor1D, 2),
    },
    { i: ints([4], [2, 0, 1, 7]) },
    { gradients: false },
  );
});

Deno.test("compiled unsortedSegmentSum equals eager tfjs, one segment and strays included", async () => {
  await parity(
    {
      several: ({ x, s }) => tf.unsortedSegmentSum(x!, s as tf.Tensor1D, 3),
      one: ({ x, s }) => tf.unsortedSegmentSum(x!, s as tf.Tensor1D, 1),
      vector: ({ x, s }) => tf.unsortedSegmentSum(tf.sum(x!, 1), s as tf.Tensor1D, 4),
    },
    { x: floats("x", [4, 2]), s: ints([4], [0, 2, 2, -1]) },
    { gradients: false },
  );
  await parity(
    {
      integers: ({ x, s }) => tf.unsortedSegmentSum(x!, s as tf.Tensor1D, 3),
    },
    { x: ints([3, 2], [1, 2, 3, 4, 5, 6]), s: ints([3], [2, 0, 2]) },
    { gradients: false },
  );
});

Deno.test("compiled unsortedSegmentSum of many rows into many segments equals eager tfjs", async () => {
  // Segments -20 to 299 in turn, of which 0 to 279 exist: twice the rows of the others, and strays.
  const segments = Array.from({ length: 600 }, (_, i) => i % 320 - 20);
  await parity(
    {
      rows: ({ x, s }) => tf.unsortedSegmentSum(x!, s as tf.Tensor1D, 280),
      vector: ({ x, s }) => tf.unsortedSegmentSum(tf.sum(x!, 1), s as tf.Tensor1D, 280),
    },
    { x: floats("x", [600, 3]), s: ints([600], segments) },
    { gradients: false },
  );
  const rows = segments.map((segment) => Math.max(0, segment));
  await parity(
    { gathered: ({ x, i }) => tf.gather(x!, tf.reshape(i!, [20, 30])) },
    { x: floats("x", [300, 3]), i: ints([600], rows) },
  );
});

Deno.test("the gradient of gather adds up what one row was used for", async () => {
  await onEach(
    ({ table, index }) => {
      const f = (t: tf.Tensor) =>
        tf.sum(tf.square(tf.gather(t, index as tf.Tensor1D))) as tf.Scalar;
      return { slope: tf.grad(f)(table), hot: tf.oneHot(index as tf.Tensor1D, 3) };
    },
    { table: float32(3, 2), index: int32(4) },
    { table: Float32Array.of(1, 2, 3, 4, 5, 6), index: Int32Array.of(2, 0, 2, 2) },
    ({ slope, hot }) => {
      deepEqual([...slope], [2, 4, 0, 0, 30, 36]);
      deepEqual([...hot], [0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1]);
    },
  );
});
