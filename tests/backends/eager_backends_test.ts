import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { createRequire } from "node:module";
import {
  type EagerBackend,
  startEagerBackend,
  useEagerBackend,
} from "../../lib/backends/eager_backends.ts";
import { startTfjsNode } from "../../lib/backends/tfjs_node_backend.ts";
import { reasonAgainstAdapter } from "../../lib/backends/webgpu_adapter.ts";
import { compile, float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { initModel, model, type ModelInputs, type ModelParams } from "../../lib/model/mod.ts";
import { asTree, flatten, layoutOf, type Parameter, split } from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import type { Tree } from "../../lib/tensor/tree.ts";
import { tinyConfig, tinyFeatures } from "../systems/tiny_corpus.ts";

const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;

/** Runs on a runtime that has removed both functions, as newer ones have. */
async function withoutOldFunctions(body: () => Promise<void>): Promise<void> {
  const { isArray, isNullOrUndefined } = util;
  delete util.isArray;
  delete util.isNullOrUndefined;
  try {
    await body();
  } finally {
    Object.assign(util, { isArray, isNullOrUndefined });
  }
}

/** What tfjs-node does when it is loaded and used, with tfjs's own backend for its native one. */
function standIn({ gpu = false }: { gpu?: boolean } = {}): () => Promise<void> {
  type IsMissing = (value: unknown) => boolean;
  return async () => {
    await tf.setBackend("cpu");
    const cpu = tf.backend();
    for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
      const checked = (call: Parameters<tf.KernelFunc>[0]) => {
        if ((util.isNullOrUndefined as IsMissing)(call.inputs)) throw new Error("no inputs");
        return kernelFunc(call);
      };
      tf.registerKernel({ kernelName, backendName: "tensorflow", kernelFunc: checked });
    }
    ok((util.isArray as IsMissing)([]));
    const backend = Object.assign(Object.create(cpu), { isUsingGpuDevice: gpu, dispose() {} });
    tf.registerBackend("tensorflow", () => backend, 3);
    ok(tf.setBackend("tensorflow"));
  };
}

function unload(): void {
  tf.setBackend("cpu");
  if (tf.findBackendFactory("tensorflow") !== null) tf.removeBackend("tensorflow");
  for (const { kernelName } of tf.getKernelsForBackend("tensorflow")) {
    tf.unregisterKernel(kernelName, "tensorflow");
  }
}

Deno.test("useEagerBackend() makes tfjs use the backend that it names", async () => {
  deepEqual(await useEagerBackend(["wasm", "cpu"]), { backend: "wasm", skipped: [] });
  equal(tf.getBackend(), "wasm");
  deepEqual(await useEagerBackend(["cpu"]), { backend: "cpu", skipped: [] });
  equal(tf.getBackend(), "cpu");
});

Deno.test("useEagerBackend() tries backends in order and says which is asked for alone", async () => {
  const tried: [EagerBackend, boolean][] = [];
  const start = (backend: EagerBackend, { alone }: { alone: boolean }) => {
    tried.push([backend, alone]);
    return backend === "cpu" ? Promise.resolve() : Promise.reject(new Error("no"));
  };
  deepEqual(await useEagerBackend(["webgpu", "cpu"], { start }), {
    backend: "cpu",
    skipped: [{ backend: "webgpu", reason: "no" }],
  });
  await rejects(useEagerBackend(["webgpu", "webgpu"], { start }), /^Error: Cannot start webgpu: /);
  deepEqual(tried, [["webgpu", false], ["cpu", false], ["webgpu", true]]);
});

Deno.test("useEagerBackend() lists the backends when it is given another name", async () => {
  await rejects(useEagerBackend(["cpu", "webgl"]), {
    name: "RangeError",
    message: 'Cannot start the eager backend "webgl": ' +
      "choose from tfjs-node-gpu, tfjs-node, webgpu, wasm, cpu",
  });
});

Deno.test("tfjs goes on with the backend it had when another can't be initialised", async () => {
  await startEagerBackend("wasm");
  await startEagerBackend("cpu");
  const factory = tf.findBackendFactory("wasm");
  const { warn } = console;
  console.warn = () => {}; // tfjs says there what is thrown too.
  tf.removeBackend("wasm");
  tf.registerBackend("wasm", () => {
    throw new Error("no SIMD");
  });
  try {
    await rejects(
      startEagerBackend("wasm"),
      /^Error: tfjs could not initialise its backend "wasm"$/,
    );
    equal(tf.getBackend(), "cpu");
    deepEqual(tf.tidy(() => [...tf.add([1], [2]).dataSync()]), [3]);
  } finally {
    console.warn = warn;
    tf.removeBackend("wasm");
    tf.registerBackend("wasm", factory!);
  }
});

