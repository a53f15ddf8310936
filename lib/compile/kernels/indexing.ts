/** Translations of kernels that read or write elements at indices. @module */

import * as tf from "../../deps/tf.ts";
import { onnxTypes } from "../onnx.ts";
import { asFloat, elementwise } from "./elementwise.ts";
import { oneHot, reshape, slice } from "./shape.ts";
import { type DType, type Info, size, type Trace, translate } from "../trace.ts";

translate("GatherV2", ({ inputs: { x, indices }, attrs: { axis, batchDims = 0 }, trace }) => {
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const after = indices.shape.slice(batchDims);
  const shape = [...x.shape.slice(0, at), ...after, ...x.shape.slice(at + 1)];
  if (batchDims === 0) {
    const result = trace.graph.node("Gather", [trace.name(x), trace.name(indices)], { axis: at });
    return trace.info(result, shape, x.dtype);
  }
  if (at !== batchDims) {
    throw new Error(`Cannot compile gather: expected axis ${batchDims}, as batchDims, got ${at}`);
  }
  const places = wide(trace, reshape(trace, indices, [...indices.shape, 1]));
  return trace.info(
    trace.graph.node("GatherND", [trace.name(x), places], { batch_dims: batchDims }),
    shape,
    x.dtype,
  );
});

// ONNX wants indices of 64 bits.
function wide(trace: Trace, indices: Info): string {
  return trace.graph.node("Cast", [trace.name(indices)], { to: onnxTypes.int64 });
}

// Most elements of a one-hot matrix: 256 KiB. That of a batch's words in a vocabulary would be of 100 MB.
const largestHot = 2 ** 16;

// Gradient of gather: rows of x added up by segment. A segment number out of range adds to no row, as
// in tfjs.
translate("UnsortedSegmentSum", ({ inputs, attrs: { numSegments }, trace }) => {
  const x = asFloat(trace, inputs.x), segmentIds = inputs.segmentIds as Info;
  const rows = size(segmentIds.shape);
  const width = size(x.shape) / rows;
  const flat = reshape(trace, x, [rows, width]);
  const ids = reshape(trace, segmentIds, [rows]);
  const sums = rows * numSegments > largestHot
    ? sumByScatter(trace, { x: flat, ids, segments: numSegments })
    : sumByProduct(trace, { x: flat, ids, segments: numSegments });
  const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
  return trace.info(trace.reshape(sums, [numSegments, width], shape), shape, "float32");
});

/** Rows `[rows, width]` with the segment of each, `[rows]`. */
interface Segmented {
  readonly x: Info;
  readonly ids: Info;
  readonly segments: number;
}

// A product with the one-hot segment matrix.
function sumByProduct(trace: Trace, { x, ids, segments }: Segmented): string {
  const hot = oneHot(trace, ids, segments, [0, 1], "float32");
  return trace.graph.node("MatMul", [trace.transpose(trace.name(hot), [1, 0]), trace.name(x)]);
}

// One more segment takes what is out of range, and is left out again.
function sumByScatter(trace: Trace, { x, ids, segments }: Segmented): string {
  const low = elementwise(trace, "Less", [ids, 0], "bool");
  const high = elementwise(trace, "GreaterOrEqual", [ids, segments], "bool");
  const stray = elementwise(trace, "Or", [low, high], "bool");
  const indices = elementwise(trace, "Where", [stray, segments, ids], ids.dtype);
  const width = x.shape[1]!;
  const target = trace.filled(0, [segments + 1, width], "float32");
  const column = reshape(trace, indices, [...ids.shape, 1]);
  const sums = scatter(trace, target, { indices: column, updates: x, add: true });
  return trace.name(slice(trace, sums, { begin: [0, 0], end: [segments, width] }));
}

translate("GatherNd", ({ inputs: { params, indices }, trace }) => {
  const depth = indices.shape.at(-1);
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  const result = trace.graph.node("GatherND", [trace.name(params), wide(trace, indices)]);
  return trace.info(result, shape, params.dtype);
});

/** `target` with `updates` written, or added, at `indices`: `[n, depth]`. */
function scatter(
  trace: Trace,
  target: Info,
  { indices, updates, add }: { indices: Info; updates: Info; add: boolean },
): Info {
  const written = trace.graph.node("ScatterND", [
    trace.name(target),
    wide(trace, indices),
    trace.name(updates),
  ], add ? { reduction: "add" } : {});
  return trace.info(written, target.shape, target.dtype);
}

// Updates of one place add up.
translate(
  "ScatterNd",
  ({ inputs: { indices, updates }, attrs: { shape }, trace }) =>
    scatter(trace, trace.filled(0, shape, updates.dtype), { indices, updates, add: true }),
);

translate(
  "TensorScatterUpdate",
  ({ inputs: { tensor, indices, updates }, trace }) =>
    scatter(trace, tensor, { indices, updates, add: false }),
);

translate("SparseToDense", ({ inputs, attrs: { outputShape }, trace }) => {
  const { sparseIndices, sparseValues, defaultValue } = inputs;
  const [count = 1, depth = 1] = sparseIndices.shape;
  const dtype = sparseValues.dtype as DType;
  const filled = trace.broadcasting(trace.narrow(defaultValue), outputShape, dtype);
  return scatter(trace, filled, {
    indices: reshape(trace, sparseIndices, [count, depth]),
    updates: trace.broadcasting(trace.narrow(sparseValues), [count], dtype),
    add: false,
  });
});

// Axis by axis: element i of the result is the element that i meets on its way back from the end.
translate("MirrorPad", ({ inputs: { x }, attrs: { paddings, mode }, trace }) => {
  const repeatsEdge = mode === "reflect" ? 0 : 1;
  return (paddings as [number, number][]).reduce<Info>((result, [before, after], axis) => {
    if (before === 0 && after === 0) return result;
    const length = x.shape[axis] as number;
    const source = Array.from({ length: before + length + after }, (_, i) => {
      const at = i - before;
      if (at < 0) return -at - repeatsEdge;
      return at < length ? at : 2 * (length - 1) - at + repeatsEdge;
    });
    const padded = trace.graph.node("Gather", [trace.name(result), trace.graph.integers(source)], {
      axis,
    });
    return trace.info(padded, result.shape.with(axis, source.length), x.dtype);
  }, x);
});
