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

translate(
  "Transpose",
  ({ inputs: { x }, attrs: { perm }, trace }) =>
    trace.info(
      trace.transpose(trace.name(x), perm),
      perm.map((axis: number) => x.shape[axis]),
      x.dtype,
    ),
);

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
  return trace.info(
    trace.graph.node("Concat", parts.map((p) => trace.name(p)), { axis }),
    shape,
    first.dtype,
  );
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
  const shape = begin.map((b, i) => Math.ceil((end[i]! - b) / steps[i]!));
  const axes = begin.map((_, i) => i).filter((i) =>
    begin[i] !== 0 || end[i] !== x.shape[i] || steps[i] !== 1
  );
  if (axes.length === 0) return trace.info(trace.name(x), shape, x.dtype);
  const pick = (values: readonly number[]) => trace.graph.integers(axes.map((i) => values[i]!));
  const result = trace.graph.node("Slice", [
    trace.name(x),
    pick(begin),
    pick(end),
    trace.graph.integers(axes),
    pick(steps),
  ]);
  return trace.info(result, shape, x.dtype);
}

translate("Slice", ({ inputs: { x }, attrs: { begin, size: sizes }, trace }) => {
  const end = x.shape.map((d: number, i: number) => sizes[i] < 0 ? d : begin[i] + sizes[i]);
  return slice(trace, x, { begin, end });
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

translate("PadV2", ({ inputs: { x }, attrs: { paddings, constantValue }, trace }) => {
  const before = paddings.map((p: number[]) => p[0]!), after = paddings.map((p: number[]) => p[1]!);
  const shape = x.shape.map((d: number, i: number) => d + before[i] + after[i]);
  const padded = trace.graph.node("Pad", [
    trace.name(x),
    trace.graph.integers([...before, ...after]),
    trace.scalar(constantValue, x.dtype),
  ]);
  return trace.info(padded, shape, x.dtype);
});

translate("Tile", ({ inputs: { x }, attrs: { reps }, trace }) => {
  const shape = x.shape.map((d: number, i: number) => d * reps[i]);
  const fill = trace.fillOf(x);
  if (fill !== undefined) return trace.filled(fill, shape, x.dtype);
  return trace.info(
    trace.graph.node("Tile", [trace.name(x), trace.graph.integers(reps)]),
    shape,
    x.dtype,
  );
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

translate("GatherV2", ({ inputs: { x, indices }, attrs: { axis, batchDims }, trace }) => {
  if (batchDims) throw new Error(`Cannot compile gather: expected batchDims 0, got ${batchDims}`);
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const shape = [...x.shape.slice(0, at), ...indices.shape, ...x.shape.slice(at + 1)];
  const result = trace.graph.node("Gather", [trace.name(x), trace.name(indices)], { axis: at });
  return trace.info(result, shape, x.dtype);
});

// Gradient of gather: rows of x added up by segment, as a product with the one-hot segment matrix.
translate("UnsortedSegmentSum", ({ inputs: { x, segmentIds }, attrs: { numSegments }, trace }) => {
  const rows = size(segmentIds.shape);
  const width = size(x.shape) / rows;
  const hot = oneHot(trace, reshape(trace, segmentIds, [rows]), numSegments, [0, 1], "float32");
  const product = trace.graph.node("MatMul", [
    trace.transpose(trace.name(hot), [1, 0]),
    trace.reshape(trace.name(x), x.shape, [rows, width]),
  ]);
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
  return trace.info(trace.reshape(product, [numSegments, width], shape), shape, "float32");
});

// By comparison: ONNX Runtime's own OneHot has no version for 32-bit indices.
function oneHot(
  trace: Trace,
  indices: Info,
  depth: number,
  [off, on]: [number, number],
  dtype: DType,
): Info {
  const classes = trace.constant(
    Array.from({ length: depth }, (_, i) => i),
    [depth],
    indices.dtype,
  );
  const column = reshape(trace, indices, [...indices.shape, 1]);
  const hit = elementwise(trace, "Equal", [column, classes], "bool");
  const values = [on, off].map((value) => trace.filled(value, [], dtype));
  return elementwise(trace, "Where", [hit, ...values], dtype);
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
  const length = Math.max(0, Math.ceil((stop - start) / step));
  const values = Array.from({ length }, (_, i) => start + i * step);
  return trace.constant(values, [length], dtype);
});
