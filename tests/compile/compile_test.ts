import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { compile, float32, int32 } from "../../lib/compile/compile.ts";
import * as tf from "../../lib/deps/tf.ts";

const sum = (x: tf.Tensor): tf.Scalar => tf.sum(x) as tf.Scalar;

Deno.test("a compiled function returns its outputs in the tree that it was written with", async () => {
  const compiled = await compile(({ pair: { a, b }, n }) => ({
    sum: tf.add(a, b),
    rest: { equal: tf.equal(a, b), twice: tf.mul(n, tf.scalar(2, "int32")) },
  }), { pair: { a: float32(2), b: float32(1) }, n: int32() });
  deepEqual(compiled.outputs, {
    sum: { shape: [2], dtype: "float32" },
    rest: { equal: { shape: [2], dtype: "bool" }, twice: { shape: [], dtype: "int32" } },
  });
  const { sum, rest } = await compiled.run({
    pair: { a: Float32Array.of(1, 2), b: Float32Array.of(2) },
    n: Int32Array.of(-3),
  });
  await compiled.dispose();
  deepEqual([sum, rest.twice], [Float32Array.of(3, 4), Int32Array.of(-6)]);
  deepEqual([...rest.equal], [0, 1]);
});

Deno.test("one tensor may be several outputs, an input may be one, and a constant too", async () => {
  const compiled = await compile(({ x }) => {
    const y = tf.square(x);
    return { y, again: y, x, seven: tf.fill([2], 7) };
  }, { x: float32(2) });
  const results = await compiled.run({ x: Float32Array.of(2, 3) });
  await compiled.dispose();
  deepEqual(Object.values(results).map((v) => [...v]), [[4, 9], [4, 9], [2, 3], [7, 7]]);
});

Deno.test("what a function closes over becomes constant", async () => {
  const weight = [2, 5];
  const compiled = await compile(({ x }) => ({ y: tf.mul(x, weight) }), { x: float32(2) });
  weight[0] = 3;
  const { y } = await compiled.run({ x: Float32Array.of(1, 1) });
  await compiled.dispose();
  deepEqual([...y], [2, 5]);
});

Deno.test("a tensor of another backend that a function closes over becomes constant", async () => {
  const weight = tf.tensor1d([2, 5]);
  const compiled = await compile(({ x }) => ({ y: tf.mul(x, weight) }), { x: float32(2) });
  weight.dispose();
  const { y } = await compiled.run({ x: Float32Array.of(1, 1) });
  await compiled.dispose();
  deepEqual([...y], [2, 5]);
});

Deno.test("runs in a row, and at the same time, do not touch each other", async () => {
  const compiled = await compile(({ x }) => ({ y: sum(tf.square(x)) }), { x: float32(2) });
  const results = await Promise.all(
    [1, 2, 3].map((v) => compiled.run({ x: Float32Array.of(v, v) })),
  );
  await compiled.dispose();
  deepEqual(results.map(({ y }) => y[0]), [2, 8, 18]);
});

Deno.test("second derivatives compile", async () => {
  const slope = (f: (x: tf.Tensor) => tf.Tensor) => tf.grad((x: tf.Tensor) => sum(f(x)));
  const compiled = await compile(
    ({ x }) => ({ curvature: slope(slope((x) => tf.pow(x, 3)))(x) }),
    { x: float32(2) },
  );
  const { curvature } = await compiled.run({ x: Float32Array.of(1, -2) });
  await compiled.dispose();
  // (x³)'' = 6x.
  deepEqual([...curvature], [6, -12]);
});

Deno.test("compile() refuses to read a tensor and names the operation", async () => {
  await rejects(
    compile(({ x }) => ({ y: tf.scalar(x.dataSync()[0]!) }), { x: float32(1) }),
    /Cannot read a tensor while compiling/,
  );
});

Deno.test("compile() names a kernel that has no translation, and the call", async () => {
  await rejects(
    compile(({ x }) => ({ y: tf.atan2(x, x) }), { x: float32(3) }),
    /Cannot compile atan2.*: its tfjs kernel "Atan2" has no ONNX translation/,
  );
  equal(tf.getBackend(), "cpu");
});

Deno.test("compile() refuses sums of booleans and says what to do", async () => {
  await rejects(
    compile(({ x }) => ({ y: tf.add(tf.isNaN(x), tf.isInf(x)) }), { x: float32(3) }),
    /Cannot compile Add: expected numbers, got bool; cast to int32 first/,
  );
});

Deno.test("after a refusal the next function compiles", async () => {
  await rejects(compile(({ x }) => ({ y: tf.atan2(x, x) }), { x: float32(1) }));
  const compiled = await compile(({ x }) => ({ y: tf.neg(x) }), { x: float32(1) });
  const { y } = await compiled.run({ x: Float32Array.of(3) });
  await compiled.dispose();
  ok(y[0] === -3);
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
