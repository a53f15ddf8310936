/** The WebGPU backend of TensorFlow.js. @module */

// A `string`, not a literal: Deno downloads the package on the first call only.
const specifier: string = "npm:@tensorflow/tfjs-backend-webgpu@4.22.0";

/** Loads the package on first use, which registers the backend `webgpu`. */
export async function registerTfjsWebgpu(): Promise<void> {
  await import(specifier);
}
