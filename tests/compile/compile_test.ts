import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { compile, float32, int32, type Spec, traceGraph } from "../../lib/compile/compile.ts";
import * as tf from "../../lib/deps/tf.ts";
import { key, normals } from "../../lib/tensor/random.ts";

type Fn = (x: Record<string, tf.Tensor>) => tf.Tensor;

/** Runs `fn` compiled and eagerly on the same random inputs and compares every value. */
async function parity(fn: Fn, shapes: Record<string, number[]>, scale = 1): Promise<void> {
  const next = normals(key(5));
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() * scale),
    ]),
  );
  const specs: Record<string, Spec> = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, float32(...shape)]),
  );
  const compiled = await compile(
    (inputs) => ({ y: fn(inputs as Record<string, tf.Tensor>) }),
    specs,
  );
  const { y } = await compiled.run(values) as { y: Float32Array };
  tf.setBackend("cpu");
  const eager = tf.tidy(() =>
    fn(Object.fromEntries(Object.entries(shapes).map(([n, s]) => [n, tf.tensor(values[n]!, s)])))
  );
  deepEqual(compiled.outputs.y.shape, eager.shape);
  const expected = eager.dataSync();
  equal(y.length, expected.length);
  // Sums of large terms cancel: float32 resolves them relative to the largest.
  const tolerance = 2e-6 * Math.max(1, ...expected.map(Math.abs));
  expected.forEach((e, i) => {
    ok(
      Math.abs(e - y[i]!) <= tolerance || Object.is(e, y[i]),
      `value ${i}: eager ${e}, compiled ${y[i]}`,
    );
  });
  eager.dispose();
  await compiled.dispose();
}

const sum = (x: tf.Tensor): tf.Scalar => tf.sum(x) as tf.Scalar;
/** The gradients of `Σ f(x)²` by every input, joined into one vector. */
const gradient = (f: Fn): Fn => (x) => {
  const names = Object.keys(x);
  const { grads } = tf.valueAndGrads((...parts: tf.Tensor[]) =>
    sum(tf.square(f(Object.fromEntries(names.map((n, i) => [n, parts[i]!])))))
  )(Object.values(x));
  return tf.concat(grads.map((g) => tf.reshape(g, [-1])));
};

const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  neg: tf.neg,
  exp: tf.exp,
  "log of the square": (x) => tf.log(tf.square(x)),
  "sqrt of abs": (x) => tf.sqrt(tf.abs(x)),
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  relu: tf.relu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  elu: tf.elu,
  softplus: tf.softplus,
  erf: tf.erf,
  log1p: (x) => tf.log1p(tf.abs(x)),
  expm1: tf.expm1,
  rsqrt: (x) => tf.rsqrt(tf.add(tf.square(x), 1)),
  reciprocal: (x) => tf.reciprocal(tf.add(tf.square(x), 1)),
  clip: (x) => tf.clipByValue(x, -0.5, 0.5),
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x, -1),
  mean: (x) => tf.mean(x, [0, 2]),
  "max along an axis": (x) => tf.max(x, 1),
  "min, keeping its axis": (x) => tf.min(x, 1, true),
  "sum of all": (x) => tf.sum(x),
  "sum along axes, transposed first": (x) => tf.sum(tf.transpose(x, [2, 0, 1]), [0, 2]),
  "slice and pad": (x) => tf.pad(tf.slice(x, [0, 1, 1], [2, 2, 3]), [[0, 0], [1, 2], [0, 1]]),
  "stack of unstacked": (x) => tf.stack(tf.unstack(x, 1).toReversed(), 2),
  split: (x) => tf.concat(tf.split(x, [1, 3], 2).toReversed(), 2),
  tile: (x) => tf.tile(x, [1, 2, 1]),
  reverse: (x) => tf.reverse(x, [1]),
  "cumulative sum": (x) => tf.cumsum(x, 2),
  "moments": (x) => {
    const { mean, variance } = tf.moments(x, [0, 1]);
    return tf.add(mean, variance);
  },
  "expandDims and squeeze": (x) => tf.squeeze(tf.expandDims(x, 1), [1]),
  "where": (x) => tf.where(tf.tensor([true, false, true, false]), tf.mul(x, 2), tf.square(x)),
  "transposed sums": (x) => tf.add(tf.transpose(tf.relu(tf.transpose(x, [2, 1, 0])), [2, 1, 0]), x),
};

for (const [name, f] of Object.entries(unary)) {
  Deno.test(`compiled ${name} equals eager tfjs, forward and backward`, async () => {
    for (const scale of [1, 30]) {
      await parity(
        ({ x }) => f(x!),
        { x: [2, 3, 4] },
        name === "exp" || name === "expm1" ? 1 : scale,
      );
    }
    await parity(gradient(({ x }) => f(x!)), { x: [2, 3, 4] });
  });
}

