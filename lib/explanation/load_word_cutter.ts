/** From a message to its words, by a text encoder's own tokenizer. @module */

import { transformers } from "../deps/transformers.ts";
import { findModelFolder } from "../encoders/model_folder.ts";
import { type WordCutter, wordCutter } from "./words.ts";

/** Which text encoder's tokens are counted. */
export interface TokenizerPlace {
  /** The id of the text encoder. */
  readonly model: string;
  /** The folder of models. */
  readonly root: string;
}

/**
 * {@linkcode wordCutter} by the encoder's tokenizer.
 *
 * @throws {Deno.errors.NotFound} There is no such model.
 */
export async function loadWordCutter({ model, root }: TokenizerPlace): Promise<WordCutter> {
  // The revisions under which the encoders are kept.
  const place = { model, root, graphs: [] };
  const folder = await findModelFolder(place) ??
    await findModelFolder({ ...place, revision: "default" });
  if (folder === undefined) {
    throw new Deno.errors.NotFound(
      `Cannot cut messages into words: expected ${model} in "${root}", got nothing`,
    );
  }
  const { AutoTokenizer } = await transformers();
  const tokenizer = await AutoTokenizer.from_pretrained(folder.path, { local_files_only: true });
  return wordCutter((text) => tokenizer.tokenize(text));
}
