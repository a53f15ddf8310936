/** Translations of maximum and average pooling of images and of their gradients. @module */

import * as tf from "../../deps/tf.ts";
import {
  addWindows,
  asRows,
  fromRows,
  gatherWindows,
  pixelsUnder,
  range,
  storedOrder,
  type WindowInfo,
} from "./windows.ts";
import { type Trace, translate } from "../trace.ts";

// deno-lint-ignore no-explicit-any -- tfjs does not type the attributes of its kernels.
function poolInfo(shape: number[], attrs: any): WindowInfo {
  return tf.backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    attrs.filterSize,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
}

translate("MaxPool", ({ inputs: { x }, attrs, trace }) => {
  const info = poolInfo(x.shape, attrs), order = storedOrder(trace, x);
  const windows = gatherWindows(trace, asRows(trace, x, order), info, -Infinity);
  const largest = trace.graph.node("ReduceMax", [windows, trace.graph.integers([1])], {
    keepdims: 0,
  });
  return fromRows(trace, largest, info.outShape, order);
});

// Of equal values the first in reading order takes the whole gradient, in tfjs and in ArgMax alike.
// In a window without a number above -∞ tfjs gives it to no pixel, and this to the first.
translate("MaxPoolGrad", ({ inputs: { dy, input }, attrs, trace }) => {
  const { graph } = trace;
  const info = poolInfo(input.shape, attrs), order = storedOrder(trace, input);
  const x = asRows(trace, input, order), slope = asRows(trace, dy, order);
  const taps = info.filterHeight * info.filterWidth;
  const winner = graph.node("ArgMax", [gatherWindows(trace, x, info, -Infinity)], { axis: 1 });
  const hit = graph.node("Equal", [winner, graph.integers(range(taps), [taps, 1, 1])]);
  const all = trace.shaped(slope.name, [slope.outer, 1, slope.pixels, slope.inner]);
  const spread = graph.node("Where", [hit, all, trace.scalar(0)]);
  return fromRows(trace, addWindows(trace, spread, x, info), input.shape, order);
});

translate("AvgPool", ({ inputs: { x }, attrs, trace }) => {
  const info = poolInfo(x.shape, attrs), order = storedOrder(trace, x);
  const total = trace.summed(gatherWindows(trace, asRows(trace, x, order), info), [1]);
  const mean = trace.graph.node("Div", [total, pixelCounts(trace, info)]);
  return fromRows(trace, mean, info.outShape, order);
});

/** How many pixels each window really covers, `[outputs, 1]`: padding does not count. */
function pixelCounts(trace: Trace, info: WindowInfo): string {
  const outputs = info.outHeight * info.outWidth;
  const counts = new Float32Array(outputs);
  pixelsUnder(info).forEach((pixel, i) => pixel >= 0 && counts[i % outputs]!++);
  return trace.graph.floats(counts, [outputs, 1]);
}

// As tfjs: the whole filter divides here, although AvgPool divides by the pixels that a window covers.
// So at a padded border the gradient is smaller than the derivative; without padding they agree.
translate("AvgPoolGrad", ({ inputs: { dy, input }, attrs, trace }) => {
  const { graph } = trace;
  const info = poolInfo(input.shape, attrs), order = storedOrder(trace, dy);
  const { name, outer, pixels, inner } = asRows(trace, dy, order);
  const taps = info.filterHeight * info.filterWidth;
  const share = graph.node("Mul", [name, trace.scalar(1 / taps)]);
  const one = trace.shaped(share, [outer, 1, pixels, inner]);
  const spread = graph.node("Expand", [one, graph.integers([outer, taps, pixels, inner])]);
  return fromRows(trace, addWindows(trace, spread, { outer, inner }, info), input.shape, order);
});
