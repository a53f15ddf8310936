/** The text branch that learns its own embeddings: words, their pieces, their neighbours, and attention. @module */

import { float32 } from "../compile/mod.ts";
import * as tf from "../deps/tf.ts";
import { type WordSizes, wordSizes } from "./word_features.ts";
import * as layers from "../tensor/layers.ts";
import { maskedSoftmax } from "../tensor/masked_softmax.ts";
import { type Init, keys, type Parameter } from "../tensor/parameter.ts";
import { type Key, normals } from "../tensor/random.ts";
import { hideWords, type TextAugmentation } from "./augment_text.ts";
import type { Branch } from "./branch.ts";

/** Parameters of {@linkcode textBranch}. */
export type TextBranchParams = {
  /** E, `[V, d]`: of words by number. */
  words: tf.Tensor;
  /** S, `[P, d]`: of pieces by number. */
  pieces: tf.Tensor;
  /** W and b, from a word and its two neighbours, `[3 d, d]`. */
  context: layers.LinearParams;
  /** Q, `[d, n]`: a column for each state. */
  queries: tf.Tensor;
};

/** The sizes of {@linkcode textBranch}. */
export interface TextBranchSizes {
  /** V. */
  readonly words: number;
  /** P. */
  readonly pieces: number;
  /** d. */
  readonly width: number;
  /** n. */
  readonly segments: number;
}

// Small beside what training makes of the words that matter, so that a word it never met says little.
const embeddingDeviation = 0.1;

/** Embeddings are normal with deviation 0.1, W uniform on ±√(2 / d), Q on ±√(3 / d), b is 0. */
export function initTextBranch(
  key: Key,
  { words, pieces, width, segments }: TextBranchSizes,
): Init<TextBranchParams> {
  const part = keys(key, "words", "pieces", "context", "queries");
  return {
    words: embedding(part.words, [words, width]),
    pieces: embedding(part.pieces, [pieces, width]),
    context: layers.initLinear(part.context, { in: 3 * width, out: width }),
    queries: layers.initLinear(part.queries, { in: width, out: segments }, 1).weight,
  };
}

function embedding(key: Key, shape: readonly [number, number]): Parameter {
  const next = normals(key);
  const length = shape[0] * shape[1];
  return { shape, values: Float32Array.from({ length }, () => embeddingDeviation * next()) };
}

/** What {@linkcode textBranch} reads, as `wordFeatures` numbers it. */
export interface TextBranchInputs {
  /** w, `[B, L]`; 0 after a message's last word. */
  readonly words: tf.Tensor;
  /** p, `[B, L, G]`; 0 after a word's last piece. */
  readonly pieces: tf.Tensor;
}

/**
 * Words as sums of learnt embeddings, seen with their neighbours, and the words that
 * matter drawn together once a state:
 *
 *     e_t = E[w_t] + Σ_i S[p_ti] / √g_t             g_t pieces; 0 where there is no word
 *     h_t = e_t + ReLU([e_{t-1}; e_t; e_{t+1}] W + b)
 *     a_i = softmax over words of h_t · q_i         [B, n, L]
 *     y_i = Σ_t a_it h_t                            [B, n, d]
 *
 * `keep` is a dropout mask for e. The mask `[B, n]` is 1 for messages with a word; the states of
 * others are 0. Sums of subword embeddings are Bojanowski et al.'s (2017). The paper has a
 * frozen BERT in this place: a branch that is trained from nothing is ours.
 */
export function textBranch(
  { words, pieces, context, queries }: TextBranchParams,
  inputs: TextBranchInputs,
  keep?: tf.Tensor,
): { states: tf.Tensor; mask: tf.Tensor } {
  layers.assertShape("words", inputs.words, [-1, -1]);
  const [batch, length] = inputs.words.shape as [number, number];
  layers.assertShape("pieces", inputs.pieces, [batch, length, -1]);
  const isWord = tf.cast(tf.greater(inputs.words, 0), "float32");
  const shown = tf.expandDims(isWord, 2); // [B, L, 1]
  const own = tf.gather(words, tf.cast(inputs.words, "int32")); // [B, L, d]
  const embedded = tf.mul(tf.add(own, sumOfPieces(pieces, inputs.pieces)), shown);
  const e = layers.dropout(embedded, keep);
  const h = tf.add(e, tf.mul(tf.relu(layers.linear(context, withNeighbours(e))), shown));
  const scores = tf.transpose(layers.project(queries, h), [0, 2, 1]); // [B, n, L]
  const weights = maskedSoftmax(scores, tf.expandDims(isWord, 1));
  const mask = tf.tile(tf.max(isWord, 1, true), [1, queries.shape[1]!]); // [B, n]
  return { states: tf.matMul(weights, h), mask }; // [B, n, d] from [B, n, L] by [B, L, d]
}

