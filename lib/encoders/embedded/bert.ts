/** `bert-mini`: BERT's architecture, small, with GloVe word vectors and otherwise random weights. @module */

import { Graph } from "../../compile/onnx.ts";
import { fold, type Key, key, uniforms } from "../../tensor/random.ts";
import files from "./bert_mini.json" with { type: "json" };
import type { ModelFiles } from "./model_files.ts";
import { layerNorm, randomWeights, transformerLayers } from "./transformer_layers.ts";
import { wholeWordTokenizer } from "./word_tokenizer.ts";
import type { WordVectors } from "./parse_word_vectors.ts";

const {
  num_hidden_layers: layers,
  hidden_size: width,
  num_attention_heads: heads,
  intermediate_size: hidden,
  max_position_embeddings: maxTokens,
} = files["config.json"];
const size = { layers, width, heads, hidden };
const specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] as const;

// The package lacks two of the commonest words; these stand in, as the mean of their vectors.
const standIns: Readonly<Record<string, readonly string[]>> = {
  i: ["me", "my", "myself", "we"],
  a: ["an", "the", "one", "another"],
};

/**
 * The files of `bert-mini`: 2 layers, 128 wide, 4 heads. The word embeddings are
 * GloVe's: 100 columns as they are and 28 as a fixed random projection of them; all
 * else is as BERT would begin training, N(0, 0.02²). It was never trained: what
 * it knows of words is GloVe's, and its layers mix words at random.
 *
 * The tokenizer is BERT's (lower case, no accents, punctuation apart), but words are
 * whole: one that is not in the vocabulary is [UNK], the mean of all words.
 */
export function bertMini(
  glove: WordVectors,
  { seed = 1 }: { readonly seed?: number } = {},
): ModelFiles {
  const { words, vectors, width } = withStandIns(glove);
  const vocabulary = [...specialTokens, ...words];
  const k = fold(key(seed), "bert-mini");
  return {
    ...files,
    "config.json": { ...files["config.json"], vocab_size: vocabulary.length },
    "tokenizer.json": wholeWordTokenizer(vocabulary, {
      special: specialTokens,
      around: ["[CLS]", "[SEP]"],
    }),
    "onnx/model.onnx": graph(embeddings({ vectors, width, key: k }), k).toBytes(),
  };
}

function withStandIns({ words, vectors, width }: WordVectors): WordVectors {
  const rowOf = new Map(words.map((word, i) => [word, i]));
  const missing = Object.entries(standIns).filter(([word]) => !rowOf.has(word));
  const extended = new Float32Array((words.length + missing.length) * width);
  extended.set(vectors);
  missing.forEach(([, others], i) => {
    const rows = others.flatMap((word) => rowOf.get(word) ?? []);
    extended.set(meanRow(vectors, { rows, width }), (words.length + i) * width);
  });
  return { words: [...words, ...missing.map(([word]) => word)], vectors: extended, width };
}

function meanRow(
  vectors: Float32Array,
  { rows, width }: { rows: readonly number[]; width: number },
): Float32Array {
  const mean = new Float64Array(width);
  for (const row of rows) {
    for (let j = 0; j < width; j++) mean[j]! += vectors[row * width + j]! / rows.length;
  }
  return Float32Array.from(mean);
}

/** The table of word embeddings, `[4 + words, 128]`. */
function embeddings(
  { vectors, width, key }: { vectors: Float32Array; width: number; key: Key },
): Float32Array {
  const count = vectors.length / width;
  const first = specialTokens.length;
  const table = new Float32Array((first + count) * size.width);
  const extra = size.width - width;
  // Keeps the length of a vector on average, so that no column stands out.
  const projection = randomWeights(fold(key, "projection"), width * extra, 1 / Math.sqrt(width));
  const fill = (row: number, vector: Float32Array) => {
    table.set(vector, row * size.width);
    for (let j = 0; j < extra; j++) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += vector[i]! * projection[i * extra + j]!;
      table[row * size.width + width + j] = sum;
    }
  };
  for (let i = 0; i < count; i++) fill(first + i, vectors.subarray(i * width, (i + 1) * width));
  const everyRow = Array.from({ length: count }, (_, i) => i);
  fill(specialTokens.indexOf("[UNK]"), meanRow(vectors, { rows: everyRow, width }));
  // As long as a word's vector, or the first layer normalisation would blow up their noise.
  for (const token of ["[CLS]", "[SEP]"] as const) {
    const next = uniforms(fold(key, token));
    fill(specialTokens.indexOf(token), Float32Array.from({ length: width }, () => next() - 0.5));
  }
  return table;
}

function graph(table: Float32Array, k: Key): Graph {
  const g = new Graph();
  const ids = g.input("input_ids", "int64", ["batch", "tokens"]);
  const attended = g.input("attention_mask", "int64", ["batch", "tokens"]);
  const types = g.input("token_type_ids", "int64", ["batch", "tokens"]);
  const lookUp = (rows: Float32Array, index: string) =>
    g.node("Gather", [g.floats(rows, [rows.length / size.width, size.width]), index]);
  const random = (name: string, rows: number) => randomWeights(fold(k, name), rows * size.width);
  const length = g.node("Gather", [g.node("Shape", [ids]), g.integers([1], [])]);
  const position = g.node("Range", [g.integers([0], []), length, g.integers([1], [])]);
  const sum = [
    lookUp(table, ids),
    lookUp(random("token types", 2), types),
    lookUp(random("positions", maxTokens), position),
  ].reduce((a, b) => g.node("Add", [a, b]));
  // 0 for tokens to keep, -10,000 for padding, broadcast over heads and queries.
  const kept = g.node("Cast", [g.node("Unsqueeze", [attended, g.integers([1, 2])])], { to: 1 });
  const mask = g.node("Mul", [g.node("Sub", [kept, g.floats(1)]), g.floats(1e4)]);
  const states = transformerLayers(g, { states: layerNorm(g, sum, size.width), mask }, {
    size,
    key: fold(k, "layers"),
  });
  g.output("last_hidden_state", states, "float32", ["batch", "tokens", size.width]);
  return g;
}
