/** The executor of studies that are made up. @module */

import type { RunExecutor } from "../../lib/study/run_executor.ts";

/** ONNX Runtime on the CPU, whatever it gives. */
export const plainExecutor: RunExecutor = {
  executor: "onnxruntime",
  c: {},
  executionProviders: ["cpu"],
  arithmetic: { executor: "onnxruntime", kind: "onnxruntime, cpu", digest: "0".repeat(16) },
};
