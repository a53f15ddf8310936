/** ONNX Runtime in a browser: kernels in WebAssembly. @module */

// The version that Transformers.js brings along anyway: another one would be 140 MB more.
export {
  env,
  InferenceSession,
  Tensor,
} from "npm:onnxruntime-web@1.31.0-dev.20260914-8d85527a0/wasm";
