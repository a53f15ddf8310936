/** Element-wise operators as C expressions. @module */

import * as tf from "../../deps/tf.ts";
import { size } from "../trace.ts";
import type { Call, Lowering } from "./lowering.ts";
import type { Program } from "./program.ts";
import { broadcast, type Element, type Value } from "./values.ts";
import { literal } from "./loops.ts";

/** The C of an operator, given that of its operands, which are of type `element`. */
type Code = (operands: readonly string[], element: Element) => string;

/** A value with the shape `shape`; computed first where it would be computed again and again. */
export function spread(program: Program, value: Value, shape: readonly number[]): Value {
  const grows = value.kind === "op" && size(shape) > size(value.shape);
  return broadcast(grows ? program.view(value) : value, shape);
}

/** Applies an operation to values that broadcast, which are all of one type, or as `element` says. */
export function apply(
  program: Program,
  operands: readonly Value[],
  element: Element,
  code: (operands: readonly string[]) => string,
): Value {
  const shape = operands.reduce<number[]>(
    (joined, { shape }) => tf.broadcast_util.assertAndGetBroadcastShape(joined, [...shape]),
    [],
  );
  return {
    kind: "op",
    element,
    shape,
    code,
    operands: operands.map((value) => spread(program, value, shape)),
  };
}

/** An operator whose result is of its operands' type, or a boolean. */
function operator(code: Code, result?: Element): Lowering {
  return ({ operands, program }) => {
    const { element } = operands[0]!;
    return apply(program, operands, result ?? element, (c) => code(c, element));
  };
}

const infix = (sign: string): Code => (c) => `(${c.join(` ${sign} `)})`;
const called = (name: string): Code => (c) => `${name}(${c.join(", ")})`;
const zero = (element: Element) => literal(0, element);
const one = (element: Element) => literal(1, element);

/** The function of floats, or a comparison for other types. */
const extreme = (ofFloats: string, ofIntegers: string): Code => (c, element) =>
  c.reduce((a, b) => element === "float" ? `${ofFloats}(${a}, ${b})` : `${ofIntegers}(${a}, ${b})`);

/** A power; small ones that are known are products. */
function power([x, exponent]: readonly string[]): string {
  if (exponent === "2.0f") return `square(${x})`;
  if (exponent === "3.0f") return `cube(${x})`;
  if (exponent === "0.5f") return `sqrtf(${x})`;
  if (exponent === "1.0f") return x!;
  if (exponent === "1.5f") return `three_halves(${x})`;
  return `(float)pow(${x}, ${exponent})`;
}

const arithmetic: Readonly<Record<string, Lowering>> = {
  Add: operator(infix("+")),
  Sum: operator(infix("+")),
  Sub: operator(infix("-")),
  Mul: operator(infix("*")),
  Div: operator(infix("/")),
  Max: operator(extreme("larger", "larger_integer")),
  Min: operator(extreme("smaller", "smaller_integer")),
  // The only remainder in a graph is of doubles, with the sign of the dividend.
  Mod: operator(called("fmod")),
  Pow: ({ operands: [x, exponent], program }) => {
    const { element } = x!;
    const other = exponent!.element;
    return apply(program, [x!, exponent!], element, ([a, b]) => {
      if (element !== "float") return `integer_power(${a}, ${b})`;
      return power([a!, other === "float" ? b! : exponentAsFloat(b!)]);
    });
  },
};

function exponentAsFloat(code: string): string {
  return /^-?\d+$/.test(code) ? `${code}.0f` : `(float)${code}`;
}

const comparisons: Readonly<Record<string, Lowering>> = Object.fromEntries(
  Object.entries({
    Less: "<",
    LessOrEqual: "<=",
    Greater: ">",
    GreaterOrEqual: ">=",
    Equal: "==",
    And: "&",
    Or: "|",
    Xor: "^",
  }).map(([name, sign]) => [name, operator(infix(sign), "uint8_t")]),
);

const unary: Readonly<Record<string, Lowering>> = {
  Not: operator(([x]) => `(${x} ^ 1)`, "uint8_t"),
  Neg: operator(([x]) => `(-${x})`),
  Abs: operator(([x], e) => e === "float" ? `fabsf(${x})` : `magnitude(${x})`),
  Sign: operator(([x], e) => e === "float" ? `sign(${x})` : `integer_sign(${x})`),
  Relu: operator(([x], e) => e === "float" ? `rectified(${x})` : `larger_integer(${x}, 0)`),
  Floor: operator((c, e) => called(e === "double" ? "floor" : "floorf")(c, e)),
  Ceil: operator(called("ceilf")),
  Round: operator(called("rintf")),
  Sqrt: operator(called("sqrtf")),
  Reciprocal: operator(([x], e) => `(${one(e)} / ${x})`),
  Exp: operator(called("exponential")),
  Sigmoid: operator(called("sigmoid")),
  Tanh: operator(called("hyperbolic_tangent")),
  Softplus: operator(called("softplus")),
  Elu: operator(called("elu")),
  IsNaN: operator(called("is_nan"), "uint8_t"),
  IsInf: operator(called("is_infinite"), "uint8_t"),
  LeakyRelu: ({ operands, program, number }) => {
    const alpha = literal(number("alpha", 0.01), "float");
    return apply(program, operands, "float", ([x]) => `leaky(${x}, ${alpha})`);
  },
  Selu: ({ operands, program, number }) => {
    const [alpha, gamma] = ["alpha", "gamma"].map((name) => literal(number(name), "float"));
    return apply(program, operands, "float", ([x]) => `selu(${x}, ${alpha}, ${gamma})`);
  },
  // The system's functions of doubles: rounded to floats, those of other systems are the same.
  ...Object.fromEntries(
    "Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Log Erf".split(" ").map((name) => [
      name,
      operator(([x]) => `(float)${name.toLowerCase()}(${x})`),
    ]),
  ),
};

// By their numbers in `TensorProto.DataType`.
const castTo: Readonly<Record<number, Element>> = {
  1: "float",
  6: "int32_t",
  7: "int32_t",
  9: "uint8_t",
  11: "double",
};

function cast({ operands: [x], program, number }: Call): Value {
  const to = number("to"), element = castTo[to]!;
  if (x!.element === element) return x!;
  if (x!.kind === "fill") {
    const value = to === 9 ? Number(x!.value !== 0) : x!.value;
    return { ...x!, element, value: element === "int32_t" ? Math.trunc(value) : value };
  }
  return apply(
    program,
    [x!],
    element,
    ([c]) => to === 9 ? `(${c} != ${zero(x!.element)})` : `(${element})${c}`,
  );
}

/** The operators of this file. */
export const elementwise: Readonly<Record<string, Lowering>> = {
  ...arithmetic,
  ...comparisons,
  ...unary,
  Cast: cast,
  Identity: ({ operands: [x] }) => x!,
  Where: ({ operands, program }) =>
    apply(program, operands, operands[1]!.element, ([c, a, b]) => `(${c} ? ${a} : ${b})`),
};
