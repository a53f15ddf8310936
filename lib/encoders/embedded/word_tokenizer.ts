/** The tokenizer of the embedded encoders: BERT's, but words are whole. @module */

/**
 * A `tokenizer.json`: lower case, no accents, punctuation apart; a word that is not in
 * the vocabulary is [UNK]. `special` tokens, [UNK] among them, begin the vocabulary; the
 * two in `around` are put before and after each text.
 */
export function wholeWordTokenizer(
  vocabulary: readonly string[],
  { special, around }: {
    readonly special: readonly string[];
    readonly around?: readonly [string, string];
  },
): object {
  const added = {
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({ id, content, ...added })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: around ? wrapping(around, vocabulary) : null,
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}

function wrapping(around: readonly [string, string], vocabulary: readonly string[]): object {
  const [first, last] = around.map((id) => ({ SpecialToken: { id, type_id: 0 } }));
  const entry = (id: string) => [id, { id, ids: [vocabulary.indexOf(id)], tokens: [id] }];
  return {
    type: "TemplateProcessing",
    single: [first, { Sequence: { id: "A", type_id: 0 } }, last],
    pair: [],
    special_tokens: Object.fromEntries(around.map(entry)),
  };
}
