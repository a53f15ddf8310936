/** Translations of kernels that move elements without changing them. @module */

import * as tf from "../../deps/tf.ts";
import { elementwise } from "./elementwise.ts";
import { type DType, type Info, size, type Trace, translate } from "../trace.ts";

translate("Identity", ({ inputs: { x }, trace }) => trace.info(trace.name(x), x.shape, x.dtype));

/** A tensor with another shape of the same size. */
export function reshape(trace: Trace, x: Info, shape: readonly number[]): Info {
  const fill = trace.fillOf(x);
  if (fill !== undefined) return trace.filled(fill, shape, x.dtype);
  return trace.info(trace.reshape(trace.name(x), x.shape, shape), shape, x.dtype);
}

translate(
  "Reshape",
  ({ inputs: { x }, attrs: { shape }, trace }) =>
    reshape(trace, x, tf.util.inferFromImplicitShape(shape, size(x.shape))),
);

translate("ExpandDims", ({ inputs: { input }, attrs: { dim }, trace }) => {
  const shape = [...input.shape];
  shape.splice(dim < 0 ? shape.length + dim + 1 : dim, 0, 1);
  return reshape(trace, input, shape);
});

/** A tensor with its axes in the order `perm`. */
export function transpose(trace: Trace, x: Info, perm: readonly number[]): Info {
  const shape = perm.map((axis) => x.shape[axis]!);
  return trace.info(trace.transpose(trace.name(x), perm), shape, x.dtype);
}

translate("Transpose", ({ inputs: { x }, attrs: { perm }, trace }) => transpose(trace, x, perm));

translate("Concat", ({ inputs, attrs: { axis }, trace }) => {
  const parts = (Object.values(inputs) as Info[]).filter((part) => size(part.shape) > 0);
  return concat(trace, parts, tf.util.parseAxisParam(axis, parts[0]!.shape)[0]!);
});

/** Tensors joined along one axis. */
export function concat(trace: Trace, parts: readonly Info[], axis: number): Info {
  const first = parts[0]!;
  const shape = first.shape.map((d, i) =>
    i === axis ? parts.reduce((sum, p) => sum + p.shape[i]!, 0) : d
  );
  if (parts.length === 1) return trace.info(trace.name(first), shape, first.dtype);
  const joined = trace.graph.node("Concat", parts.map((p) => trace.name(p)), { axis });
  return trace.info(joined, shape, first.dtype);
}

translate("Pack", ({ inputs, attrs: { axis }, trace }) => {
  const parts = Object.values(inputs) as Info[];
  const at = axis < 0 ? axis + parts[0]!.shape.length + 1 : axis;
  return concat(trace, parts.map((p) => reshape(trace, p, p.shape.toSpliced(at, 0, 1))), at);
});

/** The box of `size` elements that starts at `begin`, every `strides`-th element of it. */
export function slice(
  trace: Trace,
  x: Info,
  { begin, end, strides }: {
    begin: readonly number[];
    end: readonly number[];
    strides?: readonly number[];
  },
): Info {
  const steps = strides ?? begin.map(() => 1);
  const shape = begin.map((b, i) => Math.max(0, Math.ceil((end[i]! - b) / steps[i]!)));
  const axes = begin.map((_, i) => i).filter((i) =>
    begin[i] !== 0 || end[i] !== x.shape[i] || steps[i] !== 1
  );
  if (axes.length === 0) return trace.info(trace.name(x), shape, x.dtype);
  // A step backwards may end before index 0, which ONNX writes as a number below -size.
  const ends = end.map((e) => e < 0 ? -(2 ** 31) : e);
  const pick = (values: readonly number[]) => trace.graph.integers(axes.map((i) => values[i]!));
  const result = trace.graph.node("Slice", [
    trace.name(x),
    pick(begin),
    pick(ends),
    trace.graph.integers(axes),
    pick(steps),
  ]);
  return trace.info(result, shape, x.dtype);
}

translate("Slice", ({ inputs: { x }, attrs, trace }) => {
  // A single number, or a list shorter than the shape, stands for the first axes.
  const [begin, sizes] = tf.slice_util.parseSliceParams(x, attrs.begin, attrs.size);
  return slice(trace, x, { begin: begin!, end: begin!.map((start, i) => start + sizes![i]!) });
});

translate("StridedSlice", ({ inputs: { x }, attrs, trace }) => {
  const { begin, end, strides, finalShape } = tf.slice_util.sliceInfo(
    x.shape,
    attrs.begin,
    attrs.end,
    attrs.strides,
    attrs.beginMask,
    attrs.endMask,
    attrs.ellipsisMask,
    attrs.newAxisMask,
    attrs.shrinkAxisMask,
  );
  return reshape(trace, slice(trace, x, { begin, end, strides }), finalShape);
});

