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

import * as tf from "../../deps/tf.ts";
import { type Info, size, type Trace, translate } from "../trace.ts";

type Conv2DInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

// deno-lint-ignore no-explicit-any -- tfjs does not type the attributes of its kernels.
function convInfo(inputShape: number[], filterShape: number[], attrs: any): Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(attrs.dataFormat),
  );
}

// Between tfjs's layouts and [C, H, W, N].
function batchLast(trace: Trace, x: Info, info: Conv2DInfo): string {
  const perm = info.dataFormat === "channelsLast" ? [3, 1, 2, 0] : [1, 2, 3, 0];
  return trace.transpose(trace.name(x), perm);
}

function fromBatchLast(trace: Trace, value: string, shape: number[], info: Conv2DInfo): Info {
  const perm = info.dataFormat === "channelsLast" ? [3, 1, 2, 0] : [3, 0, 1, 2];
  return trace.info(trace.transpose(value, perm), shape, "float32");
}

/** The input pixel under each filter position for each output pixel, or -1 for padding: `[taps][outputs]`. */
function tapPixels(info: Conv2DInfo): Int32Array[] {
  const { padInfo, inHeight, inWidth, outHeight, outWidth } = info;
  const taps: Int32Array[] = [];
  for (let row = 0; row < info.filterHeight; row++) {
    for (let column = 0; column < info.filterWidth; column++) {
      const pixels = new Int32Array(outHeight * outWidth);
      for (let i = 0; i < pixels.length; i++) {
        const y = Math.floor(i / outWidth) * info.strideHeight - padInfo.top +
          row * info.dilationHeight;
        const x = (i % outWidth) * info.strideWidth - padInfo.left + column * info.dilationWidth;
        const inside = y >= 0 && y < inHeight && x >= 0 && x < inWidth;
        pixels[i] = inside ? y * inWidth + x : -1;
      }
      taps.push(pixels);
    }
  }
  return taps;
}

// Rows of `value` [C, R, N] by index along its middle axis; -1 gives zeros.
function gatherRows(
  trace: Trace,
  value: string,
  [channels, rows, batch]: [number, number, number],
  indices: readonly number[],
): string {
  const { graph } = trace;
  if (!indices.includes(-1)) {
    return graph.node("Gather", [value, graph.integers(indices)], { axis: 1 });
  }
  const zeros = graph.constant("float32", [channels, 1, batch], new Float32Array(channels * batch));
  const extended = graph.node("Concat", [value, zeros], { axis: 1 });
  const index = graph.integers(indices.map((i) => i < 0 ? rows : i));
  return graph.node("Gather", [extended, index], { axis: 1 });
}

/** `[C K, P N]`: for each channel and filter position, the input under it at each output. */
function columns(trace: Trace, x: Info, info: Conv2DInfo): string {
  const { inChannels, batchSize: batch } = info;
  const pixels = info.inHeight * info.inWidth, outputs = info.outHeight * info.outWidth;
  const taps = tapPixels(info);
  const flat = trace.graph.node("Reshape", [
    batchLast(trace, x, info),
    trace.graph.integers([inChannels, pixels, batch]),
  ]);
  const gathered = gatherRows(
    trace,
    flat,
    [inChannels, pixels, batch],
    taps.flatMap((t) => [...t]),
  );
  return trace.graph.node("Reshape", [
    gathered,
    trace.graph.integers([inChannels * taps.length, outputs * batch]),
  ]);
}

/** `[O, C K]` from tfjs's `[h, w, C, O]`. */
function filterMatrix(trace: Trace, filter: Info): string {
  const [height, width, input, output] = filter.shape as [number, number, number, number];
  return trace.graph.node("Reshape", [
    trace.transpose(trace.name(filter), [3, 2, 0, 1]),
    trace.graph.integers([output, input * height * width]),
  ]);
}

/** dy as `[O, P N]`. */
function outputMatrix(trace: Trace, dy: Info, info: Conv2DInfo): string {
  const { outChannels } = info;
  return trace.graph.node("Reshape", [
    batchLast(trace, dy, info),
    trace.graph.integers([outChannels, size(dy.shape) / outChannels]),
  ]);
}

translate("Conv2D", ({ inputs: { x, filter }, attrs, trace }) => {
  const info = convInfo(x.shape, filter.shape, attrs);
  const y = trace.graph.node("MatMul", [filterMatrix(trace, filter), columns(trace, x, info)]);
  const shaped = trace.graph.node("Reshape", [
    y,
    trace.graph.integers([info.outChannels, info.outHeight, info.outWidth, info.batchSize]),
  ]);
  return fromBatchLast(trace, shaped, info.outShape, info);
});

translate("Conv2DBackpropFilter", ({ inputs: { x, dy }, attrs, trace }) => {
  const info = convInfo(x.shape, attrs.filterShape, attrs);
  const [height, width, input, output] = attrs.filterShape as [number, number, number, number];
  const product = trace.graph.node("MatMul", [
    columns(trace, x, info),
    trace.transpose(outputMatrix(trace, dy, info), [1, 0]),
  ]);
  const shaped = trace.graph.node("Reshape", [
    product,
    trace.graph.integers([input, height, width, output]),
  ]);
  return trace.info(trace.transpose(shaped, [1, 2, 0, 3]), attrs.filterShape, "float32");
});

// What each input pixel was multiplied into, added up: the columns' gather, backwards.
translate("Conv2DBackpropInput", ({ inputs: { dy, filter }, attrs, trace }) => {
  const info = convInfo(attrs.inputShape, filter.shape, attrs);
  const { inChannels, batchSize: batch } = info;
  const pixels = info.inHeight * info.inWidth;
  const taps = tapPixels(info), outputs = info.outHeight * info.outWidth;
  const uses: number[][] = Array.from({ length: pixels }, () => []);
  taps.forEach((tap, k) =>
    tap.forEach((pixel, p) => pixel >= 0 && uses[pixel]!.push(k * outputs + p))
  );
  const most = Math.max(1, ...uses.map((u) => u.length));
  const indices = Array.from({ length: most }, (_, i) => uses.map((u) => u[i] ?? -1)).flat();

  const { graph } = trace;
  const product = graph.node("MatMul", [
    trace.transpose(filterMatrix(trace, filter), [1, 0]),
    outputMatrix(trace, dy, info),
  ]);
  const rows = taps.length * outputs;
  const flat = graph.node("Reshape", [product, graph.integers([inChannels, rows, batch])]);
  const gathered = graph.node("Reshape", [
    gatherRows(trace, flat, [inChannels, rows, batch], indices),
    graph.integers([inChannels, most, info.inHeight, info.inWidth, batch]),
  ]);
  const dx = graph.node("ReduceSum", [gathered, graph.integers([1])], { keepdims: 0 });
  return fromBatchLast(trace, dx, attrs.inputShape, info);
});
