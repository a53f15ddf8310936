import * as tf from "../../../lib/deps/tf.ts";
import { extremes, type Fn, inputs, parity } from "../parity.ts";

function depthwise(stride: number, pad: "same" | "valid" | number): Fn {
  return ({ x, w }) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
}

const all: Record<string, Fn> = {
  same: depthwise(1, "same"),
  valid: depthwise(1, "valid"),
  "every second, same": depthwise(2, "same"),
  "every third, valid": depthwise(3, "valid"),
  "two pixels of padding": depthwise(1, 2),
};

Deno.test("depthwise convolution and its gradients equal eager tfjs for strides and paddings", async () => {
  await parity(all, inputs({ x: [2, 6, 5, 3], w: [3, 3, 3, 2] }));
  await parity(all, inputs({ x: [1, 4, 4, 1], w: [2, 3, 1, 1] }));
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`depthwise convolution equals eager tfjs on values: ${name}`, async () => {
    await parity(all, inputs({ x: [1, 5, 4, 2], w: [3, 2, 2, 2] }, draw));
  });
}

Deno.test("depthwise convolution with dilations and separable convolution equal eager tfjs", async () => {
  const given = inputs({ x: [2, 7, 7, 2], w: [3, 3, 2, 2], p: [1, 1, 4, 3] });
  await parity(
    {
      dilated: ({ x, w }) =>
        tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, "valid", "NHWC", 2),
    },
    given,
    { gradients: false },
  );
  await parity(
    {
      separable: ({ x, w, p }) =>
        tf.separableConv2d(x as tf.Tensor4D, w as tf.Tensor4D, p as tf.Tensor4D, 2, "same"),
    },
    given,
    { tolerance: 4e-6 },
  );
});
