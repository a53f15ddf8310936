/** Translations of element-wise kernels, which let transpositions pass through. @module */

import * as tf from "../../deps/tf.ts";
import { type Attribute, onnxTypes } from "../onnx.ts";
import { type DType, type Info, type Trace, translate } from "../trace.ts";

/**
 * Applies an ONNX operator with NumPy broadcasting.
 *
 * When an operand is a transposed value, the operator is applied before the
 * transposition and the result is transposed instead. So a convolution's
 * channels-first output stays channels-first through bias and activation, and
 * the transposition before the next convolution cancels.
 */
export function elementwise(
  trace: Trace,
  operator: string,
  operands: readonly Info[],
  dtype: DType,
  attributes: Record<string, Attribute> = {},
): Info {
  const shape = operands.reduce<number[]>(
    (s, o) => tf.broadcast_util.assertAndGetBroadcastShape(s, o.shape),
    [],
  );
  const inputs = operands.map((o) => trace.narrow(o));
  const perm = inputs
    .filter((input) => input.shape.length === shape.length)
    .map((input) => trace.untransposed(input.name).perm)
    .find((p) => p !== undefined);
  const aligned = perm ? inputs.map((input) => alignTo(trace, input, perm)) : inputs;
  const covered = aligned.reduce<number[]>(
    (s, input) => tf.broadcast_util.assertAndGetBroadcastShape(s, [...input.shape]),
    [],
  );
  const result = trace.graph.node(operator, aligned.map((input) => input.name), attributes);
  if (perm === undefined) return trace.broadcasting({ name: result, shape: covered }, shape, dtype);
  const narrow = { name: trace.transpose(result, perm), shape: perm.map((axis) => covered[axis]!) };
  return trace.broadcasting(narrow, shape, dtype);
}

type Operand = { readonly name: string; readonly shape: readonly number[] };

// An operand as the operator sees it, before the permutation `perm` of the result.
function alignTo(trace: Trace, { name, shape: own }: Operand, perm: readonly number[]): Operand {
  if (own.length === 0) return { name, shape: own };
  const earlier = trace.untransposed(name);
  const padded = [...Array(perm.length - own.length).fill(1), ...own];
  const shape = inverse(perm).map((axis) => padded[axis]!);
  if (earlier.perm?.length === perm.length && earlier.perm.every((axis, i) => axis === perm[i])) {
    return { name: earlier.source, shape };
  }
  // With at most one long axis the elements keep their order, and a new shape is enough.
  if (padded.filter((d) => d !== 1).length <= 1) {
    return { name: trace.reshape(name, own, shape), shape };
  }
  return { name: trace.transpose(trace.reshape(name, own, padded), inverse(perm)), shape };
}

/** The permutation that undoes `perm`. */
export function inverse(perm: readonly number[]): number[] {
  const result = perm.map(() => 0);
  perm.forEach((axis, i) => result[axis] = i);
  return result;
}

