/** Translations of kernels that reduce along axes, and of the softmax family. @module */

import * as tf from "../../deps/tf.ts";
import { onnxTypes } from "../onnx.ts";
import { asFloat, cast, elementwise } from "./elementwise.ts";
import { reshape } from "./shape.ts";
import { type DType, type Info, type Trace, translate } from "../trace.ts";

/** Reduces along `axes` with an ONNX operator; a transposition of the input passes through. */
export function reduce(
  trace: Trace,
  operator: string,
  x: Info,
  axes: readonly number[],
  keepDims: boolean,
): Info {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const shape = keepDims
    ? x.shape.map((d, i) => axes.includes(i) ? 1 : d)
    : kept.map((i) => x.shape[i]!);
  if (axes.length === 0) return trace.info(trace.name(x), shape, x.dtype);
  const { source, perm = x.shape.map((_, i) => i) } = trace.untransposed(trace.name(x));
  const sourceAxes = axes.map((axis) => perm[axis]!).toSorted((a, b) => a - b);
  const result = trace.graph.node(operator, [source, trace.graph.integers(sourceAxes)], {
    keepdims: keepDims ? 1 : 0,
  });
  const remaining = perm.filter((axis) => !sourceAxes.includes(axis)).toSorted((a, b) => a - b);
  const order = keepDims ? perm : kept.map((i) => remaining.indexOf(perm[i]!));
  return trace.info(trace.transpose(result, order), shape, x.dtype);
}

const reductions = {
  Sum: "ReduceSum",
  Mean: "ReduceMean",
  Max: "ReduceMax",
  Min: "ReduceMin",
  Prod: "ReduceProd",
};
for (const [kernel, operator] of Object.entries(reductions)) {
  // tfjs calls the axes of Max `reductionIndices` and those of Sum `axis`.
  translate(
    kernel,
    ({ inputs: { x }, attrs: { axis, reductionIndices, keepDims }, trace }) =>
      reduce(
        trace,
        operator,
        // A mean of integers is no integer.
        kernel === "Mean" ? asFloat(trace, x) : x,
        tf.util.parseAxisParam(axis ?? reductionIndices, x.shape),
        keepDims,
      ),
  );
}

for (const [kernel, operator] of [["All", "ReduceMin"], ["Any", "ReduceMax"]] as const) {
  translate(kernel, ({ inputs: { x }, attrs: { axis, keepDims }, trace }) => {
    const cast = trace.graph.node("Cast", [trace.name(x)], { to: onnxTypes.int32 });
    const numbers = trace.info(cast, x.shape, "int32");
    const axes = tf.util.parseAxisParam(axis, x.shape);
    const reduced = reduce(trace, operator, numbers, axes, keepDims);
    const flags = trace.graph.node("Cast", [trace.name(reduced)], { to: onnxTypes.bool });
    return trace.info(flags, reduced.shape, "bool");
  });
}

for (const [kernel, operator] of [["ArgMax", "ArgMax"], ["ArgMin", "ArgMin"]] as const) {
  translate(kernel, ({ inputs: { x }, attrs: { axis }, trace }) => {
    const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const index = trace.graph.node(operator, [trace.name(x)], { axis: at, keepdims: 0 });
    const narrow = trace.graph.node("Cast", [index], { to: onnxTypes.int32 });
    return trace.info(narrow, x.shape.toSpliced(at, 1), "int32" satisfies DType);
  });
}

// tfjs names the axis of Softmax `dim` and that of LogSoftmax `axis`.
translate(
  "Softmax",
  ({ inputs: { logits }, attrs: { dim }, trace }) => alongAxis(trace, "Softmax", logits, dim),
);
translate(
  "LogSoftmax",
  ({ inputs: { logits }, attrs: { axis }, trace }) => alongAxis(trace, "LogSoftmax", logits, axis),
);

function alongAxis(trace: Trace, operator: string, x: Info, axis: number): Info {
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  return trace.info(trace.graph.node(operator, [trace.name(x)], { axis: at }), x.shape, x.dtype);
}

// Sums and products of booleans are integers in tfjs.
function asNumbers(trace: Trace, x: Info): Info {
  return x.dtype === "bool" ? cast(trace, x, "int32") : x;
}

translate("Cumsum", ({ inputs, attrs: { axis, exclusive, reverse }, trace }) => {
  const x = asNumbers(trace, inputs.x);
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const sum = trace.graph.node("CumSum", [trace.name(x), trace.graph.integers([at], [])], {
    exclusive: exclusive ? 1 : 0,
    reverse: reverse ? 1 : 0,
  });
  return trace.info(sum, x.shape, x.dtype);
});

// ONNX has no cumulative product: each of the n results is the product of the n values where the
// others are replaced by 1. This stays exact at 0, and the gradient of Prod is made of it.
translate("Cumprod", ({ inputs, attrs: { axis, exclusive, reverse }, trace }) => {
  const x = asNumbers(trace, inputs.x);
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const n = x.shape[at]!;
  const counts = (result: number, factor: number) => {
    const distance = reverse ? factor - result : result - factor;
    return exclusive ? distance > 0 : distance >= 0;
  };
  const taken = Array.from({ length: n * n }, (_, i) => counts(Math.floor(i / n), i % n) ? 1 : 0);
  const after = x.shape.length - at - 1;
  const mask = trace.constant(taken, [n, n, ...Array(after).fill(1)], "bool");
  const rows = reshape(trace, x, x.shape.toSpliced(at, 0, 1));
  const factors = elementwise(trace, "Where", [mask, rows, 1], x.dtype);
  return reduce(trace, "ReduceProd", factors, [at + 1], false);
});

// Of equal values the one with the lower index comes first, in tfjs and ONNX alike.
translate("TopK", ({ inputs: { x }, attrs: { k, sorted }, trace }) => {
  const [values, places] = trace.graph.nodes("TopK", [trace.name(x), trace.graph.integers([k])], {
    axis: -1,
    sorted: sorted ? 1 : 0,
  }, 2);
  const shape = x.shape.with(-1, k);
  const indices = trace.graph.node("Cast", [places!], { to: onnxTypes.int32 });
  return [trace.info(values!, shape, x.dtype), trace.info(indices, shape, "int32")];
});

// The result's axes come first in tfjs's list of all axes, then those that are summed.
translate("Einsum", ({ inputs, attrs: { equation }, trace }) => {
  const terms = Object.values(inputs) as Info[];
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(
    equation,
    terms.length,
  );
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, terms as tf.Tensor[]);
  const shape = allDims.slice(0, allDims.length - summedDims.length).map((_, label) => {
    const term = idDims.findIndex((labels) => labels.includes(label));
    return terms[term]!.shape[idDims[term]!.indexOf(label)]!;
  });
  const product = trace.graph.node("Einsum", terms.map((t) => trace.name(t)), { equation });
  return trace.info(product, shape, terms[0]!.dtype);
});
