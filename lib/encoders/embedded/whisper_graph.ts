/** The first layers of Whisper's encoder as an ONNX graph, around weights from a file that has them all. @module */

import { Graph, onnxTypes } from "../../compile/onnx.ts";
import { readOnnxGraph } from "../onnx_graph.ts";
import { type OnnxWeight, readOnnxWeights } from "../onnx_weights.ts";
import { attention, gelu } from "./transformer_layers.ts";

/** What the graph gives: the state after so many layers, or all of them for a mix. */
export type WhisperCut = number | "mix";

/** Of an encoder. */
export interface WhisperSize {
  /** Of the whole encoder. */
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Bands of the spectrogram. */
  readonly bands: number;
}

const epsilon = { float: 1e-5 };

/**
 * A graph of `input_features [batch, bands, 2 rows]` that ends where `cut` says: after so many of the
 * encoder's layers (0 is what goes into the first). `last_hidden_state` is `[batch, rows, width]`,
 * `mix` gives the inputs of the layers beside it, `hidden_states.0` and on. (Radford et al., *Robust
 * speech recognition via large-scale weak supervision*, 2022):
 *
 *     x = GELU(Conv(GELU(Conv(features)), stride 2)) + positions
 *     x = x + MultiHead(LayerNorm(x)),  x = x + W₂ GELU(W₁ LayerNorm(x) + b₁) + b₂
 *
 * and after the last of all layers one more normalisation. `source` is an encoder of it that ONNX
 * Runtime's dynamic quantisation has made: weights in 8 bits, and activations brought to 8 bits at
 * every product, by kernels that differ between processors. Here the same weights are brought back to
 * float32 when the graph is loaded, (q − zero point) · scale, and everything is computed in it.
 * Positions are the first `rows` of 1500, for windows that are shorter than 30 s; attention weights
 * are no outputs.
 *
 * @throws {RangeError} `source` lacks a weight, or has one of another shape or type.
 */
export function whisperGraph(
  source: Uint8Array,
  { size, rows, cut }: {
    readonly size: WhisperSize;
    readonly rows: number;
    readonly cut: WhisperCut;
  },
): Graph {
  const { layers, width, heads, bands } = size;
  const g = new Graph();
  const weights = openWeights(source, g);
  const vector = (name: string, length = width) => weights.floats(name, [length]);
  const norm = (x: string, name: string) =>
    g.node("LayerNormalization", [x, vector(`${name}.weight`), vector(`${name}.bias`)], {
      axis: -1,
      epsilon,
    });
  const conv = (x: string, name: string, inputs: number, stride: number) =>
    gelu(
      g,
      g.node("Conv", [
        x,
        weights.quantised(`${name}.weight`, [width, inputs, 3]),
        vector(`${name}.bias`),
      ], {
        pads: [1, 1],
        strides: [stride],
      }),
    );
  const linear = (x: string, node: string, [inputs, outputs]: readonly [number, number]) =>
    g.node("MatMul", [x, weights.quantised(weights.ofProduct(node), [inputs, outputs])]);
  const biased = (x: string, name: string, dims: readonly [number, number]) =>
    g.node("Add", [linear(x, name, dims), vector(`${name}.bias`, dims[1])]);

  const features = g.input("input_features", "float32", ["batch", bands, 2 * rows]);
  const heard = conv(conv(features, "conv1", bands, 1), "conv2", width, 2);
  let x = g.node("Add", [
    g.node("Transpose", [heard], { perm: [0, 2, 1] }),
    weights.firstRows("embed_positions.weight", [rows, width]),
  ]);
  const states = [x];
  const depth = cut === "mix" ? layers : cut;
  for (let l = 0; l < depth; l++) {
    const layer = `layers.${l}`;
    const project = (name: keyof typeof projections, value: string) => {
      const full = `${layer}.self_attn.${projections[name]}`;
      // Whisper's keys have no bias.
      return name === "key"
        ? linear(value, full, [width, width])
        : biased(value, full, [width, width]);
    };
    const read = attention(g, { x: norm(x, `${layer}.self_attn_layer_norm`) }, {
      width,
      heads,
      project,
    });
    x = g.node("Add", [x, read]);
    const inner = biased(norm(x, `${layer}.final_layer_norm`), `${layer}.fc1`, [width, 4 * width]);
    x = g.node("Add", [x, biased(gelu(g, inner), `${layer}.fc2`, [4 * width, width])]);
    states.push(x);
  }
  const dims = ["batch", rows, width];
  if (cut === "mix") {
    states.slice(0, -1).forEach((state, l) =>
      g.output(`hidden_states.${l}`, state, "float32", dims)
    );
  }
  g.output("last_hidden_state", depth === layers ? norm(x, "layer_norm") : x, "float32", dims);
  return g;
}

const projections = {
  query: "q_proj",
  key: "k_proj",
  value: "v_proj",
  output: "out_proj",
} as const;

/** Puts weights of `source` into `g`, each checked, and gives their names there. */
function openWeights(source: Uint8Array, g: Graph) {
  const all = readOnnxWeights(source);
  const products = new Map(readOnnxGraph(source).nodes.map(({ name, inputs }) => [name, inputs]));
  const find = (
    name: string,
    type: keyof typeof onnxTypes,
    dims: readonly number[],
  ): OnnxWeight => {
    const weight = all.get(name);
    const isFit = weight?.type === onnxTypes[type] && `${weight.dims}` === `${dims}`;
    if (isFit) return weight;
    const got = weight === undefined ? "nothing" : `[${weight.dims}] of type ${weight.type}`;
    throw new RangeError(
      `Cannot read Whisper's encoder: expected "${name}", ${type} [${dims}], got ${got}`,
    );
  };
  return {
    floats: (name: string, dims: readonly number[]) =>
      g.bytes("float32", dims, find(name, "float32", dims).bytes),
    /** Of a table of any height. */
    firstRows(name: string, [rows, width]: readonly [number, number]) {
      const height = Math.max(rows, all.get(name)?.dims[0] ?? 0);
      const { bytes } = find(name, "float32", [height, width]);
      return g.bytes("float32", [rows, width], bytes.slice(0, 4 * rows * width));
    },
    /** Whose scale and zero point stand beside it. */
    quantised(name: string, dims: readonly number[]) {
      const { bytes } = find(`${name}_quantized`, "uint8", dims);
      const zero = find(`${name}_zero_point`, "uint8", []).bytes[0]!;
      const scale = find(`${name}_scale`, "float32", []).bytes;
      const values = g.node("Cast", [g.bytes("uint8", dims, bytes)], { to: onnxTypes.float32 });
      return g.node("Mul", [
        g.node("Sub", [values, g.floats(zero)]),
        g.bytes("float32", [], scale),
      ]);
    },
    /** The name of the matrix that a product takes, by the module it stands for: the file numbers it. */
    ofProduct(module: string) {
      const node = `/${
        module.replaceAll(".self", "/self").replace(/\.(\w+)$/, "/$1")
      }/MatMul_quant`;
      return products.get(node)?.[1]?.replace(/_quantized$/, "") ?? node;
    },
  };
}
