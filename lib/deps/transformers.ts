/** Transformers.js: tokenisers, processors and models in the Hugging Face layout. @module */

import type * as Transformers from "npm:@huggingface/transformers@4.3.1";

// A `string`, not a literal: Deno downloads the package and its native parts on the first call only.
const specifier: string = "npm:@huggingface/transformers@4.3.1";

/** Loads Transformers.js on first use. */
export function transformers(): Promise<typeof Transformers> {
  return import(specifier);
}

export type { PreTrainedModel, RawImage, Tensor } from "npm:@huggingface/transformers@4.3.1";
