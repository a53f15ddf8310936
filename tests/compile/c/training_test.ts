/** Whole training steps as C against ONNX Runtime. @module */

import { deepEqual, ok } from "node:assert/strict";
import { misaNetwork } from "../../../lib/baselines/misa/mod.ts";
import { msfnetDefaults, msfnetNetwork } from "../../../lib/baselines/msfnet.ts";
import type { Executor } from "../../../lib/compile/mod.ts";
import { modalities } from "../../../lib/modality.ts";
import { batches } from "../../../lib/systems/batches.ts";
import { inputSizes } from "../../../lib/systems/features.ts";
import {
  type BatchSpecs,
  batchSpecs,
  type Network,
  objective,
} from "../../../lib/systems/network.ts";
import { proposedNetwork } from "../../../lib/systems/proposed_network.ts";
import { flatten, layoutOf, narrow, type Parameter } from "../../../lib/tensor/parameter.ts";
import { key } from "../../../lib/tensor/random.ts";
import type { Tree } from "../../../lib/tensor/tree.ts";
import { type Batch, compileStep, type StepState } from "../../../lib/training/step.ts";
import { range, tinyConfig, tinyFeatures, tinyTraining } from "../../systems/tiny_corpus.ts";
import { compilerTest } from "../../some_compiler.ts";

const features = tinyFeatures({ text: 8, image: 8, audio: 8 }, { signal: 0.3 });

/** Losses and the state after steps on batches of the tiny corpus. */
async function descend(
  network: Network<never>,
  steps: number,
  executor: Executor,
  { reuses = false } = {},
) {
  const source = batches({
    features,
    indices: range(0, 8),
    protocol: "label",
    present: modalities,
    batch: 4,
    modalityDropout: tinyTraining.modalityDropout,
    network,
    key: key(4),
  });
  const initial = network.init(key(3));
  const compiled = await compileStep<never, BatchSpecs>(
    objective(network),
    { initial, batch: batchSpecs(network, source.groups) },
    { ...tinyTraining, threads: 1, executor },
  );
  const tree = initial as Tree<Parameter>;
  const parameters = narrow(flatten(tree), { whole: layoutOf(tree), part: compiled.learnt });
  const zeros = () => new Float32Array(parameters.length);
  let spare: StepState | undefined;
  let state: StepState = { parameters, first: zeros(), second: zeros() };
  const losses: number[] = [], norms: number[] = [];
  for (let step = 1; step <= steps;) {
    for (const batch of source.epoch(step)) {
      const result = await compiled.run({
        state,
        spare: reuses ? spare : undefined,
        step: step++,
        learningRate: tinyTraining.learningRate,
        batch: batch as unknown as Batch<BatchSpecs>,
      });
      spare = state;
      state = result.state;
      losses.push(result.loss);
      norms.push(result.norm);
    }
  }
  await compiled.dispose();
  return { losses, norms, state };
}

const sizes = inputSizes(features);
const networks: Record<string, { readonly network: unknown; readonly steps: number }> = {
  "the proposed model": {
    network: proposedNetwork(tinyConfig(features), tinyTraining),
    steps: 50,
  },
  "MISA": {
    network: misaNetwork({
      width: 8,
      recurrentWidth: 4,
      heads: 2,
      feedForward: 8,
      transformerDropout: 0.1,
      fusionDropout: 0.5,
    }, sizes),
    steps: 10,
  },
  "MSFNet": {
    network: msfnetNetwork({ ...msfnetDefaults, width: 8, heads: 2, channels: 2, inputs: sizes }),
    steps: 10,
  },
};

for (const [name, { network, steps }] of Object.entries(networks)) {
  compilerTest(
    `${steps} steps of ${name} are those of ONNX Runtime, and the same bytes again`,
    async () => {
      const inC = await descend(network as Network<never>, steps, "c");
      const wanted = await descend(network as Network<never>, steps, "onnxruntime");
      // Both compute in float32 and sum in different orders. A step passes the difference on.
      inC.losses.forEach((loss, i) => {
        const off = Math.abs(loss - wanted.losses[i]!);
        const allowed = 2e-6 * Math.max(2, wanted.norms[i]!);
        ok(off <= allowed, `loss ${i + 1}: ${loss}, not ${wanted.losses[i]}`);
      });
      const apart = inC.state.parameters.reduce(
        (most, x, i) => Math.max(most, Math.abs(x - wanted.state.parameters[i]!)),
        0,
      );
      // Of parameters below 2.
      ok(apart <= 2e-5, `parameters ${apart} apart`);
      const again = await descend(network as Network<never>, steps, "c", { reuses: true });
      deepEqual(again, inC);
    },
  );
}
