import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { Graph } from "../../lib/compile/onnx.ts";
import { onnxruntime } from "../../lib/deps/onnxruntime.ts";
import { withHiddenStates } from "../../lib/encoders/hidden_states.ts";
import { layerInputs, readOnnxGraph } from "../../lib/encoders/onnx_graph.ts";
import { wav2vec2Mini } from "../../lib/encoders/embedded/wav2vec2.ts";
import { clip, expected, withTiny } from "./tiny_encoders.ts";

const graph = "onnx/model.onnx";

async function find(folder: string, layers = 3) {
  return await withHiddenStates({
    folder,
    graph,
    layers,
  });
}

/** Each output of a graph on the clip of the reference, normalised as its extractor does. */
async function run(path: string, outputs: readonly string[]): Promise<Float32Array[]> {
  const { InferenceSession, Tensor } = await onnxruntime();
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  const { samples } = clip;
  const mean = samples.reduce((a, b) => a + b, 0) / samples.length;
  const variance = samples.reduce((a, b) => a + (b - mean) ** 2, 0) / samples.length;
  const values = samples.map((x) => (x - mean) / Math.sqrt(variance + 1e-7));
  const found = await session.run({ input_values: new Tensor("float32", values, [1, 2000]) });
  await session.release();
  return outputs.map((name) => found[name]!.data as Float32Array);
}

for (
  const { name, states } of [
    { name: "wav2vec2", states: expected.wav2vec2 },
    { name: "wav2vec2-stable", states: expected.wav2vec2Stable },
  ]
) {
  Deno.test(`the hidden states of ${name} are those of transformers`, () =>
    withTiny(name, async (root) => {
      const folder = `${root}/tiny/${name}`;
      const before = await Deno.readFile(`${folder}/${graph}`);
      const found = await find(folder);
      equal(found.graph, "onnx/model.hidden_states.onnx");
      deepEqual(found.outputs, [
        "hidden_states.0",
        "hidden_states.1",
        "hidden_states.2",
        "last_hidden_state",
      ]);
      const layers = await run(`${folder}/${found.graph}`, found.outputs);
      layers.forEach((data, l) => {
        const wanted = states[l]!.flat();
        equal(data.length, wanted.length);
        data.forEach((x, i) => ok(Math.abs(x - wanted[i]!) < 1e-4, `layer ${l}: ${x}`));
      });
      // Layers differ by far more than the tolerance.
      ok(states[1]!.flat().some((x, i) => Math.abs(x - states[2]!.flat()[i]!) > 0.1));
      deepEqual(await Deno.readFile(`${folder}/${graph}`), before);
    }));
}

Deno.test("a copy with hidden states is used again, unless the file or the copy has changed", () =>
  withTiny("wav2vec2", async (root) => {
    const folder = `${root}/tiny/wav2vec2`;
    const copy = `${folder}/${(await find(folder)).graph}`;
    const first = await Deno.stat(copy);
    await find(folder);
    equal((await Deno.stat(copy)).ino, first.ino);
    for (const place of [100, first.size - 3]) {
      const bytes = await Deno.readFile(copy);
      bytes[place]! ^= 1;
      await Deno.writeFile(copy, bytes);
      await find(folder);
      notEqual((await Deno.readFile(copy))[place], bytes[place]);
    }
    deepEqual([...Deno.readDirSync(`${folder}/onnx`)].map(({ name }) => name).sort(), [
      "model.hidden_states.onnx",
      "model.onnx",
      "model_quantized.onnx",
    ]);
  }));

Deno.test("layers are found in graphs that were exported otherwise", () => {
  // The embedded wav2vec 2.0 has no biases, no names and no masks.
  const { "onnx/model.onnx": bytes } = wav2vec2Mini();
  equal(layerInputs(readOnnxGraph(bytes as Uint8Array), "input_values").length, 2);
});

/** Two layers whose scores get a mask that is computed from the input's shape, or from another input. */
function masked(from: "shape" | "input"): Graph {
  const g = new Graph();
  const x = g.input("x", "float32", [1, 4, 4]);
  const mask = from === "input"
    ? g.input("mask", "float32", [4, 4])
    : g.node("Expand", [g.floats([0]), g.node("Shape", [g.node("Squeeze", [x])])]);
  let state = g.node("Tanh", [x]);
  for (const scale of [1, 2]) {
    const keys = g.node("Mul", [state, g.floats(scale)]);
    const scores = g.node("MatMul", [state, g.node("Transpose", [keys], { perm: [0, 2, 1] })]);
    const shares = g.node("Softmax", [g.node("Add", [scores, mask])], { axis: -1 });
    const read = g.node("MatMul", [shares, state]);
    // The other way round in the second layer: an addition has no order.
    const operands = scale === 1 ? [state, read] : [read, state];
    const added = g.node("Add", operands);
    state = g.node("Add", [added, g.node("Relu", [added])]);
  }
  g.output("last_hidden_state", state, "float32", [1, 4, 4]);
  return g;
}

Deno.test("a mask on the scores is not taken for a state, whatever it comes from", () => {
  for (const from of ["shape", "input"] as const) {
    const graph = readOnnxGraph(masked(from).toBytes());
    const found = layerInputs(graph, "x");
    const producer = (name: string) => graph.nodes.find(({ outputs }) => outputs.includes(name))!;
    deepEqual(found.map((name) => producer(name).op), ["Tanh", "Add"]);
    // The second is the sum with the Relu, which is the end of the first layer.
    equal(producer(producer(found[1]!).inputs[1]!).op, "Relu");
  }
});

Deno.test("a file that gives its hidden states is used as it is", async () => {
  const g = masked("input");
  const folder = await Deno.makeTempDir();
  for (const name of ["hidden_states.0", "hidden_states.1"]) {
    g.output(name, "x", "float32", [1, 4, 4]);
  }
  await Deno.mkdir(`${folder}/onnx`);
  await Deno.writeFile(`${folder}/${graph}`, g.toBytes());
  deepEqual(await find(folder, 2), {
    graph,
    outputs: ["hidden_states.0", "hidden_states.1", "last_hidden_state"],
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a graph of fewer layers than its configuration says is refused", () =>
  withTiny("wav2vec2", (root) =>
    rejects(find(`${root}/tiny/wav2vec2`, 12), {
      name: "RangeError",
      message:
        `Cannot take hidden states from "${root}/tiny/wav2vec2/onnx/model.onnx": expected 12 layers ` +
        `of attention, as its config.json says, got 3`,
    })));
