/** The WebAssembly of ONNX Runtime for browsers, as a file. @module */

// A `string`, not a literal: Deno downloads the package on the first call only.
const specifier: string = "npm:onnxruntime-web@1.31.0-dev.20260914-8d85527a0";

/** Where its kernels for the processor lie: those of `onnxruntime_web.ts`. */
export async function runtimeWasm(): Promise<URL> {
  // The import puts the package into the graph; only then does a path inside it resolve.
  await import(`${specifier}/wasm`);
  return new URL(import.meta.resolve(`${specifier}/ort-wasm-simd-threaded.wasm`));
}
