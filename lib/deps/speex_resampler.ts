/** The Speex resampler, compiled to WebAssembly with SIMD. @module */

import createSpeexResampler from "npm:@echogarden/speex-resampler-wasm@0.3.0/simd";

/** The compiled module: C functions, and the memory their pointers point into. */
export interface SpeexResampler {
  readonly HEAPF32: Float32Array;
  readonly HEAPU32: Uint32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _speex_resampler_init(
    channels: number,
    fromHz: number,
    toHz: number,
    quality: number,
    error: number,
  ): number;
  _speex_resampler_get_input_latency(state: number): number;
  _speex_resampler_skip_zeros(state: number): number;
  _speex_resampler_process_float(
    state: number,
    channel: number,
    input: number,
    inputLength: number,
    output: number,
    outputLength: number,
  ): number;
  _speex_resampler_destroy(state: number): void;
}

let loading: Promise<SpeexResampler> | undefined;

/** Compiles the module on first use. */
export function speexResampler(): Promise<SpeexResampler> {
  return loading ??= (createSpeexResampler as () => Promise<SpeexResampler>)();
}
