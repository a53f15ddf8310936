import { deepEqual, equal, ok } from "node:assert/strict";
import { compile, float32, int32, traceGraph } from "../../../lib/compile/compile.ts";
import * as tf from "../../../lib/deps/tf.ts";
import { extremes, floats, type Fn, inputs, ints, onEach, parity } from "../parity.ts";

const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.square(x), 0.5);
const within = (x: tf.Tensor): tf.Tensor => tf.mul(tf.tanh(x), 0.9);

/** Functions that have a value and a slope everywhere. */
const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  neg: tf.neg,
  exp: (x) => tf.exp(tf.clipByValue(x, -20, 20)),
  log: (x) => tf.log(positive(x)),
  sqrt: (x) => tf.sqrt(positive(x)),
  abs: tf.abs,
  sign: tf.sign,
  square: tf.square,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  logSigmoid: tf.logSigmoid,
  relu: tf.relu,
  relu6: tf.relu6,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  elu: tf.elu,
  selu: tf.selu,
  prelu: (x) => tf.prelu(x, tf.tensor1d([0.5, -1, 2])),
  step: (x) => tf.step(x, 0.25),
  softplus: tf.softplus,
  erf: tf.erf,
  log1p: (x) => tf.log1p(tf.abs(x)),
  expm1: (x) => tf.expm1(tf.clipByValue(x, -20, 3)),
  rsqrt: (x) => tf.rsqrt(positive(x)),
  reciprocal: (x) => tf.reciprocal(positive(x)),
  sin: (x) => tf.sin(tf.clipByValue(x, -9, 9)),
  cos: (x) => tf.cos(tf.clipByValue(x, -9, 9)),
  tan: (x) => tf.tan(within(x)),
  asin: (x) => tf.asin(within(x)),
  acos: (x) => tf.acos(within(x)),
  atan: tf.atan,
  sinh: (x) => tf.sinh(within(x)),
  cosh: (x) => tf.cosh(within(x)),
  asinh: (x) => tf.asinh(within(x)),
  acosh: (x) => tf.acosh(tf.add(positive(x), 1)),
  atanh: (x) => tf.atanh(within(x)),
  floor: tf.floor,
  ceil: tf.ceil,
  round: tf.round,
  clip: (x) => tf.clipByValue(x, -0.5, 0.5),
  "sum of many": (x) => tf.addN([x, tf.square(x), x]),
  where: (x) => tf.where(tf.tensor1d([true, false, true], "bool"), tf.mul(x, 2), tf.square(x)),
  "a chain through transpositions": (x) =>
    tf.add(tf.transpose(tf.relu(tf.transpose(x, [2, 1, 0])), [2, 1, 0]), x),
};

const unaryCases: Record<string, Fn> = Object.fromEntries(
  Object.entries(unary).map(([name, f]) => [name, ({ x }) => f(x!)]),
);

Deno.test("element-wise kernels of one tensor equal eager tfjs, forward and backward", async () => {
  for (const shape of [[2, 4, 3], [1, 3], [3]]) {
    const { "a chain through transpositions": chain, ...rest } = unaryCases;
    const cases: Record<string, Fn> = shape.length === 3 ? { ...rest, chain: chain! } : rest;
    await parity(cases, inputs({ x: shape }));
  }
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`element-wise kernels of one tensor equal eager tfjs on values: ${name}`, async () => {
    await parity(unaryCases, inputs({ x: [1, 8, 3] }, draw));
  });
}

const square = (x: tf.Tensor): tf.Tensor => tf.add(tf.square(x), 1);

const binary: Record<string, Fn> = {
  add: ({ a, b }) => tf.add(a!, b!),
  sub: ({ a, b }) => tf.sub(a!, b!),
  mul: ({ a, b }) => tf.mul(a!, b!),
  div: ({ a, b }) => tf.div(a!, square(b!)),
  pow: ({ a, b }) => tf.pow(tf.add(tf.abs(a!), 1), tf.clipByValue(b!, -3, 3)),
};
/** Those whose gradients tfjs itself does not broadcast. */
const binaryOfEqualShape: Record<string, Fn> = {
  maximum: ({ a, b }) => tf.maximum(a!, b!),
  minimum: ({ a, b }) => tf.minimum(a!, b!),
  squaredDifference: ({ a, b }) => tf.squaredDifference(a!, b!),
  mod: ({ a, b }) => tf.mod(a!, square(b!)),
};

