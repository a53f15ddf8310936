/** The backends on which tfjs executes operation by operation: which of them work on this machine. @module */

import * as tf from "../deps/tf.ts";
import { registerTfjsNode } from "../deps/tfjs_node.ts";
import { registerTfjsNodeGpu } from "../deps/tfjs_node_gpu.ts";
import { registerTfjsWasm } from "../deps/tfjs_wasm.ts";
import { registerTfjsWebgpu } from "../deps/tfjs_webgpu.ts";
import { startFirst } from "./preference.ts";
import { startTfjsNode, switchTo } from "./tfjs_node_backend.ts";
import { registerWasmConvolutionGradients } from "./wasm_convolution.ts";
import { type AdapterInfo, reasonAgainstAdapter } from "./webgpu_adapter.ts";

/** The backends that {@linkcode useEagerBackend} can start. All but `cpu` are packages of their own. */
export const eagerBackends = ["tfjs-node-gpu", "tfjs-node", "webgpu", "wasm", "cpu"] as const;

/** One of {@linkcode eagerBackends}. */
export type EagerBackend = (typeof eagerBackends)[number];

/** What {@linkcode useEagerBackend} found. */
export interface EagerChoice {
  /** The backend that tfjs now uses. */
  readonly backend: EagerBackend;
  /** Those preferred to it, and why each can't be started. */
  readonly skipped: readonly { readonly backend: EagerBackend; readonly reason: string }[];
}

/**
 * Makes tfjs use the first backend of `preference` that works.
 *
 * Each is loaded only when its turn comes, so Deno downloads no package that the choice does not
 * get to. A backend has started when a product of two matrices comes out right. `wasm` gets our
 * gradients of convolution ({@linkcode registerWasmConvolutionGradients}). `webgpu` on an adapter
 * that is software is slower than `wasm` and is skipped, unless it is the only one asked for.
 * `tfjs-node-gpu` must find a GPU.
 *
 * @example
 * ```ts
 * import { useEagerBackend } from "./eager_backends.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(await useEagerBackend(["cpu"]), { backend: "cpu", skipped: [] });
 * ```
 *
 * @throws {RangeError} A name is none of {@linkcode eagerBackends}, or there is no name.
 * @throws {Error} None of those named works; the message has the reason for each, and tfjs goes on
 * with the backend it had.
 */
export async function useEagerBackend(
  preference: readonly string[],
  { start = startEagerBackend }: {
    /** Starts one, and throws where it doesn't work; for tests. */
    readonly start?: (backend: EagerBackend, options: { alone: boolean }) => Promise<void>;
  } = {},
): Promise<EagerChoice> {
  const alone = new Set(preference).size === 1;
  const { name, skipped } = await startFirst({
    kind: "eager backend",
    wanted: preference,
    known: eagerBackends,
    start: (backend) => start(backend, { alone }),
  });
  return { backend: name, skipped: skipped.map(({ name, reason }) => ({ backend: name, reason })) };
}

/**
 * Loads a backend and makes tfjs use it. Where that fails, tfjs goes on with the backend it had.
 *
 * @throws {Error} It can't be loaded or does not compute; or it is `webgpu`, not `alone`, and would
 * run in software.
 */
export async function startEagerBackend(
  backend: EagerBackend,
  { alone = true }: { readonly alone?: boolean } = {},
): Promise<void> {
  const previous = tf.engine().backendName ?? "cpu";
  try {
    if (backend === "tfjs-node-gpu") await startTfjsNode(registerTfjsNodeGpu, { gpu: true });
    else if (backend === "tfjs-node") await startTfjsNode(registerTfjsNode);
    else if (backend === "webgpu") await startWebgpu({ alone });
    else if (backend === "wasm") await startWasm();
    else await switchTo("cpu");
    await assertComputes();
  } catch (error) {
    await tf.setBackend(previous);
    throw error;
  }
}

async function startWasm(): Promise<void> {
  await registerTfjsWasm();
  registerWasmConvolutionGradients();
  await switchTo("wasm");
}

async function startWebgpu({ alone }: { alone: boolean }): Promise<void> {
  // Before the package is loaded: without a GPU there is no need to download it.
  const reason = reasonAgainstAdapter(await requestAdapter(), { alone });
  if (reason !== undefined) throw new Error(reason);
  await registerTfjsWebgpu();
  await switchTo("webgpu");
}

async function requestAdapter(): Promise<AdapterInfo | undefined> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  return adapter?.info;
}

async function assertComputes(): Promise<void> {
  const product = tf.tidy(() => {
    const x = tf.tensor2d([[1, 2], [3, 4]]);
    return tf.matMul(x, x);
  });
  try {
    const found = Array.from(await product.data());
    if (`${found}` !== "7,10,15,22") {
      throw new Error(`expected the product 7,10,15,22, got ${found}`);
    }
  } finally {
    product.dispose();
  }
}
