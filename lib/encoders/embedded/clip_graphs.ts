/** The towers of the small CLIP as ONNX files, for any number of pictures, texts and words. @module */

import { Graph } from "../../compile/onnx.ts";
import type { Init, Parameter } from "../../tensor/parameter.ts";
import { pictureSize } from "./clip_pictures.ts";
import type { ImageTowerParams, TextTowerParams } from "./clip_towers.ts";
import { transpose } from "./tf_graph_to_onnx.ts";

type Linear = { readonly weight: Parameter; readonly bias: Parameter };

/** `imageTower`: `pixel_values` `[batch, 3, 32, 32]` to `image_embeds` `[batch, width]`. */
export function imageTowerGraph({ convolutions, projection }: Init<ImageTowerParams>): Graph {
  const g = new Graph();
  let h = g.input("pixel_values", "float32", ["batch", 3, pictureSize, pictureSize]);
  for (const { filter, gain, bias } of Object.values(convolutions)) {
    const [, , input, output] = filter.shape as [number, number, number, number];
    const weights = g.floats(
      transpose(filter.values, [3, 3, input, output], [3, 2, 0, 1]),
      [output, input, 3, 3],
    );
    // Of an even height and width, as tfjs has "same": one row and column more at the end.
    const c = g.node("Conv", [h, weights], { strides: [2, 2], pads: [0, 0, 1, 1] });
    const scaled = g.node("Mul", [standardiseMaps(g, c), perChannel(g, gain)]);
    h = g.node("Relu", [g.node("Add", [scaled, perChannel(g, bias)])]);
  }
  const pooled = g.node("ReduceMax", [h, g.integers([2, 3])], { keepdims: 0 });
  g.output("image_embeds", linear(g, projection, pooled), "float32", ["batch", width(projection)]);
  return g;
}

/**
 * `textTower` behind a table of word vectors: `input_ids` `[batch, tokens]` to
 * `text_embeds` `[batch, width]`. Row i of `table`, `[tokens, words]`, is the vector of id i;
 * ids below `special` are no words and count for nothing.
 */
export function textTowerGraph(
  { words, attention, projection }: Init<TextTowerParams>,
  { table, special }: { readonly table: Float32Array; readonly special: number },
): Graph {
  const g = new Graph();
  const ids = g.input("input_ids", "int64", ["batch", "tokens"]);
  const numbers = words.weight.shape[0]!;
  const vectors = g.node("Gather", [g.floats(table, [table.length / numbers, numbers]), ids]);
  const h = g.node("Relu", [linear(g, words, vectors)]);
  const known = g.node("GreaterOrEqual", [ids, g.integers([special], [])]);
  const mask = g.node("Unsqueeze", [g.node("Cast", [known], { to: 1 }), g.integers([2])]);
  const shift = g.node("Mul", [g.node("Sub", [mask, g.floats(1)]), g.floats(1e4)]);
  const scores = g.node("Add", [matMul(g, h, attention), shift]);
  const weights = g.node("Softmax", [scores], { axis: 1 });
  const pooled = g.node("ReduceSum", [g.node("Mul", [weights, h]), g.integers([1])], {
    keepdims: 0,
  });
  g.output("text_embeds", linear(g, projection, pooled), "float32", ["batch", width(projection)]);
  return g;
}

function standardiseMaps(g: Graph, x: string): string {
  const mean = (value: string) => g.node("ReduceMean", [value, g.integers([1, 2, 3])]);
  const centred = g.node("Sub", [x, mean(x)]);
  const variance = mean(g.node("Mul", [centred, centred]));
  return g.node("Div", [centred, g.node("Sqrt", [g.node("Add", [variance, g.floats(1e-5)])])]);
}

function linear(g: Graph, { weight, bias }: Linear, x: string): string {
  return g.node("Add", [matMul(g, x, weight), g.floats(bias.values)]);
}

function matMul(g: Graph, x: string, { values, shape }: Parameter): string {
  return g.node("MatMul", [x, g.floats(values, shape)]);
}

function width({ bias }: Linear): number {
  return bias.values.length;
}

function perChannel(g: Graph, { values }: Parameter): string {
  return g.floats(values, [1, values.length, 1, 1]);
}
