/** Transformers.js: tokenisers, processors and models in the Hugging Face layout. @module */

import type * as Transformers from "npm:@huggingface/transformers@4.3.1";

// A `string`, not a literal: Deno downloads the package and its native parts on the first call only.
const specifier: string = "npm:@huggingface/transformers@4.3.1";

let loading: Promise<typeof Transformers> | undefined;

/** Loads Transformers.js on first use. */
export function transformers(): Promise<typeof Transformers> {
  return loading ??= importedAsOnMainThread();
}

// In a worker the package takes Deno for a browser by these two, and then reads no local files and
// draws images on a canvas. It looks at them while it is loaded, and not again.
const signsOfBrowser = ["self", "location"] as const;

async function importedAsOnMainThread(): Promise<typeof Transformers> {
  const own = signsOfBrowser.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const isWorker = own.every((descriptor) => descriptor?.configurable) &&
    "WorkerGlobalScope" in globalThis;
  if (!isWorker) return await import(specifier);
  for (const name of signsOfBrowser) {
    Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
  }
  try {
    return await import(specifier);
  } finally {
    signsOfBrowser.forEach((name, i) => Object.defineProperty(globalThis, name, own[i]!));
  }
}

export type { PreTrainedModel, RawImage, Tensor } from "npm:@huggingface/transformers@4.3.1";
