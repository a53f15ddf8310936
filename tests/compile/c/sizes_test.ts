/** Sizes at which the loops of C change: parts of vectors, blocks, and chunks of long axes. @module */

import * as tf from "../../../lib/deps/tf.ts";
import { type Fn, inputs, parity } from "../parity.ts";
import { compilerTest } from "../../some_compiler.ts";

compilerTest("rows and columns of every length reduce as in eager tfjs", async () => {
  const fns: Record<string, Fn> = Object.fromEntries(
    [1, 3, 4, 7, 8, 13, 16, 20, 33, 70, 300, 1100].flatMap((n) => {
      const part = (x: tf.Tensor) => tf.slice(x, [0, 0], [4, n]);
      return [
        [`sum ${n}`, ({ x }) => tf.sum(tf.square(part(x!)), 1)],
        [`plain sum ${n}`, ({ x }) => tf.sum(tf.reshape(x!, [-1, n === 1100 ? n : 4]), 1)],
        [`largest ${n}`, ({ x }) => tf.max(tf.mul(part(x!), 2), 1)],
        [`smallest ${n}`, ({ x }) => tf.min(part(x!), 1)],
        [`columns ${n}`, ({ x }) => tf.mean(tf.abs(part(x!)), 0)],
        [`softmax ${n}`, ({ x }) => tf.softmax(part(x!))],
        [`logSoftmax ${n}`, ({ x }) => tf.logSoftmax(part(x!))],
      ] as [string, Fn][];
    }),
  );
  await parity(fns, inputs({ x: [4, 1100] }), { gradients: false });
});

compilerTest("reductions over axes that lie apart join all of them", async () => {
  const over = (axes: number[]): Fn => ({ x }) => tf.sum(tf.square(x!), axes);
  await parity(
    {
      "outer and inner": over([0, 2]),
      "the last two, turned": ({ x }) => tf.sum(tf.transpose(x!, [1, 2, 0]), [0, 1]),
      "middle": over([1]),
      "largest": ({ x }) => tf.max(tf.neg(x!), [0, 2]),
    },
    inputs({ x: [5, 3, 24] }),
    { gradients: false },
  );
});

compilerTest("products of every width and depth equal eager tfjs", async () => {
  const fns: Record<string, Fn> = Object.fromEntries(
    [1, 5, 8, 13, 16, 17, 31, 48, 63, 64, 65, 130].flatMap((n) =>
      ([[7, 9], [1, 40], [13, 600]] as const).map(([m, k]): [string, Fn] => [
        `${m} x ${k} x ${n}`,
        ({ a, b }) => tf.matMul(tf.slice(a!, [0, 0], [m, k]), tf.slice(b!, [0, 0], [k, n])),
      ])
    ),
  );
  fns["turned"] = ({ b }) =>
    tf.matMul(tf.slice(b!, [0, 0], [13, 130]), tf.slice(b!, [20, 0], [22, 130]), false, true);
  await parity(fns, inputs({ a: [13, 600], b: [600, 130] }), { gradients: false, tolerance: 4e-6 });
});

compilerTest(
  "convolution with steps, padding and channels as in training equals eager tfjs",
  async () => {
    const convolve = (pad: "same" | "valid"): Fn => ({ x, w }) =>
      tf.relu(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, pad));
    await parity(
      { same: convolve("same"), valid: convolve("valid") },
      inputs({ x: [2, 11, 13, 5], w: [3, 3, 5, 19] }),
      { tolerance: 4e-6 },
    );
  },
);