translate("SplitV", ({ inputs: { x }, attrs: { numOrSizeSplits, axis }, trace }) => {
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const sizes: number[] = tf.backend_util.prepareSplitSize(x, numOrSizeSplits, at);
  return cut(trace, x, at, sizes);
});

translate("Unpack", ({ inputs: { value }, attrs: { axis }, trace }) => {
  const at = axis < 0 ? axis + value.shape.length : axis;
  const parts = cut(trace, value, at, Array(value.shape[at]).fill(1));
  return parts.map((part) => reshape(trace, part, value.shape.toSpliced(at, 1)));
});

function cut(trace: Trace, x: Info, axis: number, sizes: readonly number[]): Info[] {
  let start = 0;
  return sizes.map((length) => {
    const begin = x.shape.map((_, i) => i === axis ? start : 0);
    const end = x.shape.map((d, i) => i === axis ? start + length : d);
    start += length;
    return slice(trace, x, { begin, end });
  });
}

/** A tensor with `paddings[axis]` elements of one value before and after it on each axis. */
export function pad(
  trace: Trace,
  x: Info,
  paddings: readonly (readonly [number, number])[],
  value = 0,
): Info {
  const shape = x.shape.map((d, i) => d + paddings[i]![0] + paddings[i]![1]);
  const padded = trace.graph.node("Pad", [
    trace.name(x),
    trace.graph.integers([...paddings.map((p) => p[0]), ...paddings.map((p) => p[1])]),
    trace.scalar(value, x.dtype),
  ]);
  return trace.info(padded, shape, x.dtype);
}

translate(
  "PadV2",
  ({ inputs: { x }, attrs: { paddings, constantValue }, trace }) =>
    pad(trace, x, paddings, constantValue),
);

translate("Tile", ({ inputs: { x }, attrs: { reps }, trace }) => {
  const shape = x.shape.map((d: number, i: number) => d * reps[i]);
  const fill = trace.fillOf(x);
  if (fill !== undefined) return trace.filled(fill, shape, x.dtype);
  const tiled = trace.graph.node("Tile", [trace.name(x), trace.graph.integers(reps)]);
  return trace.info(tiled, shape, x.dtype);
});

translate("Reverse", ({ inputs: { x }, attrs: { dims }, trace }) => {
  const axes = tf.util.parseAxisParam(dims, x.shape);
  const reversed = trace.graph.node("Slice", [
    trace.name(x),
    trace.graph.integers(axes.map(() => -1)),
    trace.graph.integers(axes.map(() => -(2 ** 31))),
    trace.graph.integers(axes),
    trace.graph.integers(axes.map(() => -1)),
  ]);
  return trace.info(reversed, x.shape, x.dtype);
});

/** 1 at each index, else 0; by comparison, since ONNX Runtime's OneHot takes no 32-bit indices. */
export function oneHot(
  trace: Trace,
  indices: Info,
  depth: number,
  [off, on]: [number, number],
  dtype: DType,
): Info {
  const classes = trace.constant([...Array(depth).keys()], [depth], indices.dtype);
  const column = reshape(trace, indices, [...indices.shape, 1]);
  const hit = elementwise(trace, "Equal", [column, classes], "bool");
  return elementwise(trace, "Where", [hit, on, off], dtype);
}

translate(
  "OneHot",
  ({ inputs: { indices }, attrs: { depth, onValue, offValue, dtype }, trace }) =>
    oneHot(trace, indices, depth, [offValue, onValue], dtype),
);

translate(
  "Fill",
  ({ attrs: { shape, value, dtype }, trace }) => trace.filled(value, shape, dtype ?? "float32"),
);

translate("ZerosLike", ({ inputs: { x }, trace }) => trace.filled(0, x.shape, x.dtype));

translate("OnesLike", ({ inputs: { x }, trace }) => trace.filled(1, x.shape, x.dtype));

translate("Range", ({ attrs: { start, stop, step, dtype }, trace }) => {
  // tfjs counts down by itself where no step was given.
  const by = stop < start && step === 1 ? -1 : step;
  const length = Math.max(0, Math.ceil((stop - start) / by));
  const values = Array.from({ length }, (_, i) => start + i * by);
  return trace.constant(values, [length], dtype);
});

translate("LinSpace", ({ attrs: { start, stop, num }, trace }) => {
  const step = num > 1 ? (stop - start) / (num - 1) : 0;
  return trace.constant(Array.from({ length: num }, (_, i) => start + i * step), [num], "float32");
});
