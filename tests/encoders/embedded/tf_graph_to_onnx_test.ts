import { deepEqual, ok, throws } from "node:assert/strict";
import { Graph } from "../../../lib/compile/onnx.ts";
import { onnxruntime } from "../../../lib/deps/onnxruntime.ts";
import * as tf from "../../../lib/deps/tf.ts";
import {
  type TfGraphModel,
  tfGraphToOnnx,
} from "../../../lib/encoders/embedded/tf_graph_to_onnx.ts";
import { key, normals } from "../../../lib/tensor/random.ts";
import { loadGraphModel } from "../../deps/tfjs_converter.ts";

const ints = (...values: number[]) => ({ list: { i: values.map(String) } });
const common = {
  T: { type: "DT_FLOAT" },
  data_format: { s: btoa("NHWC") },
  dilations: ints(1, 1, 1, 1),
};
const same = { ...common, padding: { s: btoa("SAME") } };
const fused = (...ops: string[]) => ({
  fused_ops: { list: { s: ops.map((op) => btoa(op)) } },
  num_args: { i: "1" },
  epsilon: { f: 0 },
});
const constant = (name: string) => ({ name, op: "Const", attr: { dtype: { type: "DT_FLOAT" } } });

/** Every operator of the expression model once or twice, on maps of 10 by 10: 8 after the first
 * convolution, so that a stride of 2 needs an odd number of pixels of padding. */
const weights = [
  { name: "w1", shape: [3, 3, 1, 4], dtype: "float32" },
  { name: "axes", shape: [2], dtype: "int32" },
  { name: "b1", shape: [4], dtype: "float32" },
  { name: "d", shape: [3, 3, 4, 1], dtype: "float32" },
  { name: "w2", shape: [1, 1, 4, 4], dtype: "float32" },
  { name: "b2", shape: [4], dtype: "float32" },
] as const;
const model = {
  modelTopology: {
    node: [
      {
        name: "x",
        op: "Placeholder",
        attr: {
          dtype: { type: "DT_FLOAT" },
          shape: { shape: { dim: [-1, 10, 10, 1].map((size) => ({ size: `${size}` })) } },
        },
      },
      ...weights.filter(({ dtype }) => dtype === "float32").map(({ name }) => constant(name)),
      {
        name: "c1",
        op: "_FusedConv2D",
        input: ["x", "w1", "b1"],
        attr: {
          ...common,
          padding: { s: btoa("VALID") },
          strides: ints(1, 1, 1, 1),
          ...fused("BiasAdd", "Relu"),
        },
      },
      {
        name: "dw",
        op: "DepthwiseConv2dNative",
        input: ["c1", "d"],
        attr: { ...same, strides: ints(1, 1, 1, 1) },
      },
      {
        name: "c2",
        op: "_FusedConv2D",
        input: ["dw", "w2", "b2"],
        attr: { ...same, strides: ints(1, 1, 1, 1), ...fused("BiasAdd") },
      },
      {
        name: "pool",
        op: "MaxPool",
        input: ["c2"],
        attr: { ...same, strides: ints(1, 2, 2, 1), ksize: ints(1, 3, 3, 1) },
      },
      {
        name: "short",
        op: "_FusedConv2D",
        input: ["c1", "w2", "b2"],
        attr: { ...same, strides: ints(1, 2, 2, 1), ...fused("BiasAdd") },
      },
      { name: "sum", op: "AddV2", input: ["pool", "short"], attr: { T: { type: "DT_FLOAT" } } },
      { name: "y", op: "Relu", input: ["sum"], attr: { T: { type: "DT_FLOAT" } } },
    ],
    versions: { producer: 1 },
  },
  weightsManifest: [{
    paths: ["w.bin"],
    weights: weights.map((w) => ({ ...w, shape: [...w.shape] })),
  }],
} as unknown as TfGraphModel;

function randomBytes(): Uint8Array<ArrayBuffer> {
  const next = normals(key(5));
  const count = weights.reduce(
    (sum, { shape }) => sum + shape.reduce((a: number, b: number) => a * b, 1),
    0,
  );
  return new Uint8Array(Float32Array.from({ length: count }, () => 0.5 * next()).buffer);
}

Deno.test("tfGraphToOnnx() computes what TensorFlow.js computes", async () => {
  const bytes = randomBytes();
  const next = normals(key(6));
  const image = Float32Array.from({ length: 200 }, () => next());

  await tf.setBackend("cpu");
  const reference = await loadGraphModel(tf.io.fromMemory({
    modelTopology: model.modelTopology,
    weightSpecs: model.weightsManifest[0]!.weights as unknown as tf.io.WeightsManifestEntry[],
    weightData: bytes.buffer,
  }));
  const expected = tf.tidy(() => {
    const y = reference.execute({ x: tf.tensor4d(image, [2, 10, 10, 1]) }, "y") as tf.Tensor4D;
    const first = tf.transpose(y, [0, 3, 1, 2]);
    return { shape: first.shape, data: first.dataSync() };
  });
  reference.dispose();

  const g = new Graph();
  const input = g.input("x", "float32", ["n", 1, 10, 10]);
  const output = tfGraphToOnnx(g, { model, weights: bytes, input, output: "y" });
  g.output("y", output, "float32", ["n", 4, "h", "w"]);
  const { InferenceSession, Tensor } = await onnxruntime();
  const session = await InferenceSession.create(g.toBytes());
  const { y } = await session.run({ x: new Tensor("float32", image, [2, 1, 10, 10]) });
  deepEqual([...y!.dims], expected.shape);
  const found = y!.data as Float32Array;
  ok(expected.data.every((v, i) => Math.abs(v - found[i]!) < 1e-5));
  ok(new Set(found).size > 50);
  await session.release();
});

Deno.test("tfGraphToOnnx() refuses operators it does not know, and missing weights", () => {
  const convert = (changed: TfGraphModel, bytes = randomBytes()) => () =>
    tfGraphToOnnx(new Graph(), { model: changed, weights: bytes, input: "x", output: "y" });
  const node = model.modelTopology.node.map((n) => n.op === "Relu" ? { ...n, op: "Elu" } : n);
  throws(convert({ ...model, modelTopology: { node } }), /an operator .*, got Elu in "y"/);
  throws(convert(model, randomBytes().slice(0, 40)), /expected 144 bytes of weights, got 40/);
});