Deno.test("element-wise kernels of two tensors equal eager tfjs with every broadcast", async () => {
  const shapes = [[[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[], [2, 3]], [[1], [1]]];
  for (const [a, b] of shapes) {
    const given = inputs({ a: a!, b: b! });
    await parity(binary, given);
    await parity(binaryOfEqualShape, given, { gradients: `${a}` === `${b}` });
  }
});

for (const [name, draw] of Object.entries(extremes)) {
  Deno.test(`element-wise kernels of two tensors equal eager tfjs on values: ${name}`, async () => {
    const given = inputs({ a: [8, 3], b: [8, 3] }, draw);
    // The derivative of a remainder by its divisor is a floor, which rounding may move by one.
    const { mod, ...smooth } = binaryOfEqualShape;
    await parity({ ...binary, ...smooth }, given);
    await parity({ mod: mod! }, given, { gradients: false });
  });
}

Deno.test("where two values are equal, maximum and minimum divide the gradient as tfjs does", async () => {
  const same = inputs({ a: [4] });
  await parity(binaryOfEqualShape, { ...same, b: same.a });
});

Deno.test("a tensor with one value everywhere is a scalar in the graph, whoever filled it", () => {
  // tfjs makes its gradient of a mean with an array of ones.
  const { graph } = traceGraph(({ x }) => {
    const slope = tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.mean(x, 1))))(x);
    return { slope, threes: tf.mul(x, tf.tensor2d(Array<number>(20).fill(3), [4, 5])) };
  }, { x: float32(4, 5) });
  const floats = graph.parts.initializers.filter(({ type }) => type === "float32");
  ok(floats.length > 0);
  for (const { dims } of floats) deepEqual(dims, []);
});

Deno.test("operations with ones equal eager tfjs; products alone are left out of the graph", async () => {
  const operations = {
    add: tf.add,
    sub: tf.sub,
    mul: tf.mul,
    maximum: tf.maximum,
    minimum: tf.minimum,
    pow: tf.pow,
  };
  const a = floats("a", [2, 3]);
  const withOnes = Object.entries(operations).flatMap(([name, f]): [string, Fn][] => [
    [`${name}, ones first`, ({ a }) => f(tf.fill([2, 3], 1), a!)],
    [`${name}, ones second`, ({ a }) => f(a!, tf.fill([2, 3], 1))],
  ]);
  await parity(Object.fromEntries(withOnes), { a }, { gradients: false });
  for (const [name, f] of withOnes) {
    const { operators, dispose } = await compile(({ a }) => ({ y: f({ a }) }), {
      a: float32(2, 3),
    });
    await dispose();
    // Each output has an Identity of its own.
    const { Identity: _, ...others } = operators;
    equal(Object.keys(others).length === 0, name.startsWith("mul"), name);
  }
});

Deno.test("comparisons and their logic equal eager tfjs, NaN and infinities included", async () => {
  const values = Float32Array.of(NaN, Infinity, -Infinity, 0, -0, 1, 1e-40);
  const n = values.length;
  const comparisons = [
    tf.greater,
    tf.greaterEqual,
    tf.less,
    tf.lessEqual,
    tf.equal,
    tf.notEqual,
  ] as const;
  const pairs: Record<string, Fn> = Object.fromEntries(
    comparisons.map((f) => [f.name, ({ a, b }) => f(a!, b!)]),
  );
  await parity({
    ...pairs,
    isNaN: ({ a }) => tf.isNaN(a!),
    isInf: ({ a }) => tf.isInf(a!),
    isFinite: ({ a }) => tf.isFinite(a!),
    and: ({ a, b }) => tf.logicalAnd(tf.less(a!, 1), tf.equal(a!, b!)),
    or: ({ a, b }) => tf.logicalOr(tf.less(a!, 1), tf.equal(a!, b!)),
    xor: ({ a, b }) => tf.logicalXor(tf.less(a!, b!), tf.greaterEqual(b!, 0)),
    not: ({ a }) => tf.logicalNot(tf.less(a!, 1)),
    "order of booleans": ({ a, b }) => tf.greater(tf.less(a!, 1), tf.equal(a!, b!)),
    "choice of booleans": ({ a, b }) => tf.where(tf.less(a!, b!), tf.equal(a!, 1), tf.isNaN(a!)),
    maximum: ({ a, b }) => tf.maximum(a!, b!),
    minimum: ({ a, b }) => tf.minimum(a!, b!),
    relu: ({ a }) => tf.relu(a!),
    "clip, with NaN": ({ a }) => tf.clipByValue(a!, -1, 1),
  }, {
    a: { shape: [n, 1], dtype: "float32", values },
    b: { shape: [1, n], dtype: "float32", values },
  }, { gradients: false });
});

