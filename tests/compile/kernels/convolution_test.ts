import { equal } from "node:assert/strict";
import { float32, traceGraph } from "../../../lib/compile/compile.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { extremes, type Fn, inputs, parity } from "../parity.ts";

const layers: Record<string, Fn> = {};
for (const stride of [1, 2, 3]) {
  for (const pad of ["same", "valid"] as const) {
    layers[`${stride}, ${pad}`] = ({ x, w, b }) =>
      tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad), b!));
  }
}

Deno.test("compiled conv2d and its gradients equal eager tfjs for strides and paddings", async () => {
  await parity(layers, inputs({ x: [2, 9, 8, 3], w: [3, 3, 3, 4], b: [4] }), { tolerance: 4e-6 });
  await parity(layers, inputs({ x: [1, 3, 3, 1], w: [2, 1, 1, 1], b: [1] }), { tolerance: 4e-6 });
});

Deno.test("compiled conv2d to fewer channels, and its gradients, equal eager tfjs", async () => {
  await parity(layers, inputs({ x: [2, 5, 6, 4], w: [3, 2, 4, 3], b: [3] }), { tolerance: 4e-6 });
});

Deno.test("compiled conv2d in NCHW and its gradients equal eager tfjs", async () => {
  const channelsFirst: Record<string, Fn> = {};
  for (const stride of [1, 2]) {
    channelsFirst[`stride ${stride}`] = ({ x, w }) =>
      tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, "same", "NCHW"));
  }
  for (const w of [[3, 3, 3, 4], [3, 3, 3, 2]]) {
    await parity(channelsFirst, inputs({ x: [2, 3, 6, 5], w }), { tolerance: 4e-6 });
  }
});

Deno.test("compiled conv2d along time alone, and with dilations, equals eager tfjs", async () => {
  await parity(
    {
      conv1d: ({ s, k }) => tf.conv1d(s as tf.Tensor3D, k as tf.Tensor3D, 2, "same"),
    },
    inputs({ s: [2, 7, 3], k: [3, 3, 4] }),
    { tolerance: 4e-6 },
  );
  await parity(
    {
      dilated: ({ x, w }) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "valid", "NHWC", 2),
    },
    inputs({ x: [2, 7, 7, 2], w: [3, 3, 2, 2] }),
    { gradients: false, tolerance: 4e-6 },
  );
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`compiled conv2d equals eager tfjs on values: ${name}`, async () => {
    await parity(layers, inputs({ x: [1, 5, 4, 2], w: [3, 3, 2, 2], b: [2] }, draw), {
      tolerance: 4e-6,
    });
  });
}

Deno.test("between two convolutions no transposition of the data is left", () => {
  const { graph } = traceGraph(({ x, v, w, b }: Record<string, tf.Tensor>) => {
    const hidden = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, v as tf.Tensor4D, 2, "same"), b!));
    return { y: tf.mean(tf.conv2d(hidden as tf.Tensor4D, w as tf.Tensor4D, 2, "same"), [1, 2]) };
  }, { x: float32(2, 8, 8, 1), v: float32(3, 3, 1, 4), w: float32(3, 3, 4, 4), b: float32(4) });
  // One for the input, two for each filter, one of which becomes part of a product, and one for the small mean.
  equal(graph.operators.Transpose, 6);
});
