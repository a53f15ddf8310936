import { deepEqual, equal, match, rejects } from "node:assert/strict";
import {
  chooseProviders,
  type ExecutionProvider,
  startProvider,
} from "../../lib/backends/execution_providers.ts";
import { compile, float32 } from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";

// One that no system has together with this one: DirectML is Windows', Core ML is Apple's.
const foreign = Deno.build.os === "windows" ? "coreml" : "dml";

Deno.test("chooseProviders() passes over a provider of another system and says why", async () => {
  const { provider, skipped } = await chooseProviders([foreign, "cpu"]);
  equal(provider, "cpu");
  deepEqual(skipped.map(({ provider }) => provider), [foreign]);
  match(skipped[0]!.reason, /^this build of ONNX Runtime has only cpu, /);
});

Deno.test("chooseProviders() never goes on to cpu by itself", async () => {
  await rejects(chooseProviders([foreign]), {
    name: "Error",
    message: new RegExp(
      `^Cannot start ${foreign}: expected one execution provider to work, got\n- ${foreign}: `,
    ),
  });
});

Deno.test("chooseProviders() tries providers in the order given, each alone", async () => {
  const tried: ExecutionProvider[] = [];
  const start = (provider: ExecutionProvider) => {
    tried.push(provider);
    return provider === "webgpu" ? Promise.resolve() : Promise.reject(new Error("no driver"));
  };
  deepEqual(await chooseProviders(["cuda", "webgpu", "cpu"], { start }), {
    provider: "webgpu",
    skipped: [{ provider: "cuda", reason: "no driver" }],
  });
  deepEqual(tried, ["cuda", "webgpu"]);
});

Deno.test("chooseProviders() lists the providers when it is given another name", async () => {
  await rejects(chooseProviders(["cpu", "gpu"]), {
    name: "RangeError",
    message: 'Cannot start the execution provider "gpu": ' +
      "choose from cpu, webgpu, cuda, coreml, dml",
  });
});

Deno.test("the provider chosen is one that compile() takes", async () => {
  await startProvider("cpu");
  const { provider } = await chooseProviders(["cpu"]);
  const double = await compile(({ x }) => ({ y: tf.mul(x, 2) }), { x: float32(2) }, {
    executionProviders: [provider],
  });
  deepEqual([...(await double.run({ x: Float32Array.of(1, 3) })).y], [2, 6]);
  await double.dispose();
});
