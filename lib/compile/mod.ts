/**
 * `compile(fn, shapes)`: functions of tfjs tensors, executed by ONNX Runtime.
 *
 * @module
 */

export * from "./compile.ts";
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
