/** The WebAssembly of the Speex resampler, as a file. @module */

// Part of the graph, so that a path inside it resolves.
import "npm:@echogarden/speex-resampler-wasm@0.3.0/simd";

/** Where it lies: what is bundled for a browser asks for it beside itself. */
export function resamplerWasm(): URL {
  const code = import.meta.resolve("npm:@echogarden/speex-resampler-wasm@0.3.0/simd");
  return new URL("speex-resampler-simd.wasm", code);
}