const binary: Record<string, Fn> = {
  add: ({ a, b }) => tf.add(a!, b!),
  sub: ({ a, b }) => tf.sub(a!, b!),
  mul: ({ a, b }) => tf.mul(a!, b!),
  div: ({ a, b }) => tf.div(a!, tf.add(tf.square(b!), 1)),
  maximum: ({ a, b }) => tf.maximum(a!, b!),
  minimum: ({ a, b }) => tf.minimum(a!, b!),
  pow: ({ a, b }) => tf.pow(tf.add(tf.abs(a!), 1), b!),
  squaredDifference: ({ a, b }) => tf.squaredDifference(a!, b!),
};

for (const [name, f] of Object.entries(binary)) {
  Deno.test(`compiled ${name} equals eager tfjs with every broadcast`, async () => {
    for (
      const [a, b] of [[[2, 3], [2, 3]], [[2, 3], [3]], [[2, 1], [1, 3]], [[], [2, 3]], [[1], [1]]]
    ) {
      await parity(f, { a: a!, b: b! });
      // The gradients of maximum, minimum and squaredDifference in tfjs itself do not broadcast.
      if (!/im|squared/.test(name) || `${a}` === `${b}`) {
        await parity(gradient(f), { a: a!, b: b! });
      }
    }
  });
}

Deno.test("compiled matMul equals eager tfjs for every transposition, with and without batch", async () => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      const f: Fn = ({ a, b }) => tf.matMul(a!, b!, transposeA, transposeB);
      const a = transposeA ? [4, 2] : [2, 4], b = transposeB ? [3, 4] : [4, 3];
      for (const batch of [[], [5], [2, 3]]) {
        await parity(f, { a: [...batch, ...a], b: [...batch, ...b] });
        await parity(gradient(f), { a: [...batch, ...a], b: [...batch, ...b] });
      }
    }
  }
});

Deno.test("compiled conv2d and its gradients equal eager tfjs for strides and paddings", async () => {
  for (const stride of [1, 2, 3]) {
    for (const pad of ["same", "valid"] as const) {
      const f: Fn = ({ x, w, b }) =>
        tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad), b!));
      const shapes = { x: [2, 9, 8, 3], w: [3, 3, 3, 4], b: [4] };
      await parity(f, shapes);
      await parity(gradient(f), shapes);
    }
  }
});

Deno.test("between two convolutions no transposition of the data is left", () => {
  const { graph } = traceGraph(({ x, v, w, b }: Record<string, tf.Tensor>) => {
    const hidden = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, v as tf.Tensor4D, 2, "same"), b!));
    return { y: tf.mean(tf.conv2d(hidden as tf.Tensor4D, w as tf.Tensor4D, 2, "same"), [1, 2]) };
  }, { x: float32(2, 8, 8, 1), v: float32(3, 3, 1, 4), w: float32(3, 3, 4, 4), b: float32(4) });
  // One for the input, one for each filter, and one for the small mean.
  equal(graph.operators.Transpose, 4);
});

Deno.test("gather, oneHot and their gradients take integer inputs", async () => {
  const compiled = await compile(({ table, index }) => {
    const f = (t: tf.Tensor) => sum(tf.square(tf.gather(t, index as tf.Tensor1D)));
    return { slope: tf.grad(f)(table), hot: tf.oneHot(index as tf.Tensor1D, 3) };
  }, { table: float32(3, 2), index: int32(4) });
  const { slope, hot } = await compiled.run({
    table: Float32Array.of(1, 2, 3, 4, 5, 6),
    index: Int32Array.of(2, 0, 2, 2),
  });
  deepEqual([...slope], [2, 4, 0, 0, 30, 36]);
  deepEqual([...hot], [0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1]);
  await compiled.dispose();
});

Deno.test("compile() refuses to read a tensor and names the operation", async () => {
  await rejects(
    compile(({ x }) => ({ y: tf.scalar(x.dataSync()[0]!) }), { x: float32(1) }),
    /Cannot read a tensor while compiling/,
  );
});

Deno.test("compile() names a kernel that has no translation", async () => {
  await rejects(
    compile(({ x }) => ({ y: tf.cumprod(x) }), { x: float32(3) }),
    /Cannot compile .*kernel "Cumprod" has no ONNX translation/,
  );
  equal(tf.getBackend(), "cpu");
});

Deno.test("run() refuses inputs that are missing, too long or unknown", async () => {
  const double = await compile(({ x }) => ({ y: tf.mul(x, 2) }), { x: float32(2) });
  await rejects(double.run({} as { x: Float32Array }), /expected an input "x", got none/);
  await rejects(double.run({ x: new Float32Array(3) }), /expected 2 values \[2\] for "x", got 3/);
  await rejects(
    double.run({ x: new Float32Array(2), z: new Float32Array(1) } as { x: Float32Array }),
    /unexpected input "z"/,
  );
  await double.dispose();
});
