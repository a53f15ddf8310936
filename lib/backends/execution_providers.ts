/** ONNX Runtime's execution providers: which of them work on this machine. @module */

import { Graph } from "../compile/onnx.ts";
import { onnxruntime } from "../deps/onnxruntime.ts";
import { startFirst } from "./preference.ts";

/** The execution providers that ONNX Runtime's npm package knows on some system, `cpu` on each. */
export const executionProviders = ["cpu", "webgpu", "cuda", "coreml", "dml"] as const;

/** One of {@linkcode executionProviders}. */
export type ExecutionProvider = (typeof executionProviders)[number];

/** What {@linkcode chooseProviders} found. */
export interface ProviderChoice {
  /** What `compile()` is given as its only execution provider. */
  readonly provider: ExecutionProvider;
  /** Those preferred to it, and why each can't be started. */
  readonly skipped: readonly { readonly provider: ExecutionProvider; readonly reason: string }[];
}

/**
 * The first execution provider of `preference` that works.
 *
 * ONNX Runtime itself takes a list, but fails as a whole where one of the list fails. Here each is
 * tried alone, on a graph whose result is known. Without `cpu` in the preference there is no
 * falling back to it. What a provider can't execute of a larger graph ONNX Runtime still leaves to
 * the processor.
 *
 * @example The processor always works
 * ```ts
 * import { chooseProviders } from "./execution_providers.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(await chooseProviders(["cpu"]), { provider: "cpu", skipped: [] });
 * ```
 *
 * @throws {RangeError} A name is none of {@linkcode executionProviders}, or there is no name.
 * @throws {Error} None of those named works; the message has the reason for each.
 */
export async function chooseProviders(
  preference: readonly string[],
  { start = startProvider }: {
    /** Tries one, and throws where it doesn't work; for tests. */
    readonly start?: (provider: ExecutionProvider) => Promise<void>;
  } = {},
): Promise<ProviderChoice> {
  const { name, skipped } = await startFirst({
    kind: "execution provider",
    wanted: preference,
    known: executionProviders,
    start,
  });
  return {
    provider: name,
    skipped: skipped.map(({ name, reason }) => ({ provider: name, reason })),
  };
}

/**
 * Multiplies two matrices on one execution provider and compares the product.
 *
 * @throws {Error} The provider is not in this build, does not start, or computes something else.
 */
export async function startProvider(provider: ExecutionProvider): Promise<void> {
  const ort = await onnxruntime();
  const supported = ort.listSupportedBackends().map(({ name }) => name);
  if (!supported.includes(provider)) {
    throw new Error(`this build of ONNX Runtime has only ${supported.join(", ")}`);
  }
  // The runtime reads it once, before its first session: what fails is thrown and need not be printed too.
  ort.env.logLevel = "fatal";
  const session = await ort.InferenceSession.create(matmulGraph(), {
    executionProviders: [provider],
    logSeverityLevel: 4,
  });
  try {
    const x = new ort.Tensor("float32", Float32Array.of(1, 2, 3, 4), [2, 2]);
    const { y } = await session.run({ x });
    const found = Array.from(await y!.getData() as Float32Array);
    if (`${found}` !== "7,10,15,22") {
      throw new Error(`expected the product 7,10,15,22, got ${found}`);
    }
  } finally {
    await session.release();
  }
}

// y = x · x, whose values are whole numbers and so exact in any precision.
function matmulGraph(): Uint8Array {
  const graph = new Graph();
  const x = graph.input("x", "float32", [2, 2]);
  graph.output("y", graph.node("MatMul", [x, x]), "float32", [2, 2]);
  return graph.toBytes();
}
