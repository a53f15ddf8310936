/** Text to states: BERT's token states, averaged into segments. @module */

import { transformers } from "../deps/transformers.ts";
import { alikeBatches } from "./alike_batches.ts";
import type { Encoder, Extent } from "./encoder.ts";
import { sendable, withOrigin } from "./encoder_origin.ts";
import {
  digestRecipe,
  loadModel,
  type ModelOptions,
  rowsAtOnce,
  soleRows,
  statesOf,
} from "./model_folder.ts";
import { assertSegments, equalParts, joined, segmentMeans } from "./segments.ts";

// Of a window; counts [CLS] and [SEP]. The paper gives no length; messages of two sentences need about 40.
const maxTokens = 128;
const ownTokens = maxTokens - 2;
// A novella: some 25,000 tokens, which fill 200 windows.
const maxCharacters = 100_000;
const mostRows = 32;

/**
 * A frozen BERT. Features of a message: `states [segments, width]`, `mask [segments]`.
 *
 * The states of the last layer for all tokens but [CLS] and [SEP], averaged by
 * {@linkcode segmentMeans} over the whole message; 8 segments by default. A message of more than 126
 * tokens is read in windows of equal length, of at most 128 tokens with [CLS] and [SEP]: tokens of
 * different windows do not see each other. Beyond 100,000 characters it is refused.
 *
 * Messages of one length run together ({@linkcode alikeBatches}); each alone in `int8`, whose graphs
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

  /** Runs rows of token ids, all of one length: `[rows, tokens, width]`. */
  async function run(rows: readonly number[][]) {
    const dims = [rows.length, rows[0]!.length];
    const inputIds = BigInt64Array.from(rows.flat(), BigInt);
    const attentionMask = new BigInt64Array(inputIds.length).fill(1n);
    const output = await model({
      input_ids: new Tensor("int64", inputIds, dims),
      attention_mask: new Tensor("int64", attentionMask, dims),
      token_type_ids: new Tensor("int64", new BigInt64Array(inputIds.length), dims),
    });
    return statesOf(output, { model: id, rank: 3, widthAxis: 2, width: options.width });
  }

  /** The ids of all tokens, [CLS] and [SEP] around them. */
  function tokenize(text: string): number[] {
    if (text.length > maxCharacters) {
      throw new RangeError(
        `Cannot encode a message: expected ${maxCharacters} characters or fewer, ` +
          `got ${text.length}`,
      );
    }
    return tokenizer(text, { truncation: false, return_tensor: false }).input_ids;
  }

  function inspect(text: string): Extent {
    const tokens = tokenize(text).slice(1, -1);
    const unknown = tokens.filter((id) => id === tokenizer.unk_token_id).length;
    // Punctuation alone says nothing where all words are unknown; by itself it may be a face: ":)".
    const knownWord = (token: string) =>
      token !== tokenizer.unk_token && /[\p{L}\p{N}]/u.test(token);
    const blank = tokens.length === 0 ||
      unknown > 0 && !tokenizer.tokenize(text).some(knownWord);
    const [given, windows] = [tokens.length, Math.ceil(tokens.length / ownTokens)];
    return { given, taken: given, windows, unknown, blank };
  }

  const width = (await run([tokenize("a")])).dims[2]!;
  const recipe = { stage: "text", segments, maxTokens, ...soleRows(options) };
  const encoder: Encoder<string> = {
    modality: "text",
    id,
    digest: digestRecipe(digest, recipe),
    longDigest: digestRecipe(digest, { ...recipe, windows: "all" }),
    inspect,
    shapes: { states: [segments, width], mask: [segments] },
    async encode(texts) {
      const windows = texts.map((text) => windowsOf(tokenize(text), text));
      const rows = windows.flat();
      const states = new Array<Float32Array>(rows.length);
      const most = rowsAtOnce(mostRows, options);
      for (const batch of alikeBatches(rows.map(({ length }) => length), most)) {
        const { data, dims } = await run(batch.map((i) => rows[i]!));
        batch.forEach((i, b) => {
          const start = (b * dims[1]! + 1) * width; // The first state is [CLS]'s,
          const count = rows[i]!.length - 2; // the last [SEP]'s.
          states[i] = data.slice(start, start + count * width);
        });
      }
      let next = 0;
      return windows.map(({ length }) => {
        const data = joined(states.slice(next, next += length));
        return segmentMeans({ data, rows: data.length / width, width }, segments);
      });
    },
    dispose: async () => void await model.dispose(),
  };
  return withOrigin(encoder, { loader: "text", options: sendable(options) });
}

/** Rows of at most 128 tokens, each between [CLS] and [SEP]; of a short message it is the only one. */
function windowsOf(ids: readonly number[], text: string): number[][] {
  if (ids.length < 3) {
    throw new RangeError(
      `Cannot encode a message: expected a word or more, got ${JSON.stringify(text)}`,
    );
  }
  const inner = ids.slice(1, -1);
  return equalParts(inner.length, ownTokens)
    .map(({ start, end }) => [ids[0]!, ...inner.slice(start, end), ids.at(-1)!]);
}
