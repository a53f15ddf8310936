/** Compiled training against the same functions executed eagerly. @module */

import { ok } from "node:assert/strict";
import {
  type Executor,
  isSpec,
  isValues,
  type Spec,
  type Tensors,
  type Values,
  whyNoC,
} from "../../lib/compile/mod.ts";
import * as tf from "../../lib/deps/tf.ts";
import { modalities } from "../../lib/modality.ts";
import { initModel, type ModelParams } from "../../lib/model/mod.ts";
import { adamW, clipByNorm } from "../../lib/tensor/optimisers.ts";
import {
  asTree,
  flatten,
  type Layout,
  layoutOf,
  type Parameter,
  split,
} from "../../lib/tensor/parameter.ts";
import { key } from "../../lib/tensor/random.ts";
import { leaves, mapTree, type Tree } from "../../lib/tensor/tree.ts";
import { batches, type BatchValues } from "../../lib/systems/batches.ts";
import { type BatchSpecs, batchSpecs, objective } from "../../lib/systems/network.ts";
import { proposedNetwork } from "../../lib/systems/proposed_network.ts";
import { type Batch, compileStep, type StepState } from "../../lib/training/step.ts";
import { learningRateAt } from "../../lib/training/train.ts";
import { range, tinyConfig, tinyFeatures, tinyTraining } from "../systems/tiny_corpus.ts";

// A group a modality takes twice the time eagerly, and differs from one group in little.
const runs = { label: 200, single: 40 } as const;
const features = tinyFeatures({ text: 8, image: 8, audio: 8 }, { signal: 0.3 });
const config = tinyConfig(features);
const network = proposedNetwork(config, tinyTraining);
const initial = initModel(key(3), config);
const layout = layoutOf(initial as Tree<Parameter>);
const executors: readonly Executor[] = await whyNoC() === undefined
  ? ["onnxruntime", "c"]
  : ["onnxruntime"];

/** One step of training on tfjs's own kernels. */
function eagerStep(
  { state: { parameters, first, second }, batch, learningRate, step }: {
    state: StepState;
    batch: Tensors<BatchSpecs>;
    learningRate: number;
    step: number;
  },
): { state: StepState; loss: number } {
  return tf.tidy(() => {
    const vector = tf.tensor1d(parameters);
    const loss = objective(network);
    const { value, grads } = tf.valueAndGrads((...parts: tf.Tensor[]) =>
      loss(treeOf(parts), batch) as tf.Scalar
    )(split(layout, vector));
    const gradient = tf.concat(grads.map((g) => tf.reshape(g, [-1])));
    const clipped = clipByNorm(gradient, tinyTraining.clipNorm!);
    const next = adamW({
      parameters: vector,
      gradients: clipped.gradients,
      state: { first: tf.tensor1d(first), second: tf.tensor1d(second) },
      learningRate: tf.scalar(learningRate),
      step: tf.scalar(step),
    }, { weightDecay: tinyTraining.weightDecay, decayed: tf.tensor1d(matrices(layout)) });
    const values = (x: tf.Tensor) => x.dataSync() as Float32Array;
    return {
      state: {
        parameters: values(next.parameters),
        first: values(next.state.first),
        second: values(next.state.second),
      },
      loss: values(value)[0]!,
    };
  });
}

function treeOf(parts: readonly tf.Tensor[]): ModelParams {
  return asTree(initial as Tree<Parameter>, parts) as unknown as ModelParams;
}

/** 1 for the numbers of matrices and filters, 0 for those of vectors. */
function matrices({ entries }: Layout): Float32Array {
  return Float32Array.from(
    entries.flatMap(({ shape, size }) => Array<number>(size).fill(shape.length > 1 ? 1 : 0)),
  );
}

/** A batch as eager tensors. */
function tensorsOf(specs: BatchSpecs, values: BatchValues): Tensors<BatchSpecs> {
  const byPath = new Map(
    leaves<Values>(values as unknown as Tree<Values>, isValues)
      .map(({ path, leaf }) => [path, leaf]),
  );
  return mapTree<Spec, tf.Tensor, Tree<Spec>>(
    specs as unknown as Tree<Spec>,
    isSpec,
    ({ shape, dtype }, path) => tf.tensor(byPath.get(path)!, [...shape], dtype),
  ) as unknown as Tensors<BatchSpecs>;
}

function start(): StepState {
  return {
    parameters: flatten(initial as Tree<Parameter>),
    first: new Float32Array(layout.size),
    second: new Float32Array(layout.size),
  };
}

/** The largest difference of two vectors. */
function distance(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}

for (const protocol of ["label", "single"] as const) {
  const steps = runs[protocol];
  Deno.test(`${steps} compiled steps under ${protocol} are the eager ones`, async () => {
    await tf.setBackend("cpu");
    const { groups, epoch, steps: stepsPerEpoch } = batches({
      features,
      indices: range(0, 8),
      protocol,
      present: modalities,
      batch: 2,
      modalityDropout: tinyTraining.modalityDropout,
      network,
      key: key(4),
    });
    const specs = batchSpecs(network, groups);
    const compiled = await Promise.all(executors.map(async (executor) => ({
      executor,
      step: await compileStep<ModelParams, BatchSpecs>(
        objective(network),
        { initial, batch: specs },
        { ...tinyTraining, threads: 1, executor },
      ),
      state: start(),
    })));
    let eager = start();
    for (let step = 1; step <= steps;) {
      for (const values of epoch((step - 1) / stepsPerEpoch)) {
        const learningRate = learningRateAt(step - 1, steps, tinyTraining);
        const tensors = tensorsOf(specs, values);
        const slow = eagerStep({ state: eager, batch: tensors, learningRate, step });
        const batch = values as unknown as Batch<BatchSpecs>;
        tf.dispose(tensors as unknown as tf.TensorContainer);
        eager = slow.state;
        for (const one of compiled) {
          const quick = await one.step.run({ state: one.state, batch, learningRate, step });
          one.state = quick.state;
          // They sum in different orders, and float32 rounds at 6e-8 of a number: parameters, all
          // below 2, come to differ by 8e-7 in 200 steps, which the gradient passes on to the loss.
          const off = Math.abs(quick.loss - slow.loss);
          const where = `${one.executor}, step ${step}`;
          ok(off <= 1e-6 * Math.max(2, quick.norm), `${where}: ${quick.loss}, not ${slow.loss}`);
          const apart = distance(one.state.parameters, eager.parameters);
          ok(apart <= 5e-6, `${where}: parameters ${apart} apart`);
        }
        step++;
      }
    }
    for (const { step } of compiled) await step.dispose();
  });
}
