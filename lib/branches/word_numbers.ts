/** Words and their pieces as numbers, computed, not learned. @module */

import { normaliseText } from "../datasets/normalise_text.ts";
import type { Extent, Features } from "../encoders/encoder.ts";

/** How long messages and words may be, and how many numbers there are for them. */
export interface WordSizes {
  /** L, words of a message that count. */
  readonly length: number;
  /** V, numbers for words, with those of {@linkcode wordIds}. */
  readonly words: number;
  /** G, pieces of a word that count. */
  readonly wordPieces: number;
  /** P, numbers for pieces, with that of no piece. */
  readonly pieces: number;
}

/**
 * Of 100 messages of the *Emotions* corpus 99 have 52 words or fewer. A larger P would slow training
 * down, a smaller V gives rare words the number of a common one.
 */
export const wordSizes: WordSizes = { length: 56, words: 16_384, wordPieces: 16, pieces: 8192 };

/** Numbers that no word has: of a place after the message, and of a word that is hidden. */
export const wordIds = { padding: 0, hidden: 1 } as const;

/** Shorter runs of letters are in nearly every word, longer ones are nearly the word. */
export const pieceLengths = [3, 4, 5] as const;

/** How many words of a message are taken in; those that training has not seen have numbers too. */
export function wordExtent(text: string, { length }: WordSizes = wordSizes): Extent {
  const given = wordsOf(text).length;
  const taken = Math.min(length, given);
  return { given, taken, windows: 1, unknown: 0, blank: given === 0 };
}

/** The features of a message, as `wordFeatures` has them. */
export function wordNumbers(text: string, sizes: WordSizes = wordSizes): Features {
  const { length, wordPieces } = sizes;
  const words = new Float32Array(length), pieces = new Float32Array(length * wordPieces);
  wordsOf(text).slice(0, length).forEach((word, t) => {
    const first = wordIds.hidden + 1;
    words[t] = first + hash(word) % (sizes.words - first);
    const numbers = piecesOf(word, wordPieces).map((piece) => 1 + hash(piece) % (sizes.pieces - 1));
    pieces.set(numbers, t * wordPieces);
  });
  return { words, pieces };
}

/** The words of a message, normalised, in their order. */
export function wordsOf(text: string): string[] {
  return normaliseText(text).split(" ").filter((word) => word !== "");
}

/**
 * The pieces of a word: its runs of 3, 4 and 5 letters, `<` before and `>` after it; at
 * most `most` of them, at equal distances.
 *
 * @example
 * ```ts
 * import { piecesOf } from "./word_numbers.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(piecesOf("sad", 9), ["<sa", "sad", "ad>", "<sad", "sad>", "<sad>"]);
 * deepEqual(piecesOf("sad", 3), ["<sa", "ad>", "sad>"]);
 * ```
 */
export function piecesOf(word: string, most: number): string[] {
  const letters = ["<", ...word, ">"];
  const pieces = pieceLengths.flatMap((n) =>
    Array.from(
      { length: Math.max(0, letters.length - n + 1) },
      (_, i) => letters.slice(i, i + n).join(""),
    )
  );
  if (pieces.length <= most) return pieces;
  return Array.from({ length: most }, (_, i) => pieces[Math.floor(i * pieces.length / most)]!);
}

const utf8 = new TextEncoder();

/**
 * FNV-1a with 32 bits, stirred as MurmurHash3 does at its end: remainders depend on all bits.
 *
 * @returns An unsigned integer.
 */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of utf8.encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return (h ^ h >>> 16) >>> 0;
}
