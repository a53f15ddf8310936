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
 *
 * A number among the operands stands for a scalar of the result's type or, where that is bool, of the
 * type of the tensors that are compared.
 */
export function elementwise(
  trace: Trace,
  operator: string,
  given: readonly (Info | number)[],
  dtype: DType,
  attributes: Record<string, Attribute> = {},
): Info {
  const first = given.find((operand) => typeof operand !== "number")!;
  const type = dtype === "bool" ? first.dtype : dtype;
  const operands = given.map((o) => typeof o === "number" ? trace.filled(o, [], type) : o);
  const shape = broadcastShape(operands);
  const inputs = operands.map((o) => trace.narrow(o));
  const perm = inputs
    .filter((input) => input.shape.length === shape.length)
    .map((input) => trace.untransposed(input.name).perm)
    .find((p) => p !== undefined);
  const aligned = perm ? inputs.map((input) => alignTo(trace, input, perm)) : inputs;
  const covered = broadcastShape(aligned);
  const result = trace.graph.node(operator, aligned.map((input) => input.name), attributes);
  if (perm === undefined) return trace.broadcasting({ name: result, shape: covered }, shape, dtype);
  const narrow = { name: trace.transpose(result, perm), shape: perm.map((axis) => covered[axis]!) };
  return trace.broadcasting(narrow, shape, dtype);
}

