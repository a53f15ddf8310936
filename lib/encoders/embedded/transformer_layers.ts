/** Transformer layers with random weights, as ONNX nodes. @module */

import type { Graph } from "../../compile/onnx.ts";
import { fold, type Key, normals } from "../../tensor/random.ts";

/** The standard deviation that BERT and wav2vec 2.0 draw their first weights with. */
const initialDeviation = 0.02;

/** `count` numbers from N(0, `deviation`²). */
export function randomWeights(key: Key, count: number, deviation = initialDeviation): Float32Array {
  const next = normals(key);
  return Float32Array.from({ length: count }, () => deviation * next());
}

/** The size of a stack of layers. */
export interface TransformerSize {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Of the feed-forward part. */
  readonly hidden: number;
}

/**
 * Adds post-norm layers (Vaswani et al., 2017), as BERT and wav2vec 2.0 base have
 * them, on `states [batch, rows, width]`:
 *
 *     x = LayerNorm(x + MultiHead(x)),  x = LayerNorm(x + W₂ GELU(W₁ x))
 *
 * `mask`, if given, is added to the attention scores. All weights are
 * N(0, 0.02²); biases would be 0 and are left out.
 */
export function transformerLayers(
  g: Graph,
  { states, mask }: { readonly states: string; readonly mask?: string },
  { size, key }: { readonly size: TransformerSize; readonly key: Key },
): string {
  let x = states;
  for (let layer = 0; layer < size.layers; layer++) {
    const layerKey = fold(key, layer);
    x = layerNorm(
      g,
      g.node("Add", [x, randomAttention(g, { x, mask }, { size, key: layerKey })]),
      size.width,
    );
    x = layerNorm(g, g.node("Add", [x, feedForward(g, x, { size, key: layerKey })]), size.width);
  }
  return x;
}

/** Adds a layer normalisation over the last axis, with gain 1 and bias 0. */
export function layerNorm(g: Graph, x: string, width: number): string {
  const gain = g.floats(new Float32Array(width).fill(1));
  const bias = g.floats(new Float32Array(width));
  return g.node("LayerNormalization", [x, gain, bias], { axis: -1, epsilon: { float: 1e-12 } });
}

function randomAttention(
  g: Graph,
  inputs: { x: string; mask: string | undefined },
  { size: { width, heads }, key }: { size: TransformerSize; key: Key },
): string {
  const project = (name: string, value: string) =>
    g.node("MatMul", [value, weight(g, fold(key, name), [width, width])]);
  return attention(g, inputs, { width, heads, project });
}

/** Adds attention of several heads; `project` is the linear map of a name, `query` to `output`. */
export function attention(
  g: Graph,
  { x, mask }: { readonly x: string; readonly mask?: string | undefined },
  { width, heads, project }: Pick<TransformerSize, "width" | "heads"> & {
    readonly project: (name: "query" | "key" | "value" | "output", value: string) => string;
  },
): string {
  const headWidth = width / heads;
  const split = (value: string, perm: readonly number[]) =>
    g.node("Transpose", [g.node("Reshape", [value, g.integers([0, 0, heads, headWidth])])], {
      perm,
    });
  const query = split(project("query", x), [0, 2, 1, 3]);
  const keyT = split(project("key", x), [0, 2, 3, 1]);
  const value = split(project("value", x), [0, 2, 1, 3]);
  const product = g.node("MatMul", [query, keyT]);
  const scaled = g.node("Mul", [product, g.floats(1 / Math.sqrt(headWidth))]);
  const scores = mask === undefined ? scaled : g.node("Add", [scaled, mask]);
  const read = g.node("MatMul", [g.node("Softmax", [scores], { axis: -1 }), value]);
  const merged = g.node("Transpose", [read], { perm: [0, 2, 1, 3] });
  return project("output", g.node("Reshape", [merged, g.integers([0, 0, width])]));
}

function feedForward(
  g: Graph,
  x: string,
  { size: { width, hidden }, key }: { size: TransformerSize; key: Key },
): string {
  const inner = g.node("MatMul", [x, weight(g, fold(key, "in"), [width, hidden])]);
  return g.node("MatMul", [gelu(g, inner), weight(g, fold(key, "out"), [hidden, width])]);
}

/** Adds x Φ(x), by the error function. */
export function gelu(g: Graph, x: string): string {
  const erf = g.node("Erf", [g.node("Mul", [x, g.floats(Math.SQRT1_2)])]);
  return g.node("Mul", [g.node("Mul", [x, g.floats(0.5)]), g.node("Add", [erf, g.floats(1)])]);
}

function weight(g: Graph, key: Key, dims: readonly [number, number]): string {
  return g.floats(randomWeights(key, dims[0] * dims[1]), dims);
}
