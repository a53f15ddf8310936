/** Translations of kernels that move blocks of pixels between space and another axis. @module */

import * as tf from "../../deps/tf.ts";
import { pad, reshape, slice, transpose } from "./shape.ts";
import { type Info, type Trace, translate } from "../trace.ts";

const { getReshaped, getPermuted, getReshapedPermuted } = tf.backend_util;

/** Splits and joins axes: `x` as `split`, its axes in the order `perm`, then as `joined`. */
function regroup(
  trace: Trace,
  x: Info,
  { split, perm, joined }: { split: number[]; perm: number[]; joined: number[] },
): Info {
  return reshape(trace, transpose(trace, reshape(trace, x, split), perm), joined);
}

translate("SpaceToBatchND", ({ inputs: { x }, attrs: { blockShape, paddings }, trace }) => {
  const block = blockShape.reduce((a: number, b: number) => a * b, 1);
  const rest = Array(x.shape.length - 1 - blockShape.length).fill([0, 0]);
  const padded = pad(trace, x, [[0, 0], ...paddings, ...rest]);
  const split = getReshaped(padded.shape, blockShape, block, false);
  return regroup(trace, padded, {
    split,
    perm: getPermuted(split.length, blockShape.length, false),
    joined: getReshapedPermuted(padded.shape, blockShape, block, false),
  });
});

translate("BatchToSpaceND", ({ inputs: { x }, attrs: { blockShape, crops }, trace }) => {
  const block = blockShape.reduce((a: number, b: number) => a * b, 1);
  const split = getReshaped(x.shape, blockShape, block);
  const joined = getReshapedPermuted(x.shape, blockShape, block);
  const perm = getPermuted(split.length, blockShape.length);
  // The batch and the axes behind the blocks are whole.
  const cuts = [[0, 0], ...crops] as [number, number][];
  return slice(trace, regroup(trace, x, { split, perm, joined }), {
    begin: joined.map((_, i) => cuts[i]?.[0] ?? 0),
    end: joined.map((d, i) => d - (cuts[i]?.[1] ?? 0)),
  });
});

translate("DepthToSpace", ({ inputs: { x }, attrs: { blockSize }, trace }) => {
  const [batch, height, width, depth] = x.shape as [number, number, number, number];
  const channels = depth / blockSize ** 2;
  return regroup(trace, x, {
    split: [batch, height, width, blockSize, blockSize, channels],
    perm: [0, 1, 3, 2, 4, 5],
    joined: [batch, height * blockSize, width * blockSize, channels],
  });
});
