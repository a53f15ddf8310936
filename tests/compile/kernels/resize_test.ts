import { deepEqual } from "node:assert/strict";
import { float32 } from "../../../lib/compile/compile.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { extremes, type Fn, inputs, onEach, parity } from "../parity.ts";

function resize(size: [number, number], alignCorners = false, halfPixelCenters = false): Fn {
  return ({ x }) => tf.image.resizeBilinear(x as tf.Tensor4D, size, alignCorners, halfPixelCenters);
}

const all: Record<string, Fn> = {
  larger: resize([7, 9]),
  smaller: resize([2, 3]),
  "larger, corners aligned": resize([7, 9], true),
  "smaller, corners aligned": resize([2, 1], true),
  "same size": resize([4, 4]),
};
const centred: Record<string, Fn> = {
  "larger, centres": resize([7, 9], false, true),
  "smaller, centres": resize([2, 3], false, true),
};

Deno.test("bilinear resizing equals eager tfjs, forward and backward", async () => {
  await parity(all, inputs({ x: [2, 4, 4, 3] }));
  await parity(centred, inputs({ x: [2, 4, 4, 3] }), { gradients: false });
  // tfjs's own gradient mixes up height and width of an image that is not square.
  await parity({ ...all, ...centred }, inputs({ x: [1, 3, 5, 1] }), { gradients: false });
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`bilinear resizing equals eager tfjs on values: ${name}`, async () => {
    await parity(all, inputs({ x: [1, 4, 4, 2] }, draw));
  });
}

Deno.test("the gradient of bilinear resizing is the derivative with half-pixel centres too", async () => {
  await onEach(
    ({ x, dy }) => {
      const f = resize([1, 4], false, true);
      const [slope] = tf.grads((x: tf.Tensor) => f({ x }))([x], dy);
      return { y: f({ x }), slope: slope! };
    },
    { x: float32(1, 1, 2, 1), dy: float32(1, 1, 4, 1) },
    { x: Float32Array.of(0, 8), dy: Float32Array.of(1, 10, 100, 1000) },
    ({ y, slope }) => {
      // New pixels lie at -1/4, 1/4, 3/4 and 5/4 of the distance from the first pixel to the second.
      deepEqual([...y], [0, 2, 6, 8]);
      deepEqual([...slope], [1 + 7.5 + 25, 2.5 + 75 + 1000]);
    },
  );
});
