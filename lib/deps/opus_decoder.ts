/** libopus, compiled to WebAssembly (libopus is BSD, its wrapper MIT). @module */

export { OpusDecoder } from "npm:opus-decoder@0.7.12";
