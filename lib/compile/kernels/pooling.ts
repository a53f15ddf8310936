/** Translations of maximum and average pooling of images and of their gradients. @module */

import * as tf from "../../deps/tf.ts";
import {
  addWindows,
  asRows,
  fromRows,
  gatherWindows,
  pixelsUnder,
  range,
  type Rows,
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
  if (halves(info)) {
    return fromRows(trace, quarters(trace, asRows(trace, x, order), info).y, info.outShape, order);
  }
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
  if (halves(info)) {
    const dx = quartersBack(trace, quarters(trace, x, info), slope, info);
    return fromRows(trace, dx, input.shape, order);
  }
  const taps = info.filterHeight * info.filterWidth;
  const winner = graph.node("ArgMax", [gatherWindows(trace, x, info, -Infinity)], { axis: 1 });
  const hit = graph.node("Equal", [winner, graph.integers(range(taps), [taps, 1, 1])]);
  const all = trace.shaped(slope.name, [slope.outer, 1, slope.pixels, slope.inner]);
  const spread = graph.node("Where", [hit, all, trace.scalar(0)]);
  return fromRows(trace, addWindows(trace, spread, x, info), input.shape, order);
});

/** Whether windows are squares of four pixels that share none and leave none out. */
function halves({ filterHeight, filterWidth, strideHeight, strideWidth, ...info }: WindowInfo) {
  return [filterHeight, filterWidth, strideHeight, strideWidth].every((n) => n === 2) &&
    2 * info.outHeight === info.inHeight && 2 * info.outWidth === info.inWidth;
}

/** A value `[k, 2, n]` as its two halves `[k, 1, n]`. */
function pairOf(trace: Trace, value: string, shape: readonly [number, 2, number]) {
  const { graph } = trace;
  const whole = trace.shaped(value, shape);
  const half = (at: number) =>
    graph.node("Slice", [whole, ...[[at], [at + 1], [1]].map((of) => graph.integers(of))]);
  return [half(0), half(1)] as const;
}

/** The larger of neighbours in a row, then of rows: a gather of windows would copy all of them. */
function quarters(trace: Trace, { name, outer, inner }: Rows, info: WindowInfo) {
  const { inHeight, outHeight, outWidth } = info;
  const larger = (pair: readonly [string, string]) => trace.graph.node("Max", [...pair]);
  const columns = pairOf(trace, name, [outer * inHeight * outWidth, 2, inner]);
  const rows = pairOf(trace, larger(columns), [outer * outHeight, 2, outWidth * inner]);
  return { columns, rows, y: larger(rows) };
}

/** Each slope where the largest of its window was: first to one of two rows, then to a pixel of it. */
function quartersBack(
  trace: Trace,
  { columns, rows }: ReturnType<typeof quarters>,
  { name, outer, inner }: Rows,
  { inHeight, outHeight, outWidth }: WindowInfo,
): string {
  const { graph } = trace;
  const divide = (slope: string, [first, second]: readonly [string, string]) => {
    const isFirst = graph.node("GreaterOrEqual", [first, second]);
    const taken = graph.node("Mul", [slope, graph.node("Cast", [isFirst], { to: 1 })]);
    return graph.node("Concat", [taken, graph.node("Sub", [slope, taken])], { axis: 1 });
  };
  const perRow = divide(trace.shaped(name, [outer * outHeight, 1, outWidth * inner]), rows);
  return divide(trace.shaped(perRow, [outer * inHeight * outWidth, 1, inner]), columns);
}

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
