import { deepEqual } from "node:assert/strict";
import { float32, traceGraph } from "../../../lib/compile/compile.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { type Fn, inputs, ints, onEach, parity } from "../parity.ts";

const moves: Record<string, Fn> = {
  reshape: ({ x }) => tf.reshape(x!, [4, -1]),
  "expandDims and squeeze": ({ x }) => tf.squeeze(tf.expandDims(x!, 1), [1]),
  transpose: ({ x }) => tf.transpose(x!, [1, 2, 0]),
  slice: ({ x }) => tf.slice(x!, [0, 1, 1], [2, 2, -1]),
  "slice of the first axis only": ({ x }) => tf.slice(x!, 1, 1),
  pad: ({ x }) => tf.pad(x!, [[0, 0], [1, 2], [0, 1]], 3),
  concat: ({ x }) => tf.concat([x!, tf.neg(x!)], -1),
  "stack of unstacked": ({ x }) => tf.stack(tf.unstack(x!, 1).toReversed(), 2),
  split: ({ x }) => tf.concat(tf.split(x!, [1, 3], 2).toReversed(), 2),
  tile: ({ x }) => tf.tile(x!, [1, 2, 3]),
  broadcastTo: ({ x }) => tf.broadcastTo(tf.slice(x!, 0, 1), [3, 3, 4]),
  reverse: ({ x }) => tf.reverse(x!, [1, -1]),
};

Deno.test("kernels that move elements equal eager tfjs, forward and backward", async () => {
  await parity(moves, inputs({ x: [2, 3, 4] }));
});

Deno.test("kernels that move blocks equal eager tfjs, forward and backward", async () => {
  await parity({
    spaceToBatch: ({ x }) => tf.spaceToBatchND(x!, [2, 2], [[0, 0], [1, 1]]),
    "spaceToBatch and back": ({ x }) =>
      tf.batchToSpaceND(tf.square(tf.spaceToBatchND(x!, [2, 3], [[0, 0], [2, 0]])), [2, 3], [
        [1, 0],
        [2, 0],
      ]),
  }, inputs({ x: [1, 4, 4, 3] }));
  const deep = inputs({ x: [2, 2, 3, 8] });
  await parity({ depthToSpace: ({ x }) => tf.depthToSpace(x as tf.Tensor4D, 2) }, deep, {
    gradients: false,
  });
});

Deno.test("mirrorPad equals eager tfjs with and without the edge", async () => {
  await parity(
    {
      reflect: ({ x }) => tf.mirrorPad(x!, [[1, 0], [2, 3]], "reflect"),
      symmetric: ({ x }) => tf.mirrorPad(x!, [[1, 2], [4, 0]], "symmetric"),
    },
    inputs({ x: [2, 4] }),
    { gradients: false },
  );
});

Deno.test("stridedSlice equals eager tfjs with every mask and backwards", async () => {
  const cut =
    (begin: number[], end: number[], strides?: number[], ...masks: number[]): Fn => ({ x }) =>
      tf.stridedSlice(x!, begin, end, strides, ...masks);
  await parity(
    {
      plain: cut([0, 1, 1], [2, 3, 4], [1, 1, 2]),
      "from the end": cut([-1, -2, 0], [2, 3, -1]),
      backwards: cut([1, 2, 3], [-3, -4, 0], [-1, -1, -2]),
      "open ends": cut([1, 1, 1], [1, 1, 1], [1, 1, 1], 0b010, 0b111),
      "open ends backwards": cut([0, 0, 0], [0, 0, 0], [1, -1, -1], 0b111, 0b111),
      "an axis dropped": cut([0, 2, 0], [2, 3, 4], [1, 1, 1], 0, 0, 0, 0, 0b010),
      "an axis added": cut([0, 0, 1], [2, 0, 3], [1, 1, 1], 0, 0, 0, 0b010),
      ellipsis: cut([0, 1], [0, 3], [1, 1], 0, 0, 0b01),
    },
    inputs({ x: [2, 3, 4] }),
    { gradients: false },
  );
});

Deno.test("integers and booleans move as floats do", async () => {
  await parity(
    {
      pad: ({ x }) => tf.pad(x!, [[0, 1], [1, 0]], -7),
      tile: ({ x }) => tf.tile(x!, [2, 1]),
      reverse: ({ x }) => tf.reverse(x!, 1),
      stack: ({ x }) => tf.stack([x!, tf.onesLike(x!)]),
      concat: ({ x }) => tf.concat([tf.greater(x!, 2), tf.less(x!, 2)]),
      transpose: ({ x }) => tf.transpose(tf.greater(x!, 2)),
      zeros: ({ x }) => tf.zerosLike(x!),
      identity: ({ x }) => tf.clone(x!),
    },
    { x: ints([2, 3], [1, 2, 3, 4, 5, 6]) },
    { gradients: false },
  );
});

Deno.test("constants made while tracing equal those of eager tfjs", async () => {
  const zero = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sum(x), 0);
  await parity(
    {
      range: ({ x }) => tf.add(zero(x!), tf.range(1, 8, 3)),
      "range downwards": ({ x }) => tf.add(zero(x!), tf.range(4, 1)),
      "range downwards by steps": ({ x }) => tf.add(zero(x!), tf.range(4, -3, -2)),
      linspace: ({ x }) => tf.add(zero(x!), tf.linspace(-1, 2, 7)),
      "linspace of one": ({ x }) => tf.add(zero(x!), tf.linspace(3, 4, 1)),
      fill: ({ x }) => tf.add(zero(x!), tf.fill([2, 2], 0.25)),
      eye: ({ x }) => tf.add(zero(x!), tf.eye(3)),
    },
    inputs({ x: [2] }),
    { gradients: false },
  );
});

Deno.test("a slice without elements is empty", async () => {
  await onEach(
    ({ x }) => ({ y: tf.concat([tf.slice(x, [1], [0]), x]) }),
    { x: float32(2) },
    { x: Float32Array.of(3, 4) },
    ({ y }) => deepEqual([...y], [3, 4]),
  );
});

Deno.test("a transposition and the one that undoes it leave no node", () => {
  const { graph } = traceGraph(
    ({ x }) => ({ y: tf.transpose(tf.transpose(x, [1, 0]), [1, 0]) }),
    { x: float32(2, 3) },
  );
  deepEqual(graph.operators, { Identity: 1 });
});
