/** Emoji in words: their names, and what people look for them by. @module */

import { emojiWords } from "../../deps/emojilib.ts";
import { corpusNames } from "./corpus_glyphs.ts";

/** An emoji with what is said of it. */
export interface CaptionedEmoji {
  /** `1f389`, or several joined by hyphens; without variation selectors. */
  readonly codePoints: string;
  /** The words of its Unicode name. */
  readonly name: readonly string[];
  /** What people look for it by, a word or a few each. */
  readonly keywords: readonly (readonly string[])[];
}

/**
 * All emoji that have words (emojilib) and are in no picture of the embedded corpus, in the
 * order of their code points.
 */
export async function captionedEmoji(): Promise<CaptionedEmoji[]> {
  const names = await corpusNames();
  return Object.entries(await emojiWords())
    .map(([emoji, [name, ...keywords]]) => ({
      codePoints: codePointsOf(emoji),
      name: toWords(name!),
      keywords: keywords.map(toWords).filter((keyword) => keyword.length > 0),
    }))
    .filter(({ name }) => !names.has(name.join("-")))
    .sort((a, b) => a.codePoints < b.codePoints ? -1 : 1);
}

function codePointsOf(emoji: string): string {
  const points = Array.from(emoji, (character) => character.codePointAt(0)!);
  const presentation = 0xfe0f;
  return points.filter((point) => point !== presentation)
    .map((point) => point.toString(16)).join("-");
}

/** The words of a text in lower case: letters and digits, without accents. */
function toWords(text: string): string[] {
  const plain = text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/['’]/g, "");
  return plain.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}
