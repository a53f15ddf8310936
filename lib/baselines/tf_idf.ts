/** TF-IDF: a text as the words and pairs of words that it holds more of than others do. @module */

import type { SparseRows } from "./feature_rows.ts";

/** Options of {@linkcode fitTfIdf}. */
export interface TfIdfOptions {
  /**
   * In how many texts a term has to occur to be known.
   *
   * @default 2
   */
  readonly minDocuments?: number;
  /**
   * Know pairs of adjacent words as well as words.
   *
   * @default true
   */
  readonly pairs?: boolean;
}

/** A fitted vectoriser. */
export interface TfIdf {
  /** The column of each term; columns are in the order of the terms' UTF-16 code units. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** `[vocabulary.size]`: how telling each term is. */
  readonly idf: Float64Array;
  /** As {@linkcode TfIdfOptions.pairs}. */
  readonly pairs: boolean;
}

/**
 * The words of a text in lower case, then, with `pairs`, its pairs of adjacent words.
 *
 * A word is two or more letters, digits or underscores in a row; what is
 * shorter is left out before pairs are formed. (scikit-learn: `ngram_range=(1, 2)`
 * with the default `token_pattern`.)
 */
export function termsOf(
  text: string,
  { pairs = true }: Pick<TfIdfOptions, "pairs"> = {},
): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
  if (!pairs) return words;
  return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
}

/**
 * Learns the vocabulary of `texts`, and how telling each term is:
 *
 *     idf(t) = ln((1 + N) / (1 + df(t))) + 1
 *
 * N is the number of texts and df(t) of those that hold t. Pass the training
 * part's texts and no others.
 *
 * @throws {RangeError} `minDocuments` is not a positive integer, or no term occurs in so many texts.
 *
 * @example Terms of one text only are not learnt
 * ```ts
 * import { fitTfIdf } from "./tf_idf.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { vocabulary, idf } = fitTfIdf(["so happy", "so sad", "very sad"]);
 * deepEqual([...vocabulary.keys()], ["sad", "so"]);
 * deepEqual([...idf], [Math.log(4 / 3) + 1, Math.log(4 / 3) + 1]);
 * ```
 */
export function fitTfIdf(
  texts: readonly string[],
  { minDocuments = 2, pairs = true }: TfIdfOptions = {},
): TfIdf {
  if (!Number.isInteger(minDocuments) || minDocuments < 1) {
    throw new RangeError(
      `Cannot fit TF-IDF: expected minDocuments to be an integer from 1, got ${minDocuments}`,
    );
  }
  const frequencies = new Map<string, number>();
  for (const text of texts) {
    for (const term of new Set(termsOf(text, { pairs }))) {
      frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
    }
  }
  const terms = [...frequencies.keys()].filter((t) => frequencies.get(t)! >= minDocuments).sort();
  if (terms.length === 0) {
    throw new RangeError(
      `Cannot fit TF-IDF: expected a term in ${minDocuments} texts or more, ` +
        `got none in ${texts.length} texts`,
    );
  }
  return {
    vocabulary: new Map(terms.map((term, column) => [term, column])),
    idf: Float64Array.from(
      terms,
      (term) => Math.log((1 + texts.length) / (1 + frequencies.get(term)!)) + 1,
    ),
    pairs,
  };
}

/**
 * A row per text, `[texts.length, vocabulary.size]`, of length 1:
 *
 *     x(t) = tf(t) idf(t) / |tf ⊙ idf|
 *
 * tf(t) counts t in the text. Unknown terms do not count; a text without any
 * known one is a row of zeros.
 */
export function tfIdfRows(
  { vocabulary, idf, pairs }: TfIdf,
  texts: readonly string[],
): SparseRows {
  const values: number[] = [], columns: number[] = [], starts = [0];
  for (const text of texts) {
    const counts = new Map<number, number>();
    for (const term of termsOf(text, { pairs })) {
      const column = vocabulary.get(term);
      if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
    }
    const row = [...counts].sort(([a], [b]) => a - b)
      .map(([column, count]) => ({ column, value: count * idf[column]! }));
    const length = Math.sqrt(row.reduce((sum, { value }) => sum + value ** 2, 0));
    for (const { column, value } of row) {
      columns.push(column);
      values.push(value / length);
    }
    starts.push(values.length);
  }
  return {
    values: Float32Array.from(values),
    columns: Uint32Array.from(columns),
    starts: Uint32Array.from(starts),
  };
}
