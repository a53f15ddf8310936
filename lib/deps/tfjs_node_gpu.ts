/** TensorFlow's C library behind TensorFlow.js, on an NVIDIA GPU. @module */

// A `string`, not a literal: Deno downloads the package on the first call only.
const specifier: string = "npm:@tensorflow/tfjs-node-gpu@4.22.0";

/**
 * Loads the package on first use, which registers the backend `tensorflow`.
 *
 * @throws {Error} Its native binding is not there: the package's install script fetches it, and Deno
 * runs none unless allowed to.
 */
export async function registerTfjsNodeGpu(): Promise<void> {
  await import(specifier);
}
