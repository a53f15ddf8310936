/** Runs an exported model in ONNX Runtime. @module */

import { onnxruntime } from "../deps/onnxruntime.ts";
import { type ExportedModel, exportedModelOf } from "./run_exported.ts";

export type { ExportedModel, ModelVerdict, SampleFeatures } from "./run_exported.ts";

/**
 * Makes a session of the bytes that `exportOnnx` gave. One thread by default:
 * the model is small, and one thread gives the same bits on every run.
 *
 * @throws {Error} The bytes are no ONNX file.
 */
export async function loadExportedModel(
  onnx: Uint8Array,
  { threads = 1 }: { readonly threads?: number } = {},
): Promise<ExportedModel> {
  const { InferenceSession, Tensor } = await onnxruntime();
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  return exportedModelOf({
    inputMetadata: session.inputMetadata,
    run(feeds, outputs) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) =>
          [name, new Tensor("float32", data, dims)] as const
        ),
      );
      return outputs === undefined ? session.run(tensors) : session.run(tensors, outputs);
    },
    release: () => session.release(),
  });
}
