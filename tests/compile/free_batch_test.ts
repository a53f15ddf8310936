import { deepEqual, ok, throws } from "node:assert/strict";
import { float32, type Spec, type Tensors, traceAnyBatch } from "../../lib/compile/mod.ts";
import { onnxruntime } from "../../lib/deps/onnxruntime.ts";
import * as tf from "../../lib/deps/tf.ts";

const inputs = (batch: number) => ({ x: float32(batch, 2, 3), scale: float32(3) });

/** The batch in a Reshape, an Expand, a Tile, a constant of many rows, and on the second axis. */
function manyShapes({ x, scale }: Tensors<ReturnType<typeof inputs>>) {
  const batch = x.shape[0]!;
  const scaled = tf.mul(x, scale);
  const rows = tf.reshape(scaled, [batch * 2, 3]);
  const joined = tf.concat([tf.zeros([batch, 1, 3]), scaled, tf.fill([batch, 1, 3], 7)], 1);
  return {
    product: tf.reshape(tf.matMul(rows, tf.tensor2d([1, 2, 3], [3, 1])), [batch, 2]),
    joined,
    tiled: tf.tile(tf.transpose(scaled, [1, 0, 2]), [1, 1, 2]),
    last: tf.reshape(tf.slice(scaled, [0, 1, 0], [-1, 1, -1]), [-1, 3]),
  };
}

async function run(batch: number) {
  const x = Float32Array.from({ length: batch * 6 }, (_, i) => Math.sin(i));
  const scale = Float32Array.of(1, -2, 0.5);
  const { InferenceSession, Tensor } = await onnxruntime();
  const graph = traceAnyBatch(manyShapes, inputs);
  const session = await InferenceSession.create(graph.toBytes(), { logSeverityLevel: 3 });
  const got = await session.run({
    "in/x": new Tensor("float32", x, [batch, 2, 3]),
    "in/scale": new Tensor("float32", scale, [3]),
  });
  const wanted = manyShapes({ x: tf.tensor(x, [batch, 2, 3]), scale: tf.tensor(scale) });
  const declared = session.outputMetadata.map((output) => output.isTensor && output.shape);
  await session.release();
  return { got, wanted, declared };
}

for (const batch of [1, 2, 7]) {
  Deno.test(`one graph gives what eager tfjs gives for a batch of ${batch}`, async () => {
    const { got, wanted, declared } = await run(batch);
    for (const [name, tensor] of Object.entries(wanted)) {
      const { dims, data } = got[`out/${name}`]!;
      deepEqual(dims, tensor.shape, name);
      const numbers = tensor.dataSync();
      ok((data as Float32Array).every((value, i) => Math.abs(value - numbers[i]!) < 1e-6), name);
    }
    deepEqual(declared, [["batch", 2], ["batch", 4, 3], [2, "batch", 6], ["batch", 3]]);
  });
}

Deno.test("what depends on the batch in another way than by a shape is refused", () => {
  const trace = (fn: (x: tf.Tensor) => tf.Tensor) => () =>
    traceAnyBatch<{ x: Spec }>(({ x }) => ({ y: fn(x) }), (batch) => ({ x: float32(batch, 2) }));
  const refused = /^Error: Cannot free the batch: expected its size in shapes alone, got /;
  throws(trace((x) => tf.mul(x, 1 / x.shape[0]!)), refused);
  throws(trace((x) => tf.slice(x, [0, 0], [x.shape[0]! - 1, 2])), refused);
  throws(trace((x) => tf.matMul(x, x, true, false).mul(x.shape[0]!)), refused);
  throws(trace((x) => tf.mul(x, tf.range(0, x.shape[0]!).reshape([-1, 1]))), refused);
  throws(trace((x) => x.shape[0] === 1009 ? tf.exp(x) : tf.abs(x)), refused);
  throws(trace((x) => tf.sum(tf.mul(tf.fill([x.shape[0]! ** 2, 1], 1), tf.sum(x)))), refused);
  throws(
    () => traceAnyBatch<{ x: Spec }>(({ x }) => ({ y: x }), () => ({ x: float32(2) })),
    /^Error: Cannot free the batch: expected an input with it$/,
  );
});
