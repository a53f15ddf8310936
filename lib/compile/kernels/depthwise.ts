/**
 * Translations of depthwise convolution and its two gradients: each channel has
 * filters of its own, so products and sums over windows take the place of a
 * matrix product. Windows are `[N, taps, outputs, C, M]`, M filters a channel.
 *
 * @module
 */

import * as tf from "../../deps/tf.ts";
import { addWindows, asRows, gatherWindows, type WindowInfo } from "./windows.ts";
import { type Info, type Trace, translate } from "../trace.ts";

// deno-lint-ignore no-explicit-any -- tfjs does not type the attributes of its kernels.
function depthwiseInfo(inputShape: number[], filterShape: number[], attrs: any): WindowInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    true,
  );
}

const channelsLast = [0, 1, 2, 3];

/** The input under the windows, `[N, taps, outputs, C, 1]`. */
function inputWindows(trace: Trace, x: Info, info: WindowInfo): string {
  const taps = info.filterHeight * info.filterWidth, outputs = info.outHeight * info.outWidth;
  return trace.graph.node("Reshape", [
    gatherWindows(trace, asRows(trace, x, channelsLast), info),
    trace.graph.integers([info.batchSize, taps, outputs, info.inChannels, 1]),
  ]);
}

/** The filter as `[taps, 1, C, M]`, from tfjs's `[h, w, C, M]`. */
function filterTaps(trace: Trace, filter: Info): string {
  const [height, width, input, each] = filter.shape as [number, number, number, number];
  return trace.reshape(trace.name(filter), filter.shape, [height * width, 1, input, each]);
}

/** dy as `[N, 1, outputs, C, M]`. */
function outputSlope(trace: Trace, dy: Info, info: WindowInfo): string {
  const { batchSize, outHeight, outWidth, inChannels, outChannels } = info;
  const dims = [batchSize, 1, outHeight * outWidth, inChannels, outChannels / inChannels];
  return trace.reshape(trace.name(dy), dy.shape, dims);
}

translate("DepthwiseConv2dNative", ({ inputs: { x, filter }, attrs, trace }) => {
  const { graph } = trace;
  const info = depthwiseInfo(x.shape, filter.shape, attrs);
  const products = graph.node("Mul", [inputWindows(trace, x, info), filterTaps(trace, filter)]);
  const sums = graph.node("ReduceSum", [products, graph.integers([1])], { keepdims: 0 });
  const y = graph.node("Reshape", [sums, graph.integers(info.outShape)]);
  return trace.info(y, info.outShape, "float32");
});

translate("DepthwiseConv2dNativeBackpropFilter", ({ inputs: { x, dy }, attrs, trace }) => {
  const { graph } = trace;
  const info = depthwiseInfo(x.shape, attrs.filterShape, attrs);
  const products = graph.node("Mul", [
    inputWindows(trace, x, info),
    outputSlope(trace, dy, info),
  ]);
  const sums = graph.node("ReduceSum", [products, graph.integers([0, 2])], { keepdims: 0 });
  const slope = graph.node("Reshape", [sums, graph.integers(attrs.filterShape)]);
  return trace.info(slope, attrs.filterShape, "float32");
});

translate("DepthwiseConv2dNativeBackpropInput", ({ inputs: { dy, filter }, attrs, trace }) => {
  const { graph } = trace;
  const info = depthwiseInfo(attrs.inputShape, filter.shape, attrs);
  const products = graph.node("Mul", [
    outputSlope(trace, dy, info),
    filterTaps(trace, filter),
  ]);
  const windows = graph.node("ReduceSum", [products, graph.integers([4])], { keepdims: 0 });
  const rows = { outer: info.batchSize, inner: info.inChannels };
  const slope = graph.node("Reshape", [
    addWindows(trace, windows, rows, info),
    graph.integers(attrs.inputShape),
  ]);
  return trace.info(slope, attrs.inputShape, "float32");
});
