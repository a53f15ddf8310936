/**
 * Translations of two-dimensional convolution and its two gradients, as matrix
 * products with the batch as the innermost axis.
 *
 * ONNX has a convolution and a transposed one, but no gradient of the filter,
 * and in training the columns that a convolution multiplies are needed twice.
 * So the columns are made here, as a gather of whole batches: [C, H, W, N] is
 * the layout in which one pixel of all samples is contiguous. The element-wise
 * operations between two convolutions keep that layout.
 *
 * @module
 */

import { type Info, size, type Trace, translate } from "../trace.ts";
import {
  addWindows,
  asRows,
  convInfo,
  fromRows,
  gatherWindows,
  range,
  type WindowInfo,
} from "./windows.ts";

// From [C, H, W, N] to [N, H, W, C].
const batchInnermost = [3, 1, 2, 0];

// An image tensor as [N, H, W, C], whichever of the two formats tfjs was given.
function channelsLast(trace: Trace, x: Info, { dataFormat }: WindowInfo): Info {
  if (dataFormat === "channelsLast") return x;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  return trace.info(trace.transpose(trace.name(x), [0, 2, 3, 1]), [n, h, w, c], x.dtype);
}

// A [C, H, W, N] value as a tensor of `shape` in tfjs's format.
function fromRowsOf(trace: Trace, name: string, shape: number[], { dataFormat }: WindowInfo): Info {
  if (dataFormat === "channelsLast") return fromRows(trace, name, shape, batchInnermost);
  const [n, c, h, w] = shape as [number, number, number, number];
  const last = fromRows(trace, name, [n, h, w, c], batchInnermost);
  return trace.info(trace.transpose(trace.name(last), [0, 3, 1, 2]), shape, "float32");
}

/** `[C K, P N]`: for each channel and filter position, the input under it at each output. */
function columns(trace: Trace, x: Info, info: WindowInfo): string {
  const rows = asRows(trace, channelsLast(trace, x, info), batchInnermost);
  const taps = info.filterHeight * info.filterWidth;
  const outputs = info.outHeight * info.outWidth;
  const windows = gatherWindows(trace, rows, info);
  return trace.shaped(windows, [info.inChannels * taps, outputs * info.batchSize]);
}

/** `[C K, O]` from tfjs's `[h, w, C, O]`. */
function filterMatrix(trace: Trace, filter: Info): string {
  const [height, width, input, output] = filter.shape as [number, number, number, number];
  const taps = height * width;
  const byTap = trace.reshape(trace.name(filter), filter.shape, [taps, input, output]);
  return trace.shaped(trace.transpose(byTap, [1, 0, 2]), [input * taps, output]);
}

/** dy as `[O, P N]`. */
function outputMatrix(trace: Trace, dy: Info, info: WindowInfo): string {
  const { name } = asRows(trace, channelsLast(trace, dy, info), batchInnermost);
  return trace.shaped(name, [info.outChannels, size(dy.shape) / info.outChannels]);
}

/** The sizes of `info` as one attribute, for executors that have convolutions of their own. */
function windowsOf(info: WindowInfo): { windows: readonly number[] } {
  const { top, left } = info.padInfo;
  return {
    windows: [
      ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels],
      ...[info.outHeight, info.outWidth, info.outChannels],
      ...[info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth],
      ...[info.dilationHeight, info.dilationWidth, top, left],
    ],
  };
}

/** One node of its own for a convolution or a gradient of it, its images `[N, H, W, C]`. */
function keptWhole(
  trace: Trace,
  kernel: string,
  { operands, info }: { readonly operands: readonly [Info, Info]; readonly info: WindowInfo },
  shape: number[],
): Info {
  const names = operands.map((x) => trace.name(x));
  const result = trace.graph.node(kernel, names, windowsOf(info));
  const isImage = kernel !== "Conv2DBackpropFilter";
  if (!isImage || info.dataFormat === "channelsLast") return trace.info(result, shape, "float32");
  return trace.info(trace.transpose(result, [0, 3, 1, 2]), shape, "float32");
}