Deno.test("integers divide, compare and cast as in tfjs, division by zero included", async () => {
  const values = [0, 1, -1, 7, -7, 2, -2, 2 ** 31 - 1, 2 ** 24 + 1, 100];
  const hundred = () => tf.scalar(100, "int32");
  await parity(
    {
      floorDiv: ({ a, b }) => tf.floorDiv(a!, b!),
      mod: ({ a, b }) => tf.mod(a!, b!),
      add: ({ a, b }) => tf.add(tf.mod(a!, hundred()), tf.mod(b!, hundred())),
      mul: ({ a, b }) => tf.mul(tf.mod(a!, hundred()), tf.mod(b!, hundred())),
      maximum: ({ a, b }) => tf.maximum(a!, b!),
      "sum of many": ({ a, b }) => tf.addN([tf.minimum(a!, b!), tf.zerosLike(tf.minimum(b!, a!))]),
      greater: ({ a, b }) => tf.greater(a!, b!),
      sign: ({ a }) => tf.sign(a!),
      "float functions of integers": ({ a }) => tf.softplus(tf.minimum(a!, 5)),
      exp: ({ a }) => tf.exp(tf.minimum(a!, 5)),
      leakyRelu: ({ a }) => tf.leakyRelu(a!, 0.25),
      prelu: ({ a }) => tf.prelu(a!, tf.scalar(0.25)),
      isFinite: ({ a }) => tf.isFinite(a!),
      "to bool": ({ a }) => tf.cast(a!, "bool"),
      "to float": ({ a }) => tf.cast(a!, "float32"),
      "from float": ({ a }) =>
        tf.cast(tf.mul(tf.cast(tf.minimum(a!, 100), "float32"), 0.75), "int32"),
    },
    { a: ints([10, 1], values), b: ints([1, 10], values) },
    { gradients: false },
  );
});

Deno.test("log1p and expm1 keep the digits of small numbers and reach their limits", async () => {
  const x = [1e-30, 1e-8, -1e-8, 3e-4, -0.5, 2, 100, Infinity, -0.999];
  const digits = (values: ArrayLike<number>) => Array.from(values, (v) => v.toPrecision(6));
  const rounded = x.map(Math.fround);
  await onEach(
    ({ x }) => ({ log: tf.log1p(x), exp: tf.expm1(x) }),
    { x: float32(9) },
    { x: Float32Array.from(x) },
    ({ log, exp }) => {
      deepEqual(digits(log), digits(Float32Array.from(rounded, Math.log1p)));
      deepEqual(digits(exp), digits(Float32Array.from(rounded, Math.expm1)));
    },
  );
});

Deno.test("what differs by nature: NaN of sign and step, and infinities cast to integers", async () => {
  const f = (x: tf.Tensor) => ({ sign: tf.sign(x), step: tf.step(x) });
  await onEach(
    ({ x }) => f(x),
    { x: float32(1) },
    { x: Float32Array.of(NaN) },
    ({ sign, step }) => deepEqual([sign[0], step[0]], [NaN, 0]),
  );
  tf.setBackend("cpu");
  const eager = f(tf.tensor1d([NaN]));
  deepEqual([eager.sign.dataSync()[0], eager.step.dataSync()[0]], [0, NaN]);
});

Deno.test("int32 overflows by wrapping around, where tfjs rounds to float64 first", async () => {
  await onEach(
    ({ x }) => ({ y: tf.square(x) }),
    { x: int32(1) },
    { x: Int32Array.of(2 ** 31 - 1) },
    ({ y }) => equal(y[0], 1),
  );
});

Deno.test("denormal numbers are kept, not flushed to zero", async () => {
  const tiny = Math.fround(1e-40);
  const exact = [1, -1, 2, 4, 1, 1].map((factor) => Math.fround(factor * tiny));
  await onEach(
    ({ x }) => ({
      y: tf.stack([x, tf.neg(x), tf.add(x, x), tf.mul(x, 4), tf.relu(x), tf.abs(x), tf.tanh(x)]),
    }),
    { x: float32(1) },
    { x: Float32Array.of(tiny) },
    ({ y }) => {
      deepEqual([...y.slice(0, 6)], exact);
      // The rational function for tanh has a few digits of a denormal number.
      equal(y[6]!.toPrecision(2), "1.0e-40");
    },
  );
});
