/**
 * Translations of depthwise convolution and its two gradients: each channel has
 * filters of its own, so products and sums over windows take the place of a
 * matrix product. Windows are `[N, taps, outputs, C, M]`, M filters a channel.
 *
 * @module
 */

import { addWindows, asRows, convInfo, gatherWindows, type WindowInfo } from "./windows.ts";
import { type Info, type Trace, translate } from "../trace.ts";

const channelsLast = [0, 1, 2, 3];

/** The input under the windows, `[N, taps, outputs, C, 1]`. */
function inputWindows(trace: Trace, x: Info, info: WindowInfo): string {
  const taps = info.filterHeight * info.filterWidth, outputs = info.outHeight * info.outWidth;
  const windows = gatherWindows(trace, asRows(trace, x, channelsLast), info);
  return trace.shaped(windows, [info.batchSize, taps, outputs, info.inChannels, 1]);
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
  const info = convInfo(x.shape, filter.shape, attrs, true);
  const factors = [inputWindows(trace, x, info), filterTaps(trace, filter)];
  const y = trace.summed(trace.graph.node("Mul", factors), [1]);
  return trace.info(trace.shaped(y, info.outShape), info.outShape, "float32");
});

translate("DepthwiseConv2dNativeBackpropFilter", ({ inputs: { x, dy }, attrs, trace }) => {
  const info = convInfo(x.shape, attrs.filterShape, attrs, true);
  const factors = [inputWindows(trace, x, info), outputSlope(trace, dy, info)];
  const slope = trace.summed(trace.graph.node("Mul", factors), [0, 2]);
  return trace.info(trace.shaped(slope, attrs.filterShape), attrs.filterShape, "float32");
});

translate("DepthwiseConv2dNativeBackpropInput", ({ inputs: { dy, filter }, attrs, trace }) => {
  const info = convInfo(attrs.inputShape, filter.shape, attrs, true);
  const factors = [outputSlope(trace, dy, info), filterTaps(trace, filter)];
  const windows = trace.summed(trace.graph.node("Mul", factors), [4]);
  const rows = { outer: info.batchSize, inner: info.inChannels };
  const slope = trace.shaped(addWindows(trace, windows, rows, info), attrs.inputShape);
  return trace.info(slope, attrs.inputShape, "float32");
});
