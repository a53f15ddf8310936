/** ONNX Runtime: native kernels inside an npm package. @module */

import type * as Ort from "npm:onnxruntime-node@1.30.0";

// A `string`, not a literal: Deno downloads the 300 MB on the first call only.
const specifier: string = "npm:onnxruntime-node@1.30.0";

/** Loads ONNX Runtime on first use. */
export function onnxruntime(): Promise<typeof Ort> {
  return import(specifier);
}

export type { InferenceSession, Tensor } from "npm:onnxruntime-node@1.30.0";
