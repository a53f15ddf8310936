import { deepEqual, equal } from "node:assert/strict";
import { float32, traceGraph } from "../../../lib/compile/compile.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { extremes, floats, type Fn, inputs, onEach, parity } from "../parity.ts";

type Pad = Parameters<typeof tf.maxPool>[3];

function pools(size: [number, number], stride: number, pad: Pad): Record<string, Fn> {
  const label = `${size} by ${stride}, ${pad}`;
  return {
    [`maxPool ${label}`]: ({ x }) => tf.maxPool(x as tf.Tensor4D, size, stride, pad),
    [`avgPool ${label}`]: ({ x }) =>
      tf.avgPool(x as tf.Tensor4D, size, stride, pad as "same" | "valid" | number),
  };
}

const all: Record<string, Fn> = {
  ...pools([2, 2], 2, "valid"),
  ...pools([2, 2], 2, "same"),
  ...pools([3, 2], 1, "same"),
  ...pools([3, 3], 2, "same"),
  ...pools([2, 3], 3, "valid"),
  ...pools([3, 3], 2, 1),
  ...pools([1, 1], 1, "valid"),
  ...pools([1, 1], 2, "same"),
};

Deno.test("pooling equals eager tfjs for sizes, strides and paddings, forward and backward", async () => {
  for (const x of [[2, 5, 7, 3], [1, 4, 4, 1]]) await parity(all, inputs({ x }));
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`pooling equals eager tfjs on values: ${name}`, async () => {
    for (const x of [[1, 4, 5, 2], [1, 4, 6, 2]]) await parity(all, inputs({ x }, draw));
  });
}

Deno.test("pooling of an image of one pixel, and over the whole image", async () => {
  await parity(pools([1, 1], 1, "same"), inputs({ x: [2, 1, 1, 3] }));
  await parity(pools([4, 3], 1, "valid"), inputs({ x: [2, 4, 3, 3] }));
});

Deno.test("of equal values in a window the first takes the whole gradient", async () => {
  await onEach(
    ({ x }) => ({ slope: tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 1, "valid")))(x) }),
    { x: float32(1, 2, 3, 1) },
    { x: Float32Array.of(1, 5, 5, 5, 2, 5) },
    // Windows of columns 0-1 and 1-2: 5 is first met at the top right of the one, top left of the other.
    ({ slope }) => deepEqual([...slope], [0, 2, 0, 0, 0, 0]),
  );
});

Deno.test("windows side by side are not gathered, and give the gradient to the first as well", async () => {
  const fn = ({ x }: { x: tf.Tensor }) => ({
    slope: tf.grad((x) => tf.sum(tf.mul(tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"), x.size)))(x),
  });
  const specs = { x: float32(1, 2, 6, 1) };
  equal(traceGraph(fn, specs).graph.operators.Gather, undefined);
  // The largest is at the top right and below; below on the left; at all four places.
  const x = Float32Array.of(1, 5, 2, 3, 7, 7, 5, 5, 4, 4, 7, 7);
  await onEach(fn, specs, { x }, ({ slope }) => {
    deepEqual([...slope], [0, 12, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0]);
  });
});

Deno.test("at a padded border the gradient of avgPool is tfjs's, not the derivative", async () => {
  await onEach(
    ({ x }) => ({
      y: tf.avgPool(x as tf.Tensor4D, 2, 2, "same"),
      slope: tf.grad((x) => tf.sum(tf.avgPool(x as tf.Tensor4D, 2, 2, "same")))(x),
    }),
    { x: float32(1, 1, 3, 1) },
    { x: Float32Array.of(2, 4, 8) },
    // Windows cover pixels 0 and 1, and pixel 2 alone; both have 4 places.
    ({ y, slope }) => deepEqual([[...y], [...slope]], [[3, 8], [0.25, 0.25, 0.25]]),
  );
});

Deno.test("pooling equals eager tfjs behind a convolution, and adds no transposition there", async () => {
  const shapes = { x: [2, 6, 5, 2], w: [3, 3, 2, 4] };
  const convolved = (x: Record<string, tf.Tensor>) =>
    tf.relu(tf.conv2d(x.x as tf.Tensor4D, x.w as tf.Tensor4D, 1, "same")) as tf.Tensor4D;
  await parity(
    {
      max: (x) => tf.maxPool(convolved(x), 2, 2, "same"),
      "max of rows side by side": (x) =>
        tf.maxPool(tf.slice(convolved(x), 0, [2, 6, 4, 4]), 2, 2, "valid"),
      average: (x) => tf.avgPool(convolved(x), 3, 2, "same"),
    },
    { x: floats("x", shapes.x), w: floats("w", shapes.w) },
    { tolerance: 4e-6 },
  );
  const count = (f: Fn) =>
    traceGraph((x: Record<string, tf.Tensor>) => ({ y: f(x) }), {
      x: float32(...shapes.x),
      w: float32(...shapes.w),
    }).graph.operators.Transpose;
  deepEqual(count((x) => tf.maxPool(convolved(x), 2, 2, "same")), count(convolved));
});

Deno.test("compiled pool with dilations equals eager tfjs", async () => {
  await parity({
    max: ({ x }) => tf.pool(x as tf.Tensor4D, [2, 2], "max", "valid", [2, 2]),
    average: ({ x }) => tf.pool(x as tf.Tensor4D, [2, 2], "avg", "valid", [2, 2]),
  }, inputs({ x: [1, 6, 6, 2] }));
});
