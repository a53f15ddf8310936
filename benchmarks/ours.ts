/** Our side of each case: the functions that experiments call. @module */

import { modalities } from "../lib/modality.ts";
import type { ModelConfig, ModelParams } from "../lib/model/mod.ts";
import { flatten, type Init, layoutOf, narrow, type Parameter } from "../lib/tensor/parameter.ts";
import type { Tree } from "../lib/tensor/tree.ts";
import { batches, type BatchSource, type BatchValues } from "../lib/systems/batches.ts";
import type { CorpusFeatures } from "../lib/systems/features.ts";
import { type BatchSpecs, batchSpecs, type Network, objective } from "../lib/systems/network.ts";
import { compilePredictor } from "../lib/systems/predict.ts";
import { proposedNetwork } from "../lib/systems/proposed_network.ts";
import { type Batch, compileStep, type Step, type StepState } from "../lib/training/step.ts";
import type { GraphCache } from "../lib/training/graph_cache.ts";
import { learningRateAt } from "../lib/training/train.ts";
import { fold, key } from "../lib/tensor/random.ts";
import { training } from "./problem.ts";
import { type Side, timed } from "./side.ts";

/** Where batches come from, and the network that learns from them. */
export type Source = BatchSource & { readonly network: Network<ModelParams> };

/** One step after another on the same batch, at a constant rate. */
export async function stepSide(
  { initial, source, threads }: {
    initial: Init<ModelParams>;
    source: Source;
    threads: number;
  },
): Promise<Side> {
  const compiled = await compileStepOf(initial, source, threads);
  const batch = firstBatch(source) as unknown as Batch<BatchSpecs>;
  const { learningRate } = training;
  let state = startOf(initial, compiled), step = 0;
  return {
    name: "ours",
    run: (iterations) =>
      timed(iterations, async () => {
        const result = await compiled.run({ state, step: ++step, learningRate, batch });
        state = result.state;
        return result.loss;
      }),
    close: () => compiled.dispose(),
  };
}

/** The first batch of triples. */
export function firstBatch(source: BatchSource): BatchValues {
  return batches(source).epoch(0).next().value!;
}

/** The specs of its batches. */
export function specsOf(source: BatchSource): BatchSpecs {
  return batchSpecs(source.network, batches(source).groups);
}

function compileStepOf(
  initial: Init<ModelParams>,
  source: Source,
  threads: number,
): Promise<Step<BatchSpecs>> {
  return compileStep<ModelParams, BatchSpecs>(
    objective(source.network),
    { initial, batch: specsOf(source) },
    { ...training, threads },
  );
}

function startOf(initial: Init<ModelParams>, { learnt }: Step<BatchSpecs>): StepState {
  const tree = initial as Tree<Parameter>;
  // The step carries what is learnt, which is less than all where the loss depends on less.
  const parameters = narrow(flatten(tree), { whole: layoutOf(tree), part: learnt });
  return {
    parameters,
    first: new Float32Array(parameters.length),
    second: new Float32Array(parameters.length),
  };
}

/** Scores of the first `rows` samples; the value is the mean of the whole's. */
export async function inferenceSide(
  { initial, config, features, rows, threads }: {
    initial: Init<ModelParams>;
    config: ModelConfig;
    features: CorpusFeatures;
    rows: number;
    threads: number;
  },
): Promise<Side> {
  const predictor = await compilePredictor({
    initial,
    // A model that is trained has them in its graph, as an exported one does.
    parameters: flatten(initial as Tree<Parameter>),
    network: proposedNetwork(config, training),
    present: modalities,
    // As many at a time as the model judges in training: what it works on then stays in the cache.
    batch: Math.min(rows, 64),
    threads,
  });
  const first = Array.from({ length: rows }, (_, i) => i);
  const wanted = Object.fromEntries(modalities.map((m) => [m, first]));
  return {
    name: "ours",
    run: (iterations) =>
      timed(iterations, async () => {
        const { unified } = await predictor.run(features, wanted);
        return unified!.reduce((sum, score) => sum + score, 0) / rows;
      }),
    close: () => predictor.dispose(),
  };
}

/** One short training: compiles the step unless it is in `graphs`, runs it, and returns the last loss. */
export async function trainOnce(
  source: Source,
  { steps, seed, graphs }: { steps: number; seed: number; graphs: GraphCache },
): Promise<number> {
  const initial = source.network.init(fold(key(seed), "initial"));
  const compiled = await graphs.get("step", () => compileStepOf(initial, source, 1));
  const own = batches(source);
  let state = startOf(initial, compiled), loss = NaN;
  for (let step = 0, epoch = 0; step < steps; epoch++) {
    for (const batch of own.epoch(epoch)) {
      if (step === steps) break;
      const result = await compiled.run({
        state,
        step: step + 1,
        learningRate: learningRateAt(step++, steps, training),
        batch: batch as unknown as Batch<BatchSpecs>,
      });
      ({ state, loss } = result);
    }
  }
  return loss;
}
