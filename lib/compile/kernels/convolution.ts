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

/** `[O, C K]` from tfjs's `[h, w, C, O]`. */
function filterMatrix(trace: Trace, filter: Info): string {
  const [height, width, input, output] = filter.shape as [number, number, number, number];
  const outputFirst = trace.transpose(trace.name(filter), [3, 2, 0, 1]);
  return trace.shaped(outputFirst, [output, input * height * width]);
}

/** dy as `[O, P N]`. */
function outputMatrix(trace: Trace, dy: Info, info: WindowInfo): string {
  const { name } = asRows(trace, channelsLast(trace, dy, info), batchInnermost);
  return trace.shaped(name, [info.outChannels, size(dy.shape) / info.outChannels]);
}

translate("Conv2D", ({ inputs: { x, filter }, attrs, trace }) => {
  const info = convInfo(x.shape, filter.shape, attrs);
  const y = trace.graph.node("MatMul", [filterMatrix(trace, filter), columns(trace, x, info)]);
  return fromRowsOf(trace, y, info.outShape, info);
});

translate("Conv2DBackpropFilter", ({ inputs: { x, dy }, attrs, trace }) => {
  const info = convInfo(x.shape, attrs.filterShape, attrs);
  const [height, width, input, output] = attrs.filterShape as [number, number, number, number];
  const product = trace.graph.node("MatMul", [
    columns(trace, x, info),
    trace.transpose(outputMatrix(trace, dy, info), [1, 0]),
  ]);
  const shaped = trace.shaped(product, [input, height, width, output]);
  return trace.info(trace.transpose(shaped, [1, 2, 0, 3]), attrs.filterShape, "float32");
});

// What each input pixel was multiplied into, added up: the columns' gather, backwards.
translate("Conv2DBackpropInput", ({ inputs: { dy, filter }, attrs, trace }) => {
  const info = convInfo(attrs.inputShape, filter.shape, attrs);
  const product = trace.graph.node("MatMul", [
    trace.transpose(filterMatrix(trace, filter), [1, 0]),
    outputMatrix(trace, dy, info),
  ]);
  const dx = addWindows(trace, product, { outer: info.inChannels, inner: info.batchSize }, info);
  return fromRowsOf(trace, dx, attrs.inputShape, info);
});
