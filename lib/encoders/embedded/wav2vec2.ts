/** `wav2vec2-mini`: the shape of wav2vec 2.0 around a front end that is constructed, not learned. @module */

import { Graph } from "../../compile/onnx.ts";
import { fold, type Key, key } from "../../tensor/random.ts";
import files from "./wav2vec2_mini.json" with { type: "json" };
import type { ModelFiles } from "./model_files.ts";
import { layerNorm, randomWeights, transformerLayers } from "./transformer_layers.ts";

const config = files["config.json"];
const size = {
  layers: config.num_hidden_layers,
  width: config.hidden_size,
  heads: config.num_attention_heads,
  hidden: config.intermediate_size,
};
/** How many layers `wav2vec2-mini` has. */
export const wav2vec2MiniDepth: number = size.layers;

const sampleRateHz = files["preprocessor_config.json"].sampling_rate;
// Wav2vec 2.0's stride; its receptive field of 400 is too short for the lowest bands.
const stride = config.conv_stride[0]!, kernel = config.conv_kernel[0]!;
const filters = config.conv_dim[0]! / 2, cepstra = 20;
const [lowestHz, highestHz] = [60, 7400] as const;

/**
 * The files of `wav2vec2-mini`, 256 wide, a state every 20 ms.
 *
 * Convolutions compute what speech recognition long computed by hand: the power in
 * 40 bands by pairs of Gabor filters on the mel scale, its logarithm, 20 cosine
 * coefficients, and the size of their first and second differences. A random
 * convolution of five frames and two random transformer layers follow. Nothing in it
 * was trained: it stands for the architecture, and what it hears is in the front end.
 */
export function wav2vec2Mini(): ModelFiles {
  return { ...files, "onnx/model.onnx": graph(fold(key(1), "wav2vec2-mini")).toBytes() };
}

function graph(k: Key): Graph {
  const g = new Graph();
  const waveform = g.input("input_values", "float32", ["batch", "samples"]);
  const signal = g.node("Unsqueeze", [waveform, g.integers([1])]);
  const cepstrum = cosineTransform(g, logBandPower(g, signal));
  const first = differences(g, cepstrum);
  const second = differences(g, first);
  const measured = g.node(
    "Concat",
    [
      scale(g, cepstrum, (c) => c === 0 ? 0.08 : 0.35),
      scale(g, g.node("Abs", [first]), () => 1.2),
      scale(g, g.node("Abs", [second]), () => 1.2),
    ],
    { axis: 1 },
  );
  const channels = g.node("Concat", [measured, randomContext(g, measured, k)], { axis: 1 });
  const states = layerNorm(g, g.node("Transpose", [channels], { perm: [0, 2, 1] }), size.width);
  const contextual = transformerLayers(g, { states }, { size, key: fold(k, "layers") });
  g.output("last_hidden_state", contextual, "float32", ["batch", "frames", size.width]);
  return g;
}

/** `[batch, 40, frames]`: ln(|x ∗ gabor|² + 10⁻⁶), from `[batch, 1, samples]`. */
function logBandPower(g: Graph, signal: string): string {
  const kernels = g.floats(gaborPairs(), [2 * filters, 1, kernel]);
  const responses = g.node("Conv", [signal, kernels], { strides: [stride] });
  const squares = g.node("Mul", [responses, responses]);
  // Adds the squares of a pair: the power of an analytic filter.
  const pairs = new Float32Array(filters * 2 * filters);
  for (let m = 0; m < filters; m++) {
    pairs.fill(1, m * 2 * filters + 2 * m, m * 2 * filters + 2 * m + 2);
  }
  const power = g.node("Conv", [squares, g.floats(pairs, [filters, 2 * filters, 1])]);
  return g.node("Log", [g.node("Add", [power, g.floats(1e-6)])]);
}

/** Cosine and sine under a Gaussian, for each band: `[2 · 40, 1, 512]`. */
function gaborPairs(): Float32Array {
  const mel = (hz: number) => 2595 * Math.log10(1 + hz / 700);
  const step = (mel(highestHz) - mel(lowestHz)) / (filters - 1);
  const centreHz = (m: number) => 700 * (10 ** ((mel(lowestHz) + m * step) / 2595) - 1);
  const pairs = new Float32Array(2 * filters * kernel);
  for (let m = 0; m < filters; m++) {
    // 0.6 of the distance to the next band, as the deviation of the filter's response.
    const bandwidthHz = Math.max(20, 0.6 * (centreHz(m + 1) - centreHz(m)));
    const deviation = Math.min(kernel / 4.5, sampleRateHz / (2 * Math.PI * bandwidthHz));
    for (let i = 0; i < kernel; i++) {
      const t = i - kernel / 2;
      const envelope = Math.exp(-(t ** 2) / (2 * deviation ** 2)) / deviation;
      const phase = 2 * Math.PI * centreHz(m) * t / sampleRateHz;
      pairs[2 * m * kernel + i] = envelope * Math.cos(phase);
      pairs[(2 * m + 1) * kernel + i] = envelope * Math.sin(phase);
    }
  }
  return pairs;
}

/** `[batch, 20, frames]`: the first coefficients of the cosine transform (DCT-II) over the bands. */
function cosineTransform(g: Graph, bands: string): string {
  const weights = Float32Array.from(
    { length: cepstra * filters },
    (_, i) =>
      Math.sqrt(2 / filters) *
      Math.cos(Math.PI * Math.floor(i / filters) * (i % filters + 0.5) / filters),
  );
  return g.node("Conv", [bands, g.floats(weights, [cepstra, filters, 1])]);
}

/** The slope of each channel over five frames, by least squares. */
function differences(g: Graph, x: string): string {
  const slopes = Float32Array.from({ length: 5 * cepstra }, (_, i) => (i % 5 - 2) / 10);
  return g.node("Conv", [x, g.floats(slopes, [cepstra, 1, 5])], { group: cepstra, pads: [2, 2] });
}

/** Brings the channels to like size; the factors are those of speech of unit variance. */
function scale(g: Graph, x: string, factor: (channel: number) => number): string {
  const factors = Float32Array.from({ length: cepstra }, (_, c) => factor(c));
  return g.node("Mul", [x, g.floats(factors, [1, cepstra, 1])]);
}

/** Random features of five frames, rectified, that fill up the width. */
function randomContext(g: Graph, x: string, k: Key): string {
  const [inputs, outputs] = [3 * cepstra, size.width - 3 * cepstra];
  const fanIn = 5 * inputs;
  const weights = randomWeights(fold(k, "context"), outputs * fanIn, Math.sqrt(2 / fanIn));
  const bias = randomWeights(fold(k, "context bias"), outputs, 0.5);
  const y = g.node("Conv", [x, g.floats(weights, [outputs, inputs, 5]), g.floats(bias)], {
    pads: [2, 2],
  });
  return g.node("Relu", [y]);
}
