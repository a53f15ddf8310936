/** Translations of kernels that reduce along axes, and of the softmax family. @module */

import * as tf from "../../deps/tf.ts";
import { onnxTypes } from "../onnx.ts";
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
        x,
        tf.util.parseAxisParam(axis ?? reductionIndices, x.shape),
        keepDims,
      ),
  );
}

for (const [kernel, operator] of [["All", "ReduceMin"], ["Any", "ReduceMax"]] as const) {
  translate(kernel, ({ inputs: { x }, attrs: { axis, keepDims }, trace }) => {
    const numbers = trace.info(
      trace.graph.node("Cast", [trace.name(x)], { to: onnxTypes.int32 }),
      x.shape,
      "int32",
    );
    const reduced = reduce(
      trace,
      operator,
      numbers,
      tf.util.parseAxisParam(axis, x.shape),
      keepDims,
    );
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

translate("Cumsum", ({ inputs: { x }, attrs: { axis, exclusive, reverse }, trace }) => {
  const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
  const sum = trace.graph.node("CumSum", [trace.name(x), trace.graph.integers([at], [])], {
    exclusive: exclusive ? 1 : 0,
    reverse: reverse ? 1 : 0,
  });
  return trace.info(sum, x.shape, x.dtype);
});
