/** Reads the most frequent words of the GloVe vectors, and no more of their file than needed. @module */

import { wordVectorFile } from "../../deps/wink_embeddings.ts";
import { parseWordVectors, type WordVectors } from "./parse_word_vectors.ts";

/** GloVe's list is by frequency: so many words cover nearly all of everyday English. */
export const embeddedWords = 30_000;

/**
 * The `count` most frequent words of GloVe (Pennington et al., 2014; 6 billion
 * words, 100 numbers), from the npm package that holds them. The file lists them by
 * frequency, so its first tenth is enough.
 *
 * @throws {RangeError} The file is not laid out as expected.
 */
export async function readWordVectors(count: number): Promise<WordVectors> {
  const url = await wordVectorFile();
  using file = await Deno.open(url);
  return await parseWordVectors(file.readable.pipeThrough(new TextDecoderStream()), {
    count,
    name: url.pathname,
  });
}
