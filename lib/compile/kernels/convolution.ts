/** Translations of two-dimensional convolution and its two gradients. @module */

import * as tf from "../../deps/tf.ts";
import { type Info, type Trace, translate } from "../trace.ts";
import { concat, reshape, slice } from "./shape.ts";
import { reduce } from "./reduction.ts";

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

const pads = ({ padInfo: p }: Conv2DInfo): number[] => [p.top, p.left, p.bottom, p.right];
const strides = (info: Conv2DInfo): number[] => [info.strideHeight, info.strideWidth];
const dilations = (info: Conv2DInfo): number[] => [info.dilationHeight, info.dilationWidth];
const kernelShape = (info: Conv2DInfo): number[] => [info.filterHeight, info.filterWidth];

// ONNX wants [N, C, H, W] and filters [out, in, h, w]; tfjs has [N, H, W, C] by default and filters [h, w, in, out].
function channelsFirst(trace: Trace, x: Info, info: Conv2DInfo): string {
  const name = trace.name(x);
  return info.dataFormat === "channelsLast" ? trace.transpose(name, [0, 3, 1, 2]) : name;
}

function fromChannelsFirst(trace: Trace, name: string, shape: number[], info: Conv2DInfo): Info {
  const value = info.dataFormat === "channelsLast" ? trace.transpose(name, [0, 2, 3, 1]) : name;
  return trace.info(value, shape, "float32");
}

translate("Conv2D", ({ inputs: { x, filter }, attrs, trace }) => {
  const info = convInfo(x.shape, filter.shape, attrs);
  const y = trace.graph.node("Conv", [
    channelsFirst(trace, x, info),
    trace.transpose(trace.name(filter), [3, 2, 0, 1]),
  ], {
    kernel_shape: kernelShape(info),
    pads: pads(info),
    strides: strides(info),
    dilations: dilations(info),
  });
  return fromChannelsFirst(trace, y, info.outShape, info);
});

translate("Conv2DBackpropInput", ({ inputs: { dy, filter }, attrs, trace }) => {
  const info = convInfo(attrs.inputShape, filter.shape, attrs);
  // What the strides skipped at the end of each axis has to be added to the transposed convolution's output.
  const rest = (input: number, output: number, stride: number, filter: number, padding: number) =>
    input - ((output - 1) * stride + filter - padding);
  const { padInfo: p } = info;
  const dx = trace.graph.node("ConvTranspose", [
    channelsFirst(trace, dy, info),
    trace.transpose(trace.name(filter), [3, 2, 0, 1]),
  ], {
    kernel_shape: kernelShape(info),
    pads: pads(info),
    strides: strides(info),
    output_padding: [
      rest(info.inHeight, info.outHeight, info.strideHeight, info.filterHeight, p.top + p.bottom),
      rest(info.inWidth, info.outWidth, info.strideWidth, info.filterWidth, p.left + p.right),
    ],
  });
  return fromChannelsFirst(trace, dx, attrs.inputShape, info);
});

/*
 * The gradient of the filter as matrix products: with x_k the input shifted to
 * filter position k (a strided slice), dW_k = Σ_n x_k,n · dy_nᵀ over [C, P] and
 * [O, P], P the output positions.
 */
translate("Conv2DBackpropFilter", ({ inputs: { x, dy }, attrs, trace }) => {
  const info = convInfo(x.shape, attrs.filterShape, attrs);
  const { batchSize: n, inChannels, outChannels, outHeight, outWidth, padInfo: p } = info;
  const padded = trace.graph.node("Pad", [
    channelsFirst(trace, x, info),
    trace.graph.integers([0, 0, p.top, p.left, 0, 0, p.bottom, p.right]),
  ]);
  const input = trace.info(padded, [
    n,
    inChannels,
    info.inHeight + p.top + p.bottom,
    info.inWidth + p.left + p.right,
  ], "float32");
  const positions = outHeight * outWidth;
  const columns: Info[] = [];
  for (let row = 0; row < info.filterHeight; row++) {
    for (let column = 0; column < info.filterWidth; column++) {
      const shifted = slice(trace, input, {
        begin: [0, 0, row, column],
        end: [
          n,
          inChannels,
          row + (outHeight - 1) * info.strideHeight + 1,
          column + (outWidth - 1) * info.strideWidth + 1,
        ],
        strides: [1, 1, info.strideHeight, info.strideWidth],
      });
      columns.push(reshape(trace, shifted, [n, inChannels, positions]));
    }
  }
  const gradient = trace.reshape(
    channelsFirst(trace, dy, info),
    [n, outChannels, outHeight, outWidth],
    [n, outChannels, positions],
  );
  const products = trace.graph.node("MatMul", [
    trace.name(concat(trace, columns, 1)),
    trace.transpose(gradient, [0, 2, 1]),
  ]);
  const taps = columns.length * inChannels;
  const summed = reduce(
    trace,
    "ReduceSum",
    trace.info(products, [n, taps, outChannels], "float32"),
    [0],
    false,
  );
  return reshape(trace, summed, attrs.filterShape);
});
