/**
 * `compile(fn, shapes)`: functions of tfjs tensors, executed by ONNX Runtime or as C.
 *
 * @module
 */

export * from "./compile.ts";
export { type Arithmetic, arithmeticOf } from "./arithmetic.ts";
export {
  type Executor,
  type ExecutorChoice,
  executorChoices,
  executors,
  type Values,
} from "./executable.ts";
export type { SessionOptions } from "./onnx_runtime.ts";
export { type COptions, whyNoC } from "./c/mod.ts";
export * from "./free_batch.ts";
export {
  type Attribute,
  type ConstantValues,
  type Dimension,
  Graph,
  type GraphConstant,
  type GraphNode,
  type GraphPort,
  type OnnxType,
} from "./onnx.ts";
export type { DType } from "./trace.ts";
export * from "./kernels/mod.ts";
