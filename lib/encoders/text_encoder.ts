/** Text to states: BERT's token states, averaged into segments. @module */

import { transformers } from "../deps/transformers.ts";
import type { Encoder, Features } from "./encoder.ts";
import { digestRecipe, loadModel, type ModelOptions, statesOf } from "./model_folder.ts";
import { assertSegments, segmentMeans } from "./segments.ts";

// Counts [CLS] and [SEP]. The paper gives no length; messages of two sentences need about 40.
const maxTokens = 128;
const batchSize = 32;

/**
 * A frozen BERT. Features of a message: `states [segments, width]`, `mask [segments]`.
 *
 * The states of the last layer for all tokens but [CLS] and [SEP], of the first
 * 128, averaged by {@linkcode segmentMeans}; 8 segments by default.
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

  /** Runs rows of token ids, padded to the longest: `[rows, tokens, width]`. */
  async function run(rows: readonly number[][]) {
    const length = Math.max(...rows.map((row) => row.length));
    const inputIds = new BigInt64Array(rows.length * length).fill(BigInt(tokenizer.pad_token_id));
    const attentionMask = new BigInt64Array(rows.length * length);
    rows.forEach((row, i) => {
      inputIds.set(row.map(BigInt), i * length);
      attentionMask.fill(1n, i * length, i * length + row.length);
    });
    const dims = [rows.length, length];
    const output = await model({
      input_ids: new Tensor("int64", inputIds, dims),
      attention_mask: new Tensor("int64", attentionMask, dims),
      token_type_ids: new Tensor("int64", new BigInt64Array(inputIds.length), dims),
    });
    return statesOf(output, { model: id, rank: 3, widthAxis: 2, width: options.width });
  }

  function tokenize(text: string): number[] {
    const { input_ids } = tokenizer(text, {
      truncation: true,
      max_length: maxTokens,
      return_tensor: false,
    });
    if (input_ids.length < 3) {
      throw new RangeError(
        `Cannot encode a message: expected a word or more, got ${JSON.stringify(text)}`,
      );
    }
    return input_ids;
  }

  const width = (await run([tokenize("a")])).dims[2]!;
  return {
    modality: "text",
    id,
    digest: digestRecipe(digest, { stage: "text", segments, maxTokens }),
    shapes: { states: [segments, width], mask: [segments] },
    async encode(texts) {
      const rows = texts.map(tokenize);
      // Neighbours in length share a batch, so that little of it is padding.
      const order = rows.map((_, i) => i).sort((a, b) =>
        rows[a]!.length - rows[b]!.length || a - b
      );
      const features = new Array<Features>(texts.length);
      for (let first = 0; first < order.length; first += batchSize) {
        const batch = order.slice(first, first + batchSize);
        const { data, dims } = await run(batch.map((i) => rows[i]!));
        batch.forEach((i, b) => {
          const start = (b * dims[1]! + 1) * width; // The first state is [CLS]'s,
          const count = rows[i]!.length - 2; // the last [SEP]'s.
          const states = data.subarray(start, start + count * width);
          features[i] = segmentMeans({ data: states, rows: count, width }, segments);
        });
      }
      return features;
    },
    dispose: async () => void await model.dispose(),
  };
}
