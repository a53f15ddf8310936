/** The backends of tfjs-node: started, or removed without a trace. @module */

import * as tf from "../deps/tf.ts";
import { restoreNodeUtil } from "./node_util.ts";

/**
 * Loads tfjs-node, after what it needs of older runtimes, and makes tfjs use its backend
 * `tensorflow`. Where that fails, the backend and its kernels are removed again, so that another
 * package may register the same.
 *
 * @throws {Error} The package's own; or there is no GPU and `gpu` wants one.
 */
export async function startTfjsNode(
  register: () => Promise<void>,
  { gpu = false }: { readonly gpu?: boolean } = {},
): Promise<void> {
  restoreNodeUtil();
  try {
    await register();
    await switchTo("tensorflow");
    if (gpu && !(tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice) {
      throw new Error("TensorFlow found no GPU");
    }
  } catch (error) {
    await forget("tensorflow");
    throw error;
  }
}

/** Makes tfjs use a backend that is registered. */
export async function switchTo(name: string): Promise<void> {
  if (!await tf.setBackend(name)) {
    throw new Error(`tfjs could not initialise its backend "${name}"`);
  }
}

async function forget(name: string): Promise<void> {
  if (tf.engine().backendName === name) await tf.setBackend("cpu");
  if (tf.findBackendFactory(name) !== null) tf.removeBackend(name);
  for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name);
}