Deno.test("an adapter that is software is refused unless nothing else is asked for", () => {
  const gpu = { description: "NVIDIA GeForce RTX 4090", isFallbackAdapter: false };
  const llvmpipe = { description: "llvmpipe (LLVM 15.0.6, 256 bits)", isFallbackAdapter: false };
  const fallback = { description: "", isFallbackAdapter: true };
  equal(reasonAgainstAdapter(gpu, { alone: false }), undefined);
  equal(
    reasonAgainstAdapter(llvmpipe, { alone: false }),
    "the only adapter is software (llvmpipe (LLVM 15.0.6, 256 bits)); ask for webgpu alone to use it",
  );
  match(reasonAgainstAdapter(fallback, { alone: false })!, /^the only adapter is software/);
  equal(reasonAgainstAdapter(llvmpipe, { alone: true }), undefined);
  equal(reasonAgainstAdapter(fallback, { alone: true }), undefined);
  match(reasonAgainstAdapter(undefined, { alone: true })!, /^WebGPU has no adapter/);
});

Deno.test("tfjs-node is loaded on a runtime without the functions that it calls", async () => {
  await withoutOldFunctions(async () => {
    // Without our loader it fails as the package does.
    await rejects(standIn()(), /^TypeError: .*isArray is not a function$/);
    unload();
    await startTfjsNode(standIn());
    equal(tf.getBackend(), "tensorflow");
    deepEqual(tf.tidy(() => [...tf.add([1, 2], [3, 4]).dataSync()]), [4, 6]);
    unload();
  });
});

Deno.test("tfjs-node-gpu without a GPU is refused and leaves nothing behind", async () => {
  await rejects(startTfjsNode(standIn(), { gpu: true }), /^Error: TensorFlow found no GPU$/);
  equal(tf.findBackendFactory("tensorflow"), null);
  deepEqual(tf.getKernelsForBackend("tensorflow"), []);
  equal(tf.getBackend(), "cpu");
  await startTfjsNode(standIn({ gpu: true }), { gpu: true });
  equal(tf.getBackend(), "tensorflow");
  unload();
});

Deno.test("a package that fails while it is loaded is the reason, and leaves nothing behind", async () => {
  const broken = () => {
    const [kernel] = tf.getKernelsForBackend("cpu");
    tf.registerKernel({ ...kernel!, backendName: "tensorflow" });
    return Promise.reject(new Error("The native binding is not there"));
  };
  await rejects(startTfjsNode(broken), /^Error: The native binding is not there$/);
  deepEqual(tf.getKernelsForBackend("tensorflow"), []);
});

/** The unified log-odds of four samples, and the gradient of their squares by every parameter. */
function runModel(): { values: Float32Array; gradient: Float32Array } {
  const features = tinyFeatures({ text: 4, image: 4, audio: 4 });
  const config = tinyConfig(features);
  const initial = initModel(key(1), config) as Tree<Parameter>;
  const layout = layoutOf(initial);
  return tf.tidy(() => {
    const inputs = Object.fromEntries(
      Object.entries(features).map(([m, { tables }]) => [
        m,
        Object.fromEntries(
          Object.entries(tables).map(([name, { shape, data }]) => [
            name,
            tf.tensor(data, [...shape]),
          ]),
        ),
      ]),
    ) as unknown as ModelInputs;
    const logOdds = (vector: tf.Tensor) => {
      const params = asTree(initial, split(layout, vector)) as unknown as ModelParams;
      const [negative, positive] = tf.unstack(model(params, { inputs }, config).logits.unified, 1);
      return tf.sub(positive!, negative!);
    };
    const vector = tf.tensor1d(flatten(initial));
    const gradient = tf.grad((vector) => tf.sum(tf.square(logOdds(vector))))(vector);
    const read = (x: tf.Tensor) => x.dataSync() as Float32Array;
    return { values: read(logOdds(vector)), gradient: read(gradient) };
  });
}

Deno.test("the model and its gradient are on the backend chosen what they are on cpu; compiling goes on", async () => {
  await useEagerBackend(["cpu"]);
  const cpu = runModel();
  await useEagerBackend(["wasm"]);
  const wasm = runModel();
  equal(tf.getBackend(), "wasm");
  ok(Math.hypot(...cpu.gradient) > 0.1);
  for (const name of ["values", "gradient"] as const) {
    wasm[name].forEach((x, i) => {
      ok(Math.abs(x - cpu[name][i]!) < 1e-5, `${name} ${i}: ${x}, not ${cpu[name][i]}`);
    });
  }
  const compiled = await compile(({ x }) => ({ y: tf.square(x) }), { x: float32(2) });
  deepEqual((await compiled.run({ x: Float32Array.of(1, 3) })).y, Float32Array.of(1, 9));
  await compiled.dispose();
  equal(tf.getBackend(), "wasm");
  await useEagerBackend(["cpu"]);
});
