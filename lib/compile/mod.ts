/** `compile(fn, shapes)`: functions of tfjs tensors, executed by ONNX Runtime. @module */

export * from "./compile.ts";
export { Graph } from "./onnx.ts";
export { translatedKernels } from "./kernels/mod.ts";
