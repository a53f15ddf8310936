import { deepEqual, equal, ok } from "node:assert/strict";
import { startEagerBackend } from "../../lib/backends/eager_backends.ts";
import * as tf from "../../lib/deps/tf.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";

type Shape = [number, number, number, number];

interface Convolution {
  readonly x: Shape;
  readonly filter: Shape;
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number | tf.backend_util.ExplicitPadding;
}

const convolutions: Readonly<Record<string, Convolution>> = {
  "3×3, same": { x: [2, 6, 5, 3], filter: [3, 3, 3, 4], strides: 1, pad: "same" },
  "3×3, valid": { x: [2, 6, 5, 3], filter: [3, 3, 3, 4], strides: 1, pad: "valid" },
  "3×3 in steps of 2, same": { x: [2, 9, 8, 3], filter: [3, 3, 3, 4], strides: 2, pad: "same" },
  "5×5 in steps of 2, valid": { x: [1, 10, 9, 2], filter: [5, 5, 2, 3], strides: 2, pad: "valid" },
  "2×1 in steps of 1 and 3": {
    x: [2, 5, 9, 2],
    filter: [2, 1, 2, 3],
    strides: [1, 3],
    pad: "valid",
  },
  // The tenth row and column are never read.
  "3×3 in steps of 3, valid": { x: [1, 10, 10, 2], filter: [3, 3, 2, 2], strides: 3, pad: "valid" },
  "1×1 in steps of 2, same": { x: [2, 7, 8, 3], filter: [1, 1, 3, 4], strides: 2, pad: "same" },
  "4×2 in steps of 1 and 2": {
    x: [2, 8, 9, 2],
    filter: [4, 2, 2, 3],
    strides: [1, 2],
    pad: "same",
  },
  "3×3, 1 around": { x: [2, 6, 6, 2], filter: [3, 3, 2, 3], strides: 2, pad: 1 },
  // More zeros than the filter reaches over: its gradient by the input cuts rows off.
  "2×2, 3 above and 2 at the right": {
    x: [1, 5, 6, 2],
    filter: [2, 2, 2, 2],
    strides: 1,
    pad: [[0, 0], [3, 0], [0, 2], [0, 0]],
  },
  "as large as the image": { x: [2, 4, 3, 2], filter: [4, 3, 2, 3], strides: 1, pad: "valid" },
};

function draw(shape: Shape, name: string): tf.Tensor4D {
  const next = normals(fold(key(3), name));
  return tf.tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next()),
    shape,
  );
}

/** The gradients of Σ conv(x, W)² by x and W on the backend in use. */
function gradients({ x, filter, strides, pad }: Convolution): Float32Array[] {
  return tf.tidy(() => {
    const loss = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad)));
    return tf.grads(loss)([draw(x, "x"), draw(filter, "filter")])
      .map((gradient) => gradient.dataSync() as Float32Array);
  });
}

/** The largest difference, as a share of the largest expected value. */
function worst(found: Float32Array, expected: Float32Array): number {
  equal(found.length, expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...found.map((v, i) => Math.abs(v - expected[i]!))) / scale;
}

for (const [name, convolution] of Object.entries(convolutions)) {
  Deno.test(`the gradients of a convolution on wasm are those on cpu: ${name}`, async () => {
    await startEagerBackend("cpu");
    const expected = gradients(convolution);
    await startEagerBackend("wasm");
    const before = tf.memory().numTensors;
    const found = gradients(convolution);
    equal(tf.memory().numTensors, before);
    await startEagerBackend("cpu");
    ["x", "filter"].forEach((what, i) => {
      const error = worst(found[i]!, expected[i]!);
      ok(error < 1e-5, `by ${what}: ${error}`);
    });
  });
}

Deno.test("the gradients of a convolution on wasm agree with those worked by hand", async () => {
  await startEagerBackend("wasm");
  // y = [1·a + 2·b, 3·a + 4·b] in steps of 2 over 1 2 3 4 5; with dy = [1, 10]
  // da = 1·1 + 3·10 = 31, db = 2·1 + 4·10 = 42, dx = [a, b, 10a, 10b, 0].
  const { dx, dfilter } = tf.tidy(() => {
    const x = tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1]);
    const filter = tf.tensor4d([7, 8], [1, 2, 1, 1]);
    const dy = tf.tensor([1, 10], [1, 1, 2, 1]);
    const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [1, 2], "valid");
    const [dx, dfilter] = tf.grads(convolve)([x, filter], dy);
    return { dx: [...dx!.dataSync()], dfilter: [...dfilter!.dataSync()] };
  });
  await startEagerBackend("cpu");
  deepEqual(dfilter, [31, 42]);
  deepEqual(dx, [7, 8, 70, 80, 0]);
});

Deno.test("a transposed convolution on wasm is that on cpu", async () => {
  const run = () =>
    tf.tidy(() =>
      tf.conv2dTranspose(draw([2, 3, 4, 3], "x"), draw([3, 3, 2, 3], "w"), [2, 5, 7, 2], 2, "same")
        .dataSync() as Float32Array
    );
  await startEagerBackend("cpu");
  const expected = run();
  await startEagerBackend("wasm");
  const found = run();
  await startEagerBackend("cpu");
  ok(worst(found, expected) < 1e-5);
});
