/**
 * Models of a few weights, in the true layout, whose states can be told by hand.
 *
 * @module
 */

import { join } from "node:path";
import { Graph } from "../../lib/compile/onnx.ts";
import { bertMini } from "../../lib/encoders/embedded/bert.ts";
import { type ModelFiles, writeModelFolder } from "../../lib/encoders/embedded/model_files.ts";

/** Words and their vectors, which count up: word w has 100 numbers w + 1. */
export const glove = {
  words: ["good", "bad", "film", "very", "my"],
  vectors: Float32Array.from({ length: 500 }, (_, i) => Math.floor(i / 100) + 1),
  width: 100,
};

/**
 * A tokenizer over the words of {@linkcode glove}, and a network that looks up `[id, -id]`; or one that
 * adds how many tokens it was shown in a row, padding among them.
 */
export function tinyBert({ counts = false } = {}): ModelFiles {
  const g = new Graph();
  const ids = g.input("input_ids", "int64", ["batch", "tokens"]);
  g.input("attention_mask", "int64", ["batch", "tokens"]);
  const table = Float32Array.from({ length: 24 }, (_, i) => i % 2 ? -(i - 1) / 2 : i / 2);
  const looked = g.node("Gather", [g.floats(table, [12, 2]), ids]);
  const shown = g.node("Gather", [g.node("Shape", [ids]), g.integers([1])]);
  const states = counts ? g.node("Add", [looked, g.node("Cast", [shown], { to: 1 })]) : looked;
  g.output("last_hidden_state", states, "float32", ["batch", "tokens", 2]);
  return { ...bertMini(glove), "onnx/model.onnx": g.toBytes() };
}

/**
 * The mean colour of each 4 by 4 patch: a map of 3 channels; or of the whole picture, under another
 * output. Nothing is resized or shifted.
 */
export function tinyResnet(
  { output, id2label }: {
    readonly output: "last_hidden_state" | "pooler_output" | "logits";
    readonly id2label?: Readonly<Record<string, string>>;
  },
): ModelFiles {
  const g = new Graph();
  const pixels = g.input("pixel_values", "float32", ["batch", 3, "height", "width"]);
  const map = g.node("AveragePool", [pixels], { kernel_shape: [4, 4], strides: [4, 4] });
  const pooled = g.node("ReduceMean", [map, g.integers([2, 3])], { keepdims: 0 });
  if (output !== "last_hidden_state") g.output(output, pooled, "float32", ["batch", 3]);
  else g.output(output, map, "float32", ["batch", 3, "rows", "columns"]);
  return {
    "config.json": { model_type: "resnet", ...id2label && { id2label } },
    "preprocessor_config.json": {
      image_processor_type: "ViTImageProcessor",
      do_resize: false,
      do_rescale: true,
      rescale_factor: 1 / 255,
      do_normalize: false,
    },
    "onnx/model.onnx": g.toBytes(),
  };
}

/** The mean of each 400 samples and of their squares, every 320: two channels. */
function tinyWav2vec2(): ModelFiles {
  const g = new Graph();
  const waveform = g.input("input_values", "float32", ["batch", "samples"]);
  const x = g.node("Unsqueeze", [waveform, g.integers([1])]);
  const mean = (value: string) =>
    g.node("Conv", [value, g.floats(new Float32Array(400).fill(1 / 400), [1, 1, 400])], {
      strides: [320],
    });
  const channels = g.node("Concat", [mean(x), mean(g.node("Mul", [x, x]))], { axis: 1 });
  const states = g.node("Transpose", [channels], { perm: [0, 2, 1] });
  g.output("last_hidden_state", states, "float32", ["batch", "frames", 2]);
  return {
    "config.json": { model_type: "wav2vec2" },
    "preprocessor_config.json": {
      feature_extractor_type: "Wav2Vec2FeatureExtractor",
      feature_size: 1,
      sampling_rate: 16000,
      do_normalize: true,
      return_attention_mask: false,
    },
    "onnx/model.onnx": g.toBytes(),
  };
}

const tinyModels = {
  "tiny/bert": () => tinyBert(),
  "tiny/resnet": () => tinyResnet({ output: "last_hidden_state" }),
  "tiny/classifier": () => tinyResnet({ output: "logits" }),
  "tiny/wav2vec2": tinyWav2vec2,
} as const;

/** Runs `body` with a folder that holds the models asked for, and removes it. */
export async function withModels(
  models: Readonly<Record<string, ModelFiles>> | readonly (keyof typeof tinyModels)[],
  body: (root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    const files = Array.isArray(models)
      ? models.map((id: keyof typeof tinyModels) => [id, tinyModels[id]()] as const)
      : Object.entries(models as Record<string, ModelFiles>);
    for (const [id, content] of files) await writeModelFolder(join(root, id), content);
    await body(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
