import type { Graph } from "../../lib/browser/mod.ts";
import { onnxruntime } from "../../lib/deps/onnxruntime.ts";

/** The runtime of Deno in the place of a browser's. */
export async function openGraph(onnx: Uint8Array): Promise<Graph> {
  const { InferenceSession, Tensor } = await onnxruntime();
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 });
  return {
    inputMetadata: session.inputMetadata,
    run(feeds, outputs) {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims }]) => [
          name,
          data instanceof BigInt64Array
            ? new Tensor("int64", data, dims)
            : new Tensor("float32", data, dims),
        ]),
      );
      return outputs ? session.run(tensors, outputs) : session.run(tensors);
    },
    release: () => session.release(),
  } as Graph;
}
