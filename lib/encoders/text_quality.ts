/** How well a message is written, from the message alone. @module */

import type { Extent } from "./encoder.ts";

/** The columns of {@linkcode textQuality}, in order. */
export const textQualityColumns = [
  /** Share of tokens that the encoder knows nothing of. */
  "unknownShare",
  /** ln(1 + tokens). */
  "length",
  /** Share of characters other than letters, digits, white space and common punctuation. */
  "oddShare",
  /** Characters a word. */
  "wordLength",
  /** Share of words with a letter twice in a row, or three consonants and more. */
  "roughShare",
] as const;

/**
 * What a message says of its own quality, `[5]` in the order of {@linkcode textQualityColumns}.
 * `extent` is what its encoder says of it: tokens, and how many are unknown. An empty message is all 0.
 *
 * `roughShare` is for encoders that have a token for anything: slips of the finger double letters and
 * heap up consonants, where words of English seldom do; it is a rule of ours, and of Latin letters.
 */
export function textQuality(
  text: string,
  { given, unknown }: Pick<Extent, "given" | "unknown">,
): Float32Array {
  const words = text.match(/\S+/g) ?? [];
  const characters = [...text];
  const odd = characters.filter((c) => !/[\p{L}\p{N}\s.,;:!?'"’()\-]/u.test(c)).length;
  const rough = words.filter((word) => /(\p{L})\1|[b-df-hj-np-tv-xz]{3}/iu.test(word)).length;
  const share = (count: number, of: number) => of === 0 ? 0 : count / of;
  return Float32Array.of(
    share(unknown, given),
    Math.log1p(given),
    share(odd, characters.length),
    share(words.reduce((sum, word) => sum + word.length, 0), words.length),
    share(rough, words.length),
  );
}
