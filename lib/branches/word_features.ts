/** Messages as the text branch reads them: numbers of words and of their pieces, computed, not learned. @module */

import type { Encoder } from "../encoders/encoder.ts";
import { digestRecipe } from "../encoders/model_folder.ts";
import {
  pieceLengths,
  wordExtent,
  wordNumbers,
  type WordSizes,
  wordSizes,
} from "./word_numbers.ts";

export { piecesOf, wordIds, type WordSizes, wordSizes, wordsOf } from "./word_numbers.ts";

/**
 * An encoder without a network. Features of a message, integers all:
 *
 * - `words [L]`: the number of each of its first L words, from 2 to V - 1;
 *   {@linkcode wordIds}`.padding` after the last.
 * - `pieces [L, G]`: the numbers of each word's pieces, from 1 to P - 1; 0 after the last.
 *
 * Words are what spaces part after {@linkcode normaliseText}. The pieces of a word are its runs of 3,
 * 4 and 5 letters with a mark at either end (Bojanowski et al. 2017), G of them at equal
 * distances where there are more. Numbers are hashes (Weinberger et al. 2009), so no vocabulary
 * is learnt from any part of the data; different words may share a number.
 *
 * A message without a word is padding throughout. `sizes` are {@linkcode wordSizes} by default.
 *
 * @throws {RangeError} A size is not an integer, or too small for one word and one piece.
 */
export function wordFeatures(sizes: WordSizes = wordSizes): Encoder<string> {
  const { length, wordPieces } = sizes;
  const least = { length: 1, words: 3, wordPieces: 1, pieces: 2 };
  for (const [name, from] of Object.entries(least)) {
    const size = sizes[name as keyof WordSizes];
    if (Number.isInteger(size) && size >= from) continue;
    throw new RangeError(`Cannot number words: expected ${name} from ${from}, got ${size}`);
  }
  return {
    modality: "text",
    id: "words",
    digest: digestRecipe("words", { ...sizes, pieceLengths, version: 1 }),
    inspect: (text) => wordExtent(text, sizes),
    shapes: { words: [length], pieces: [length, wordPieces] },
    encode: (texts) => Promise.resolve(texts.map((text) => wordNumbers(text, sizes))),
    dispose: () => Promise.resolve(),
  };
}
