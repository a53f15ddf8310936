/** Executes a traced graph with ONNX Runtime. @module */

import { onnxruntime, type Tensor as OrtTensor } from "../deps/onnxruntime.ts";
import type { Executable, Values } from "./executable.ts";

/** How ONNX Runtime executes a graph. */
export interface SessionOptions {
  /** Threads inside one operator. One thread gives the same bits on every run; default 1. */
  threads?: number;
  /** Execution providers in order of preference; default `["cpu"]`. */
  executionProviders?: readonly string[];
}

/** Loads an ONNX file, whose inputs are of these names, types and shapes. */
export async function executeOnnx(
  { onnx, inputs, outputs }: {
    readonly onnx: Uint8Array;
    readonly inputs: readonly {
      readonly name: string;
      readonly type: string;
      readonly dims: readonly number[];
    }[];
    readonly outputs: readonly string[];
  },
  { threads = 1, executionProviders = ["cpu"] }: SessionOptions = {},
): Promise<Executable> {
  const ort = await onnxruntime();
  const session = await ort.InferenceSession.create(onnx, {
    executionProviders: [...executionProviders],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    // Errors only: warnings about constants that ONNX Runtime folds are of no use to a reader.
    logSeverityLevel: 3,
  });
  return {
    executor: "onnxruntime",
    async run(values) {
      const feeds: Record<string, OrtTensor> = {};
      inputs.forEach(({ name, type, dims }, i) => {
        feeds[name] = new ort.Tensor(type as "float32", values[i] as Float32Array, dims);
      });
      const results = await session.run(feeds);
      return outputs.map((name) => results[name]!.data as Values);
    },
    dispose: () => session.release(),
  };
}
