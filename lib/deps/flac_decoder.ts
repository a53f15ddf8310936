/** libFLAC, compiled to WebAssembly (libFLAC is BSD, its wrapper MIT, the parser it needs LGPL). @module */

export { FLACDecoder } from "npm:@wasm-audio-decoders/flac@0.2.11";