/** `[B, L, d]`: the embeddings of a word's g pieces, added up and divided by √g. */
function sumOfPieces(embeddings: tf.Tensor, pieces: tf.Tensor): tf.Tensor {
  const [batch, length, most] = pieces.shape as [number, number, number];
  const isPiece = tf.cast(tf.greater(pieces, 0), "float32");
  const weights = tf.div(isPiece, tf.sqrt(tf.maximum(tf.sum(isPiece, 2, true), 1)));
  const width = embeddings.shape[1]!;
  // [B L G, d]
  const rows = tf.gather(embeddings, tf.reshape(tf.cast(pieces, "int32"), [-1]) as tf.Tensor1D);
  // One product a word, since multiplying and adding up would keep `[B, L, G, d]` numbers once more.
  const sums = tf.matMul(
    tf.reshape(weights, [batch * length, 1, most]), // [B L, 1, G]
    tf.reshape(rows, [batch * length, most, width]), // [B L, G, d]
  );
  return tf.reshape(sums, [batch, length, width]); // [B, L, d] from [B L, 1, d]
}

/** `[B, L, 3 d]`: the word before, the word itself and the word after; 0 beyond either end. */
function withNeighbours(x: tf.Tensor): tf.Tensor {
  const [batch, length, width] = x.shape as [number, number, number];
  const nothing = tf.zeros([batch, 1, width]);
  const padded = tf.concat([nothing, x, nothing], 1); // [B, L + 2, d]
  // [B, L, d]
  const from = (start: number) => tf.slice(padded, [0, start, 0], [batch, length, width]);
  return tf.concat([from(0), x, from(2)], 2); // [B, L, 3d]
}

/** Settings of {@linkcode trainedText}. */
export interface TextBranchSettings extends Pick<TextBranchSizes, "width" | "segments"> {
  /** Rate at which numbers of the embedded words are dropped. */
  readonly dropout: number;
  /** What training changes; nothing by default. */
  readonly augmentation?: TextAugmentation;
}

/**
 * Chosen on validation parts of the *Emotions* corpus: of word dropout 0.1 and 0.2, of one state and four,
 * all within noise; before that, of about twenty settings of a prototype.
 */
export const textBranchDefaults: TextBranchSettings = {
  width: 32,
  segments: 4,
  dropout: 0.3,
  augmentation: { hidden: 0.2 },
};

/**
 * {@linkcode textBranch} as a branch, on the tables `words` and `pieces` of `wordFeatures`,
 * whose `sizes` it has to be given; {@linkcode wordSizes} by default.
 */
export function trainedText(
  settings: TextBranchSettings = textBranchDefaults,
  { length, words, wordPieces, pieces }: WordSizes = wordSizes,
): Branch<TextBranchParams> {
  const { width, segments, dropout: rate, augmentation } = settings;
  return {
    modality: "text",
    graph: JSON.stringify(["text", length, words, wordPieces, pieces, width, segments, rate]),
    segments,
    width,
    init: (key) => initTextBranch(key, { words, pieces, width, segments }),
    inputs: (batch) => ({
      words: float32(batch, length),
      pieces: float32(batch, length, wordPieces),
    }),
    masks: (batch) => ({ embedded: { shape: [batch, length, width], rate } }),
    ...augmentation && {
      augment({ words, pieces, ...others }, key) {
        const numbered = { words: words!, pieces: pieces! };
        return { ...others, ...hideWords(numbered, { ...augmentation, length }, key) };
      },
    },
    states: (params, { inputs, keep }) =>
      textBranch(params, { words: inputs!.words!, pieces: inputs!.pieces! }, keep?.embedded),
  };
}
