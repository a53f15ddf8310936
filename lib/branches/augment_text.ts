/** Other views of training messages: words hidden. @module */

import { wordIds } from "./word_features.ts";
import { fold, type Key, uniforms } from "../tensor/random.ts";

/** How often words are changed. */
export interface TextAugmentation {
  /** Probability that a word is hidden: its place is left, and nothing else. */
  readonly hidden: number;
}

/** Tables of B messages, as `wordFeatures` numbers them. */
export type NumberedWords = {
  /** `[B, L]`. */
  readonly words: Float32Array;
  /** `[B, L, G]`. */
  readonly pieces: Float32Array;
};

/**
 * The messages with words hidden at random, in new arrays (word dropout, Iyyer et al. 2015). Padding
 * stays padding. A message's changes depend on the key and its place in the batch alone.
 */
export function hideWords(
  { words, pieces }: NumberedWords,
  { hidden, length }: TextAugmentation & { readonly length: number },
  key: Key,
): NumberedWords {
  const seen = { words: words.slice(), pieces: pieces.slice() };
  const wordPieces = pieces.length / words.length;
  for (let b = 0; b < words.length / length; b++) {
    const next = uniforms(fold(key, b));
    for (let t = b * length; t < (b + 1) * length; t++) {
      const isHidden = next() < hidden;
      if (!isHidden || words[t] === wordIds.padding) continue;
      seen.words[t] = wordIds.hidden;
      seen.pieces.fill(0, t * wordPieces, (t + 1) * wordPieces);
    }
  }
  return seen;
}