function broadcastShape(operands: readonly { readonly shape: readonly number[] }[]): number[] {
  const join = tf.broadcast_util.assertAndGetBroadcastShape;
  return operands.reduce<number[]>((shape, operand) => join(shape, [...operand.shape]), []);
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
  return { name: trace.transpose(trace.reshape(name, own, padded), inverse(perm), padded), shape };
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
    if (a.dtype === "bool") {
      throw new TypeError(
        `Cannot compile ${kernel}: expected numbers, got bool; cast to int32 first`,
      );
    }
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

// DOUBLE in `TensorProto.DataType`: only intermediate values have it. tfjs computes in float64 and
// rounds the result, which matters where a division is followed by a step.
const float64 = 11;

/** A function of two tensors computed in float64; 0 where integers are divided by 0, as in tfjs. */
function quotient(
  trace: Trace,
  { a, b, dtype }: { a: Info; b: Info; dtype: DType },
  compute: (a: Info, b: Info) => Info,
): Info {
  const wide = [a, b].map((x) => {
    const { name, shape } = trace.narrow(x);
    return trace.info(trace.graph.node("Cast", [name], { to: float64 }), shape, "float32");
  });
  const { name, shape } = trace.narrow(compute(wide[0]!, wide[1]!));
  const rounded = trace.graph.node("Cast", [name], { to: onnxTypes[dtype] });
  const full = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const result = trace.broadcasting({ name: rounded, shape }, full, dtype);
  if (b.dtype !== "int32") return result;
  return elementwise(trace, "Where", [equal(trace, b, 0), 0, result], dtype);
}

// Rounded down, as tfjs has it; ONNX's integer division rounds towards 0, and fails on a 0.
translate(
  "FloorDiv",
  ({ inputs: { a, b }, trace }) =>
    quotient(
      trace,
      { a, b, dtype: "int32" },
      (x, y) => unary(trace, "Floor", elementwise(trace, "Div", [x, y], "float32")),
    ),
);

// The remainder with the sign of the divisor: where a and b differ in sign, tfjs adds b and takes
// the remainder again. ONNX's Mod of floats has the sign of the dividend.
translate("Mod", ({ inputs: { a, b }, trace }) => {
  const remainder = (x: Info, y: Info) => elementwise(trace, "Mod", [x, y], "float32", { fmod: 1 });
  const negative = (x: Info) => elementwise(trace, "Less", [x, 0], "bool");
  const differ = elementwise(trace, "Xor", [negative(a), negative(b)], "bool");
  return quotient(trace, { a, b, dtype: a.dtype }, (x, y) => {
    const plain = remainder(x, y);
    const shifted = remainder(elementwise(trace, "Add", [plain, y], "float32"), y);
    return elementwise(trace, "Where", [differ, shifted, plain], "float32");
  });
});

translate("SquaredDifference", ({ inputs: { a, b }, trace }) => {
  const difference = elementwise(trace, "Sub", [a, b], a.dtype);
  return elementwise(trace, "Mul", [difference, difference], a.dtype);
});

translate("AddN", ({ inputs, trace }) => {
  const terms = Object.values(inputs) as Info[];
  const { dtype } = terms[0]!;
  if (dtype === "float32") return elementwise(trace, "Sum", terms, dtype);
  // ONNX Runtime's Sum takes no integers.
  return terms.reduce((sum, term) => elementwise(trace, "Add", [sum, term], dtype));
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
  // ONNX orders no booleans.
  const ordered = (x: Info, trace: Trace) =>
    x.dtype === "bool" && /Greater|Less/.test(operator) ? cast(trace, x, "int32") : x;
  translate(
    kernel,
    ({ inputs: { a, b }, trace }) =>
      elementwise(trace, operator, [ordered(a, trace), ordered(b, trace)], "bool"),
  );
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

// Kernels of the same name as their operator; only the first take integers.
const ofNumbers = ["Neg", "Abs", "Sign", "Relu"];
const trigonometric = ["Sin", "Cos", "Tan", "Asin", "Acos", "Atan"];
const hyperbolic = ["Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh"];
const rounding = ["Floor", "Ceil", "Round"];
const smooth = ["Log", "Sqrt", "Reciprocal", "Sigmoid", "Softplus", "Erf"];
for (const name of ofNumbers) translate(name, ({ inputs: { x }, trace }) => unary(trace, name, x));
for (const name of [...trigonometric, ...hyperbolic, ...rounding, ...smooth]) {
  translate(name, ({ inputs, trace }) => onFloats(trace, inputs.x, (x) => unary(trace, name, x)));
}

// In tfjs the exponential of an integer is a float, unlike the functions above.
translate("Exp", ({ inputs: { x }, trace }) => unary(trace, "Exp", asFloat(trace, x)));

/** A function of float32 on a tensor of any type, its result cut to that type as tfjs does. */
function onFloats(trace: Trace, x: Info, f: (x: Info) => Info): Info {
  return x.dtype === "float32" ? f(x) : cast(trace, f(asFloat(trace, x)), x.dtype);
}

for (const [kernel, operator] of [["IsNan", "IsNaN"], ["IsInf", "IsInf"]] as const) {
  translate(
    kernel,
    ({ inputs: { x }, trace }) => elementwise(trace, operator, [asFloat(trace, x)], "bool"),
  );
}

// x - x is 0 for a finite x, else NaN.
translate("IsFinite", ({ inputs, trace }) => {
  const x = asFloat(trace, inputs.x);
  return equal(trace, elementwise(trace, "Sub", [x, x], x.dtype), 0);
});

translate("Square", ({ inputs: { x }, trace }) => elementwise(trace, "Mul", [x, x], x.dtype));

translate(
  "Rsqrt",
  ({ inputs: { x }, trace }) => unary(trace, "Reciprocal", unary(trace, "Sqrt", x)),
);

// ln(1 + x) loses the digits of a small x; with u = 1 + x rounded, ln(u) x / (u - 1) keeps them
// (Kahan; Higham, Accuracy and stability of numerical algorithms, 2002, section 1.14.1).
translate("Log1p", ({ inputs, trace }) =>
  onFloats(trace, inputs.x, (x) => {
    const u = elementwise(trace, "Add", [x, 1], x.dtype);
    const rounded = elementwise(trace, "Sub", [u, 1], x.dtype);
    const ratio = elementwise(trace, "Div", [x, rounded], x.dtype);
    const log = unary(trace, "Log", u);
    const corrected = elementwise(trace, "Mul", [log, ratio], x.dtype);
    // Where 1 + x rounds to 1 the result is x, and at infinity the ratio is not a number.
    const finite = elementwise(trace, "Where", [equal(trace, u, x), log, corrected], x.dtype);
    return elementwise(trace, "Where", [equal(trace, u, 1), x, finite], x.dtype);
  }));

// Likewise exp(x) - 1 = (u - 1) x / ln(u) with u = exp(x) rounded.
translate("Expm1", ({ inputs, trace }) =>
  onFloats(trace, inputs.x, (x) => {
    const u = unary(trace, "Exp", x);
    const difference = elementwise(trace, "Sub", [u, 1], x.dtype);
    const ratio = elementwise(trace, "Div", [x, unary(trace, "Log", u)], x.dtype);
    const corrected = elementwise(trace, "Mul", [difference, ratio], x.dtype);
    // Far from 0 nothing is lost, and both ends, -1 and infinity, come out of the difference alone.
    const far = elementwise(trace, "Greater", [unary(trace, "Abs", x), 1], "bool");
    const result = elementwise(trace, "Where", [far, difference, corrected], x.dtype);
    return elementwise(trace, "Where", [equal(trace, u, 1), x, result], x.dtype);
  }));

function equal(trace: Trace, a: Info, b: Info | number): Info {
  return elementwise(trace, "Equal", [a, b], "bool");
}

translate(
  "LeakyRelu",
  ({ inputs: { x }, attrs: { alpha }, trace }) =>
    elementwise(trace, "LeakyRelu", [asFloat(trace, x)], "float32", { alpha: { float: alpha } }),
);

translate("Elu", ({ inputs: { x }, trace }) => unary(trace, "Elu", x));

// With y = elu(x), the slope is 1 where y > 0, else exp(x) = y + 1.
translate("EluGrad", ({ inputs: { dy, y }, trace }) => {
  const positive = elementwise(trace, "Greater", [y, 0], "bool");
  const below = elementwise(trace, "Add", [y, 1], y.dtype);
  const slope = elementwise(trace, "Where", [positive, 1, below], y.dtype);
  return elementwise(trace, "Mul", [dy, slope], y.dtype);
});

// Gradient of relu: 1 where x > 0, else alpha.
translate("Step", ({ inputs: { x }, attrs: { alpha = 0 }, trace }) => {
  const positive = elementwise(trace, "Greater", [x, 0], "bool");
  if (alpha === 0) return cast(trace, positive, x.dtype);
  return elementwise(trace, "Where", [positive, 1, alpha], x.dtype);
});

// αx below 0, else x; α is a tensor.
translate("Prelu", ({ inputs, trace }) => {
  const x = asFloat(trace, inputs.x), alpha = asFloat(trace, inputs.alpha);
  const negative = elementwise(trace, "Less", [x, 0], "bool");
  const scaled = elementwise(trace, "Mul", [alpha, x], "float32");
  return elementwise(trace, "Where", [negative, scaled, x], "float32");
});

// 1.0507 x above 0, else 1.7581 (exp(x) - 1).
translate("Selu", ({ inputs: { x }, trace }) =>
  elementwise(trace, "Selu", [x], x.dtype, {
    alpha: { float: tf.backend_util.SELU_SCALEALPHA / tf.backend_util.SELU_SCALE },
    gamma: { float: tf.backend_util.SELU_SCALE },
  }));

translate(
  "Relu6",
  ({ inputs: { x }, trace }) => elementwise(trace, "Min", [unary(trace, "Relu", x), 6], x.dtype),
);

translate("ClipByValue", ({ inputs: { x }, attrs: { clipValueMin, clipValueMax }, trace }) => {
  const raised = elementwise(trace, "Max", [x, clipValueMin], x.dtype);
  return elementwise(trace, "Min", [raised, clipValueMax], x.dtype);
});

translate("Select", ({ inputs: { condition, t, e }, trace }) => {
  if (t.dtype !== "bool") return elementwise(trace, "Where", [condition, t, e], t.dtype);
  // ONNX Runtime's Where takes no booleans.
  const [yes, no] = [t, e].map((x) => cast(trace, x, "int32"));
  return cast(trace, elementwise(trace, "Where", [condition, yes!, no!], "int32"), "bool");
});

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