translate("Conv2D", ({ inputs: { x, filter }, attrs, trace }) => {
  const info = convInfo(x.shape, filter.shape, attrs);
  if (trace.keepsConvolutions) {
    const operands = [channelsLast(trace, x, info), filter] as const;
    return keptWhole(trace, "Conv2D", { operands, info }, info.outShape);
  }
  const y = trace.graph.node("MatMul", [
    trace.transpose(filterMatrix(trace, filter), [1, 0]),
    columns(trace, x, info),
  ]);
  return fromRowsOf(trace, y, info.outShape, info);
});

translate("Conv2DBackpropFilter", ({ inputs: { x, dy }, attrs, trace }) => {
  const info = convInfo(x.shape, attrs.filterShape, attrs);
  if (trace.keepsConvolutions) {
    const operands = [channelsLast(trace, x, info), channelsLast(trace, dy, info)] as const;
    return keptWhole(trace, "Conv2DBackpropFilter", { operands, info }, attrs.filterShape);
  }
  const [height, width, input, output] = attrs.filterShape as [number, number, number, number];
  const product = trace.graph.node("MatMul", [
    columns(trace, x, info),
    trace.transpose(outputMatrix(trace, dy, info), [1, 0]),
  ]);
  const shaped = trace.shaped(product, [input, height, width, output]);
  return trace.info(trace.transpose(shaped, [1, 2, 0, 3]), attrs.filterShape, "float32");
});

translate("Conv2DBackpropInput", ({ inputs: { dy, filter }, attrs, trace }) => {
  const info = convInfo(attrs.inputShape, filter.shape, attrs);
  if (trace.keepsConvolutions) {
    const operands = [channelsLast(trace, dy, info), filter] as const;
    return keptWhole(trace, "Conv2DBackpropInput", { operands, info }, attrs.inputShape);
  }
  const dx = gathersSlopes(info)
    ? trace.graph.node("MatMul", [
      turnedMatrix(trace, filter),
      columns(trace, dy, slopesUnder(info)),
    ])
    : addedColumns(trace, { dy, filter }, info);
  return fromRowsOf(trace, dx, attrs.inputShape, info);
});

/** What each input pixel was multiplied into, added up: the columns' gather, backwards. */
function addedColumns(
  trace: Trace,
  { dy, filter }: { readonly dy: Info; readonly filter: Info },
  info: WindowInfo,
): string {
  const product = trace.graph.node("MatMul", [
    filterMatrix(trace, filter),
    outputMatrix(trace, dy, info),
  ]);
  return addWindows(trace, product, { outer: info.inChannels, inner: info.batchSize }, info);
}

// Without strides the sum is a convolution of dy by the filter turned by 180°. Its columns hold the
// K slopes of each output channel, where adding up copies the K products of each input channel twice.
function gathersSlopes({ strideHeight, strideWidth, inChannels, outChannels }: WindowInfo) {
  return strideHeight === 1 && strideWidth === 1 && outChannels <= inChannels;
}

/** The windows over dy, of which each has all outputs that an input pixel had a part in. */
function slopesUnder(info: WindowInfo): WindowInfo {
  const { top, left } = info.padInfo;
  return {
    ...info,
    inHeight: info.outHeight,
    inWidth: info.outWidth,
    inChannels: info.outChannels,
    outHeight: info.inHeight,
    outWidth: info.inWidth,
    padInfo: {
      ...info.padInfo,
      top: info.effectiveFilterHeight - 1 - top,
      left: info.effectiveFilterWidth - 1 - left,
    },
  };
}

/** `[C, O K]` from tfjs's `[h, w, C, O]`, each filter turned by 180°. */
function turnedMatrix(trace: Trace, filter: Info): string {
  const [height, width, input, output] = filter.shape as [number, number, number, number];
  const taps = height * width;
  const named = trace.reshape(trace.name(filter), filter.shape, [taps, input, output]);
  const backwards = trace.graph.integers(range(taps).reverse());
  const turned = trace.graph.node("Gather", [named, backwards], { axis: 0 });
  return trace.shaped(trace.transpose(turned, [1, 2, 0]), [input, output * taps]);
}
