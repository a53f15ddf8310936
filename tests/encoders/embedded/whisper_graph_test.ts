import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { onnxruntime } from "../../../lib/deps/onnxruntime.ts";
import { type WhisperCut, whisperGraph } from "../../../lib/encoders/embedded/whisper_graph.ts";
import { readOnnxGraph } from "../../../lib/encoders/onnx_graph.ts";
import { readOnnxWeights } from "../../../lib/encoders/onnx_weights.ts";
import { forward, tinyWhisper } from "./tiny_whisper.ts";

const size = { layers: 3, width: 8, heads: 2, bands: 3 };
const rows = 5;
const { bytes, weights } = tinyWhisper(size, { positions: 9 });
const features = Float32Array.from({ length: 3 * 2 * rows }, (_, i) => Math.sin(i * i));

function make(cut: WhisperCut): Uint8Array {
  return whisperGraph(bytes, { size, rows, cut }).toBytes();
}

async function run(onnx: Uint8Array): Promise<Readonly<Record<string, Float32Array>>> {
  const { InferenceSession, Tensor } = await onnxruntime();
  const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
  const input = new Tensor("float32", features, [1, 3, 2 * rows]);
  const found = await session.run({ input_features: input });
  await session.release();
  return Object.fromEntries(
    Object.entries(found).map(([name, { data, dims }]) => {
      deepEqual([...dims], [1, rows, size.width]);
      return [name, data as Float32Array];
    }),
  );
}

function near(found: Float32Array | undefined, wanted: readonly (readonly number[])[]): void {
  equal(found?.length, wanted.flat().length);
  found!.forEach((x, i) => ok(Math.abs(x - wanted.flat()[i]!) < 1e-5, `${i}: ${x}`));
}

const wanted = forward(weights, { features, rows, size });

for (const cut of [0, 1, 2, 3]) {
  Deno.test(`cut after ${cut} of 3 layers, the graph gives the states that stand there`, async () => {
    const found = await run(make(cut));
    deepEqual(Object.keys(found), ["last_hidden_state"]);
    near(found.last_hidden_state, cut === 3 ? wanted.normalised : wanted.states[cut]!);
  });
}

Deno.test("for a mix the graph gives what goes into each layer, and the last state", async () => {
  const found = await run(make("mix"));
  [0, 1, 2].forEach((l) => near(found[`hidden_states.${l}`], wanted.states[l]!));
  near(found.last_hidden_state, wanted.normalised);
});

Deno.test("a cut has the weights of its layers alone, in 8 bits, and the positions of its window", () => {
  const of = (cut: WhisperCut) => [...readOnnxWeights(make(cut)).values()];
  const matrices = (cut: WhisperCut) => of(cut).filter(({ type }) => type === 2).length;
  // Two convolutions, and six matrices a layer.
  deepEqual([0, 1, 3].map(matrices), [2, 8, 20]);
  ok(of(1).some(({ dims }) => `${dims}` === `${rows},8`));
  ok(!of(1).some(({ dims }) => dims[0] === 9));
  const { nodes } = readOnnxGraph(make(2));
  equal(nodes.filter(({ op }) => op === "Softmax").length, 2);
  equal(nodes.filter(({ op }) => /Integer|Quantize/.test(op)).length, 0);
  deepEqual(make(2), make(2));
});

Deno.test("an encoder of another size, or of other weights, is refused", () => {
  const other = (change: Partial<typeof size>, cut: WhisperCut) => () =>
    whisperGraph(bytes, { size: { ...size, ...change }, rows, cut });
  throws(
    other({ bands: 4 }, 0),
    /expected "conv1.weight_quantized", uint8 \[8,4,3\], got \[8,3,3\] of type 2/,
  );
  throws(
    other({ layers: 4 }, 4),
    /expected "layers.3.self_attn_layer_norm.weight", float32 \[8\], got nothing/,
  );
  throws(
    () => whisperGraph(bytes, { size, rows: 10, cut: 0 }),
    /expected "embed_positions.weight", float32 \[10,8\], got \[9,8\]/,
  );
});