const arithmetic = {
  Add: "Add",
  Sub: "Sub",
  Multiply: "Mul",
  Maximum: "Max",
  Minimum: "Min",
  Pow: "Pow",
};
for (const [kernel, operator] of Object.entries(arithmetic)) {
  translate(kernel, ({ inputs: { a, b }, trace }) => {
    const one = operator === "Mul" ? [a, b].findIndex((t) => trace.fillOf(t) === 1) : -1;
    const other = one === 0 ? b : a;
    // Gradients of sums are full of products with ones.
    if (one >= 0 && sameShape(a.shape, b.shape)) {
      return trace.info(trace.name(other), other.shape, other.dtype);
    }
    return elementwise(trace, operator, [a, b], a.dtype);
  });
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

translate("RealDiv", ({ inputs: { a, b }, trace }) => elementwise(trace, "Div", [a, b], "float32"));

translate(
  "FloorDiv",
  ({ inputs: { a, b }, trace }) =>
    cast(
      trace,
      unary(
        trace,
        "Floor",
        elementwise(trace, "Div", [asFloat(trace, a), asFloat(trace, b)], "float32"),
      ),
      a.dtype,
    ),
);

translate("SquaredDifference", ({ inputs: { a, b }, trace }) => {
  const difference = elementwise(trace, "Sub", [a, b], a.dtype);
  return elementwise(trace, "Mul", [difference, difference], a.dtype);
});

translate("AddN", ({ inputs, trace }) => {
  const terms = Object.values(inputs) as Info[];
  return elementwise(trace, "Sum", terms, terms[0]!.dtype);
});

const comparisons = {
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  Less: "Less",
  LessEqual: "LessOrEqual",
  Equal: "Equal",
  LogicalAnd: "And",
  LogicalOr: "Or",
};
for (const [kernel, operator] of Object.entries(comparisons)) {
  translate(kernel, ({ inputs: { a, b }, trace }) => elementwise(trace, operator, [a, b], "bool"));
}

translate(
  "NotEqual",
  ({ inputs: { a, b }, trace }) => unary(trace, "Not", elementwise(trace, "Equal", [a, b], "bool")),
);

translate("LogicalNot", ({ inputs: { x }, trace }) => unary(trace, "Not", x));

/** An ONNX operator of one tensor. */
export function unary(trace: Trace, operator: string, x: Info): Info {
  return elementwise(trace, operator, [x], x.dtype);
}

const unaries = {
  Neg: "Neg",
  Exp: "Exp",
  Log: "Log",
  Sqrt: "Sqrt",
  Abs: "Abs",
  Tanh: "Tanh",
  Sigmoid: "Sigmoid",
  Relu: "Relu",
  Erf: "Erf",
  Reciprocal: "Reciprocal",
  Sign: "Sign",
  Floor: "Floor",
  Ceil: "Ceil",
  Round: "Round",
  Softplus: "Softplus",
  Sin: "Sin",
  Cos: "Cos",
};
for (const [kernel, operator] of Object.entries(unaries)) {
  translate(kernel, ({ inputs: { x }, trace }) => unary(trace, operator, x));
}

translate("IsNan", ({ inputs: { x }, trace }) => elementwise(trace, "IsNaN", [x], "bool"));

translate("Square", ({ inputs: { x }, trace }) => elementwise(trace, "Mul", [x, x], x.dtype));

translate(
  "Rsqrt",
  ({ inputs: { x }, trace }) => unary(trace, "Reciprocal", unary(trace, "Sqrt", x)),
);

translate(
  "Log1p",
  ({ inputs: { x }, trace }) =>
    unary(trace, "Log", elementwise(trace, "Add", [x, trace.filled(1, [], x.dtype)], x.dtype)),
);

translate(
  "Expm1",
  ({ inputs: { x }, trace }) =>
    elementwise(trace, "Sub", [unary(trace, "Exp", x), trace.filled(1, [], x.dtype)], x.dtype),
);

translate(
  "LeakyRelu",
  ({ inputs: { x }, attrs: { alpha }, trace }) =>
    elementwise(trace, "LeakyRelu", [x], x.dtype, { alpha: { float: alpha } }),
);

translate("Elu", ({ inputs: { x }, trace }) => unary(trace, "Elu", x));

// With y = elu(x), the slope is 1 where y > 0, else exp(x) = y + 1.
translate("EluGrad", ({ inputs: { dy, y }, trace }) => {
  const positive = elementwise(trace, "Greater", [y, trace.filled(0, [], y.dtype)], "bool");
  const one = trace.filled(1, [], y.dtype);
  const slope = elementwise(trace, "Where", [
    positive,
    one,
    elementwise(trace, "Add", [y, one], y.dtype),
  ], y.dtype);
  return elementwise(trace, "Mul", [dy, slope], y.dtype);
});

// Gradient of relu: 1 where x > 0, else alpha.
translate("Step", ({ inputs: { x }, attrs: { alpha = 0 }, trace }) => {
  const positive = elementwise(trace, "Greater", [x, trace.filled(0, [], x.dtype)], "bool");
  if (alpha === 0) return cast(trace, positive, x.dtype);
  return elementwise(trace, "Where", [
    positive,
    trace.filled(1, [], x.dtype),
    trace.filled(alpha, [], x.dtype),
  ], x.dtype);
});

translate(
  "ClipByValue",
  ({ inputs: { x }, attrs: { clipValueMin, clipValueMax }, trace }) =>
    elementwise(trace, "Min", [
      elementwise(trace, "Max", [x, trace.filled(clipValueMin, [], x.dtype)], x.dtype),
      trace.filled(clipValueMax, [], x.dtype),
    ], x.dtype),
);

translate(
  "Select",
  ({ inputs: { condition, t, e }, trace }) =>
    elementwise(trace, "Where", [condition, t, e], t.dtype),
);

/** A tensor with another element type. */
export function cast(trace: Trace, x: Info, dtype: DType): Info {
  if (x.dtype === dtype) return trace.info(trace.name(x), x.shape, dtype);
  const { source, perm } = trace.untransposed(trace.name(x));
  const result = trace.graph.node("Cast", [source], { to: onnxTypes[dtype] });
  return trace.info(perm ? trace.transpose(result, perm) : result, x.shape, dtype);
}

/** An integer or boolean tensor as float32. */
export function asFloat(trace: Trace, x: Info): Info {
  return cast(trace, x, "float32");
}

translate("Cast", ({ inputs: { x }, attrs: { dtype }, trace }) => cast(trace, x, dtype));
