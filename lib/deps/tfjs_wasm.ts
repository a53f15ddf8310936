/** The WebAssembly backend of TensorFlow.js. @module */

// A `string`, not a literal: Deno downloads the package on the first call only.
const specifier: string = "npm:@tensorflow/tfjs-backend-wasm@4.22.0";

/** Loads the package on first use, which registers the backend `wasm`. */
export async function registerTfjsWasm(): Promise<void> {
  await import(specifier);
}
