/** Messages to states, whatever cuts them into tokens and runs the network. @module */

import { alikeBatches } from "./alike_batches.ts";
import type { Extent, Features } from "./encoder.ts";
import { equalParts, joined, segmentMeans } from "./segments.ts";

// Of a window; counts [CLS] and [SEP]. The paper gives no length; messages of two sentences need about 40.
const maxTokens = 128;
const ownTokens = maxTokens - 2;
// A novella: some 25,000 tokens, which fill 200 windows.
const maxCharacters = 100_000;
/** What of the recipe decides the features, beside the network: see `digestRecipe`. */
export const textRecipe = { maxTokens } as const;

/** A tokenizer of BERT's kind. */
export interface Tokens {
  /** The ids of all tokens of a message, [CLS] and [SEP] around them. */
  idsOf(text: string): number[];
  /** The tokens themselves, without [CLS] and [SEP]. */
  tokensOf(text: string): string[];
  /** Of what is not in the vocabulary. */
  readonly unknownId: number | undefined;
  /** Likewise, as it stands among the tokens. */
  readonly unknown: string | undefined;
}

/** What a network of BERT's kind takes: rows of tokens, `[rows, tokens]` each. */
export interface TokenRows {
  readonly inputIds: BigInt64Array;
  readonly attentionMask: BigInt64Array;
  readonly tokenTypes: BigInt64Array;
  readonly dims: readonly [number, number];
}

/** A tokenizer, and its network's states `[rows, tokens, width]`. */
export interface TextNetwork {
  readonly tokens: Tokens;
  /** Of its states. */
  readonly width: number;
  run(rows: TokenRows): Promise<{ data: Float32Array; dims: readonly number[] }>;
}

/** The width of a network's states, as it gives them of a short message. */
export async function textWidth({ tokens, run }: Omit<TextNetwork, "width">): Promise<number> {
  return (await run(tokenRows([tokens.idsOf("a")]))).dims[2]!;
}

/**
 * The states `[segments, width]` and `mask [segments]` of messages, as `loadTextEncoder` has them.
 *
 * @throws {RangeError} A message has no word, or more than 100,000 characters.
 */
export async function textStates(
  { tokens, run, width }: TextNetwork,
  texts: readonly string[],
  { segments, most }: {
    readonly segments: number;
    /** Rows that run together. */
    readonly most: number;
  },
): Promise<Features[]> {
  const windows = texts.map((text) => windowsOf(tokenize(tokens, text), text));
  const rows = windows.flat();
  const states = new Array<Float32Array>(rows.length);
  for (const batch of alikeBatches(rows.map(({ length }) => length), most)) {
    const { data, dims } = await run(tokenRows(batch.map((i) => rows[i]!)));
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
}

/** How much of a message is read, and whether it says anything. */
export function textExtent(tokens: Tokens, text: string): Extent {
  const ids = tokenize(tokens, text).slice(1, -1);
  const unknown = ids.filter((id) => id === tokens.unknownId).length;
  // Punctuation alone says nothing where all words are unknown; by itself it may be a face: ":)".
  const knownWord = (token: string) => token !== tokens.unknown && /[\p{L}\p{N}]/u.test(token);
  const blank = ids.length === 0 || unknown > 0 && !tokens.tokensOf(text).some(knownWord);
  const [given, windows] = [ids.length, Math.ceil(ids.length / ownTokens)];
  return { given, taken: given, windows, unknown, blank };
}

/** Rows of token ids, all of one length. */
function tokenRows(rows: readonly number[][]): TokenRows {
  const inputIds = BigInt64Array.from(rows.flat(), BigInt);
  return {
    inputIds,
    attentionMask: new BigInt64Array(inputIds.length).fill(1n),
    tokenTypes: new BigInt64Array(inputIds.length),
    dims: [rows.length, rows[0]!.length],
  };
}

function tokenize({ idsOf }: Tokens, text: string): number[] {
  if (text.length <= maxCharacters) return idsOf(text);
  throw new RangeError(
    `Cannot encode a message: expected ${maxCharacters} characters or fewer, ` +
      `got ${text.length}`,
  );
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
