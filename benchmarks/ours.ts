/** Our side of each case: the functions that experiments call. @module */

import * as tf from "../lib/deps/tf.ts";
import { compile, float32 } from "../lib/compile/mod.ts";
import { modalities } from "../lib/modality.ts";
import { batches, type BatchSource, type BatchValues } from "../lib/systems/batches.ts";
import { type BatchSpecs, batchSpecs, type Network, objective } from "../lib/systems/network.ts";
import { compilePredictor } from "../lib/systems/predict.ts";
import { flatten, type Init, layoutOf, narrow, type Parameter } from "../lib/tensor/parameter.ts";
import { fold, key } from "../lib/tensor/random.ts";
import type { Tree } from "../lib/tensor/tree.ts";
import { type GraphCache, graphCache } from "../lib/training/graph_cache.ts";
import { type Batch, compileStep, type Step, type StepState } from "../lib/training/step.ts";
import { train } from "../lib/training/train.ts";
import type { CaseOf } from "./cases.ts";
import { type Design, designs, makeFeatures, productInputs, sourceOf } from "./problem.ts";
import type { Session, Work } from "./work.ts";

/** Batches and the network that learns from them. */
type Source = BatchSource & { readonly network: Network };

/** The initial parameters of a network. */
export function initialOf({ network }: Pick<Design, "network">, seed = 1): Init<unknown> {
  return network.init(fold(key(seed), "initial"));
}

/** One step after another on the same batch, at a constant rate. */
export async function makeStep({ design, batch }: CaseOf<"step">, session: Session): Promise<Work> {
  const { network, training } = designs[design];
  const source = sourceOf(makeFeatures(), { design, batch, seed: 1 });
  const initial = initialOf({ network });
  const compiled = await compileStep<unknown, BatchSpecs>(
    objective(network),
    { initial, batch: specsOf(source) },
    { ...training, ...session },
  );
  const values = firstBatch(source) as unknown as Batch<BatchSpecs>;
  const { learningRate } = training;
  let state = startOf(initial, compiled), spare: StepState | undefined, step = 0;
  return {
    async run() {
      const result = await compiled.run({
        state,
        spare,
        step: ++step,
        learningRate,
        batch: values,
      });
      spare = state;
      state = result.state;
      return result.loss;
    },
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

function startOf(initial: Init<unknown>, { learnt }: Step<BatchSpecs>): StepState {
  const tree = initial as Tree<Parameter>;
  // The step carries what is learnt, which is less than all where the loss depends on less.
  const parameters = narrow(flatten(tree), { whole: layoutOf(tree), part: learnt });
  return {
    parameters,
    first: new Float32Array(parameters.length),
    second: new Float32Array(parameters.length),
  };
}

/** Training as experiments do it, batches, masks and the parameters' average included. */
export async function makeEpoch(what: CaseOf<"epoch">, session: Session): Promise<Work> {
  const source = sourceOf(makeFeatures(), { ...what, seed: 1 });
  const initial = initialOf(source);
  const graphs = graphCache();
  const run = () => trainOnce(source, { ...what, initial, session, graphs });
  await run(); // It compiles.
  return { run, close: () => graphs.dispose() };
}

/** One training; compiles the step unless it is in `graphs`. Returns the last epoch's loss. */
export async function trainOnce(
  source: Source,
  { design, epochs, initial, session: { threads, executor, c }, graphs }: {
    readonly design: CaseOf<"epoch">["design"];
    readonly epochs: number;
    readonly initial: Init<unknown>;
    readonly session: Session;
    readonly graphs: GraphCache;
  },
): Promise<number> {
  const { network, training } = designs[design];
  const { groups, steps, epoch } = batches(source);
  const { history } = await train<unknown, BatchSpecs>(
    {
      initial,
      objective: objective(network),
      batch: batchSpecs(network, groups),
      graph: JSON.stringify([network.graph, groups]),
      steps,
      batches: (at) => epoch(at) as Iterable<BatchValues> as Iterable<Batch<BatchSpecs>>,
      // Validation is inference, which has cases of its own.
      validate: () => Promise.resolve({ loss: 1, accuracy: 0 }),
    },
    { ...training, epochs, patience: epochs },
    { threads, graphs, ...executor && { executor }, ...c && { c } },
  );
  return history.at(-1)!.trainLoss;
}

/** Scores of the first `rows` samples, their features gathered first; the value is their mean. */
export async function makeInference(
  { design, rows }: CaseOf<"inference">,
  session: Session,
): Promise<Work> {
  const { network } = designs[design];
  const features = makeFeatures();
  const initial = initialOf({ network });
  const predictor = await compilePredictor({
    initial,
    // A model that is trained has them in its graph, as an exported one does.
    parameters: flatten(initial as Tree<Parameter>),
    network,
    present: modalities,
    // As many at a time as the model judges in training: what it works on then stays in the cache.
    batch: Math.min(rows, 64),
    ...session,
  });
  const first = Array.from({ length: rows }, (_, i) => i);
  const wanted = Object.fromEntries(modalities.map((m) => [m, first]));
  return {
    async run() {
      const { unified } = await predictor.run(features, wanted);
      return unified!.reduce((sum, score) => sum + score, 0) / rows;
    },
    close: () => predictor.dispose(),
  };
}

/** What the machine reaches where nothing but one product is asked for. */
export async function makeProduct({ size }: CaseOf<"product">, session: Session): Promise<Work> {
  const matrix = float32(size, size);
  const compiled = await compile(
    ({ a, b }) => ({ c: tf.matMul(a, b) }),
    { a: matrix, b: matrix },
    session,
  );
  const inputs = productInputs(size);
  return {
    run: async () => (await compiled.run(inputs)).c[0]!,
    close: () => compiled.dispose(),
  };
}
