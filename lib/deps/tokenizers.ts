/** The tokenizers of Transformers.js, by themselves: they run in browsers too. @module */

export { Tokenizer } from "npm:@huggingface/tokenizers@0.2.0";
