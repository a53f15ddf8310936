/** From segments of a message back to its words. @module */

/** A word as it stands in the message, and how many tokens the encoder makes of it. */
export interface Word {
  /** As in the message, or a token where the message cannot be cut at its spaces. */
  readonly text: string;
  /** How many of the encoder's tokens it has, from 0. */
  readonly tokens: number;
}

/** A word and what it did to the verdict. */
export interface WordScore {
  /** See `Word.text`. */
  readonly text: string;
  /** In log-odds. */
  readonly score: number;
}

/**
 * What each word did, from what its segments did. A segment is the mean of
 * contiguous tokens (see `segmentMeans`), each of which has an equal part in it:
 *
 *     a_word = Σ a_s / |s| over its tokens, s the segment of the token
 *
 * Words of one segment cannot be told apart but by their number of tokens. The
 * words' scores add up to the segments'.
 */
export function spreadOverWords(
  words: readonly Word[],
  segments: readonly number[],
): WordScore[] {
  const read = words.reduce((sum, { tokens }) => sum + tokens, 0);
  const used = Math.min(read, segments.length);
  const perToken: number[] = [];
  for (let s = 0; s < used; s++) {
    const start = Math.floor(s * read / used), end = Math.floor((s + 1) * read / used);
    for (let t = start; t < end; t++) perToken.push(segments[s]! / (end - start));
  }
  let next = 0;
  return words.map(({ text, tokens }) => {
    const own = perToken.slice(next, next += tokens);
    return { text, score: own.reduce((a, b) => a + b, 0) };
  });
}

/** Cuts messages into words for {@linkcode spreadOverWords}. */
export type WordCutter = (text: string) => Word[];

/**
 * Leaves messages whole, where none of the `segments` has words of its own: those of a trained
 * text encoder each attend to all words. The message then has what its segments have together.
 */
export function wholeMessage(segments: number): WordCutter {
  return (text) => [{ text, tokens: segments }];
}

/** What a page says of the parts that trained encoders give, of text and images alone or of speech too. */
export function trainedParts({ ofSpeech }: { readonly ofSpeech: boolean }): string {
  const message = "what the message did is shown as a whole";
  return ofSpeech
    ? `The encoders were trained: ${message}, and the stretches of the clip are equal parts of its ` +
      "speech, without the silence around it."
    : `The encoders of text and images were trained: ${message}.`;
}

/**
 * Cuts messages at their spaces and counts the tokens of each word, as `tokensOf` cuts them. Where the
 * words apart give other tokens than the whole, the tokens themselves are the words.
 */
export function wordCutter(tokensOf: (text: string) => string[]): WordCutter {
  return (text) => {
    const whole = tokensOf(text);
    const words = text.trim().split(/\s+/).map((word) => ({ text: word, tokens: tokensOf(word) }));
    const agree = words.flatMap(({ tokens }) => tokens).join("\0") === whole.join("\0");
    return agree
      ? words.map(({ text, tokens }) => ({ text, tokens: tokens.length }))
      : whole.map((token) => ({ text: token, tokens: 1 }));
  };
}
