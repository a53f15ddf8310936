/** Text to states: BERT's token states, averaged into segments. @module */

import { transformers } from "../deps/transformers.ts";
import type { Encoder } from "./encoder.ts";
import { sendable, withOrigin } from "./encoder_origin.ts";
import {
  digestRecipe,
  loadModel,
  type ModelOptions,
  rowsAtOnce,
  soleRows,
} from "./model_folder.ts";
import { statesOf } from "./model_output.ts";
import { assertSegments } from "./segments.ts";
import { textExtent, type TextNetwork, textRecipe, textStates, textWidth } from "./text_states.ts";

const mostRows = 32;

/**
 * A frozen BERT. Features of a message: `states [segments, width]`, `mask [segments]`.
 *
 * The states of the last layer for all tokens but [CLS] and [SEP], averaged by
 * {@linkcode segmentMeans} over the whole message; 8 segments by default. A message of more than 126
 * tokens is read in windows of equal length, of at most 128 tokens with [CLS] and [SEP]: tokens of
 * different windows do not see each other. Beyond 100,000 characters it is refused.
 *
 * Messages of one length run together (`alikeBatches`); each alone in `int8`, whose graphs
 * round by the greatest number of all that they are given at once, so that a message's features do
 * not depend on its neighbours.
 *
 * @throws {Deno.errors.NotFound} There is no such model.
 * @throws {RangeError} The model is no encoder, or its states have another width.
 */
export async function loadTextEncoder(options: ModelOptions): Promise<Encoder<string>> {
  const { segments = 8, model: id } = options;
  assertSegments(segments);
  const { folder, model, digest } = await loadModel(options);
  const { AutoTokenizer, Tensor } = await transformers();
  const tokenizer = await AutoTokenizer.from_pretrained(folder.path, { local_files_only: true });
  const network: Omit<TextNetwork, "width"> = {
    tokens: {
      idsOf: (text) => tokenizer(text, { truncation: false, return_tensor: false }).input_ids,
      tokensOf: (text) => tokenizer.tokenize(text),
      unknownId: tokenizer.unk_token_id,
      unknown: tokenizer.unk_token,
    },
    async run({ inputIds, attentionMask, tokenTypes, dims: [rows, tokens] }) {
      const tensor = (data: BigInt64Array) => new Tensor("int64", data, [rows, tokens]);
      const output = await model({
        input_ids: tensor(inputIds),
        attention_mask: tensor(attentionMask),
        token_type_ids: tensor(tokenTypes),
      });
      return statesOf(output, { model: id, rank: 3, widthAxis: 2, width: options.width });
    },
  };
  const width = await textWidth(network);
  const recipe = { stage: "text", segments, ...textRecipe, ...soleRows(options) };
  const most = rowsAtOnce(mostRows, options);
  const encoder: Encoder<string> = {
    modality: "text",
    id,
    digest: digestRecipe(digest, recipe),
    longDigest: digestRecipe(digest, { ...recipe, windows: "all" }),
    inspect: (text) => textExtent(network.tokens, text),
    shapes: { states: [segments, width], mask: [segments] },
    encode: (texts) => textStates({ ...network, width }, texts, { segments, most }),
    dispose: async () => void await model.dispose(),
  };
  return withOrigin(encoder, { loader: "text", options: sendable(options) });
}
