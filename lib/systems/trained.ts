/** A network as a system: trained under a protocol, the best epoch kept. @module */

import type { Executor } from "../compile/mod.ts";
import { byModality, modalities } from "../modality.ts";
import { pairsAmong, pairsByShown } from "../datasets/paired.ts";
import { pairTriples } from "../datasets/pairing.ts";
import { flatten, layoutOf, type Parameter } from "../tensor/parameter.ts";
import { fold } from "../tensor/random.ts";
import type { Tree } from "../tensor/tree.ts";
import { mostLikely, polarities, type Target, verdictWidth } from "../target.ts";
import { batches, type BatchValues } from "./batches.ts";
import { graphCache } from "../training/graph_cache.ts";
import { type CorpusFeatures, standardiseFeatures, standardiseLike } from "./features.ts";
import { drawRows } from "./noisy_copies.ts";
import { type BatchSpecs, batchSpecs, type Network, objective, partsOf } from "./network.ts";
import { compileInspector, compilePredictor } from "./predict.ts";
import type { Batch } from "../training/step.ts";
import type { Fitted, Head, Problem, Rows, System } from "./system.ts";
import { type SampleWeights, sampleWeights } from "./weights.ts";
import {
  train,
  type TrainConfig,
  type TrainOptions,
  type ValidationScores,
} from "../training/train.ts";

/** The network for the features at hand, and what it is to learn. */
export type Design<P> = (features: CorpusFeatures, target: Target | undefined) => Network<P>;

/**
 * The network that `design` makes for the features at hand, as the system `name`. A fit
 * with `checkpoints` can be cut off and goes on.
 */
export function trained<P>(
  name: string,
  design: Design<P>,
  training: TrainConfig,
  options: Omit<TrainOptions, "threads"> = {},
): System {
  return { name, fit: (problem) => fitNetwork(problem, design, { training, options }) };
}

async function fitNetwork<P>(
  problem: Problem,
  design: Design<P>,
  { training, options }: {
    readonly training: TrainConfig;
    readonly options: Omit<TrainOptions, "threads">;
  },
): Promise<Fitted> {
  const { executionProviders = ["cpu"], c = {} } = options;
  const session = { executionProviders, c };
  const { features, standardisation } = standardiseFeatures(
    problem.features,
    problem.train,
    problem,
  );
  const network = design(features, problem.target);
  const initial = network.init(fold(problem.key, "initial"));
  const weights = sampleWeights({ ...problem, features });
  const source = batches({
    features,
    weights,
    indices: problem.train,
    protocol: problem.protocol,
    pairs: problem.pairs,
    noisy: problem.noisy,
    present: problem.present,
    batch: training.batch,
    modalityDropout: training.modalityDropout,
    network,
    key: fold(problem.key, "batches"),
  });
  // What is compiled depends on these alone; parameters and samples are inputs.
  const graph = JSON.stringify([network.graph, source.groups]);
  const graphs = options.graphs ?? graphCache();
  const { quickLogits } = network;
  const predict = async (
    parameters: Float32Array,
    rows: Rows,
    { executor, of = features, quick = false }: {
      executor: Executor;
      of?: CorpusFeatures | undefined;
      quick?: boolean;
    },
  ) => {
    const present = modalities.filter((m) => rows[m] !== undefined);
    const isQuick = quick && quickLogits !== undefined;
    const asked = isQuick ? { ...network, logits: quickLogits } : network;
    const kind = isQuick ? "quick predictor" : "predictor";
    const predictor = await graphs.get(
      JSON.stringify([kind, network.graph, present, executor, session]),
      () => compilePredictor({ initial, network: asked, present, executor, ...session }),
    );
    return predictor.run(of, rows, parameters);
  };
  const exams = validationExams({ ...problem, features });
  const trained = await train(
    {
      initial,
      objective: objective(network),
      batch: batchSpecs(network, source.groups),
      graph,
      parts: partsOf(network),
      steps: source.steps,
      batches: (epoch) =>
        source.epoch(epoch) as Iterable<BatchValues> as Iterable<Batch<BatchSpecs>>,
      validate: async (parameters, executor) => {
        const scores = [];
        for (const { rows, head, labels, weight } of exams) {
          const verdicts = (await predict(parameters, rows, { executor, quick: true }))[head]!;
          const counted = weights && weightsOf(rows, weights);
          const mean = counted ? counted.reduce((a, b) => a + b, 0) / counted.length : 1;
          const told = { target: network.target, weights: counted };
          scores.push({ weight: weight * mean, ...validationScores(verdicts, labels, told) });
        }
        return meanScores(scores);
      },
    },
    training,
    { ...options, graphs },
  );
  const { executor } = trained;
  const best = flatten(trained.parameters as Tree<Parameter>);
  const inspect = async (rows: Rows) => {
    const present = modalities.filter((m) => rows[m] !== undefined);
    const inspector = await graphs.get(
      JSON.stringify(["inspector", network.graph, present, executor, session]),
      () => compileInspector({ initial, network, present, executor, ...session }),
    );
    return inspector.run(features, rows, best);
  };
  return {
    predict: (rows, others) =>
      predict(best, rows, { executor, of: others && standardiseLike(others, standardisation) }),
    ...network.inspect && { inspect },
    record: {
      parameters: layoutOf(initial as Tree<Parameter>).size,
      executor,
      bestEpoch: trained.bestEpoch,
      stepsPerEpoch: source.steps,
      history: trained.history,
      standardisation: summary(standardisation),
    },
    parameters: best,
    standardisation,
    training,
    dispose: () => options.graphs ? Promise.resolve() : graphs.dispose(),
  } satisfies Fitted;
}

interface Exam {
  readonly rows: Rows;
  readonly head: Head;
  readonly labels: ArrayLike<number>;
  /** Among the exams. */
  readonly weight: number;
}

// With noisy copies an epoch is chosen by what it makes of clean and of noisy rows, alike.
function validationExams(problem: Problem): Exam[] {
  const clean = validationRows(problem);
  if (problem.noisy === undefined) return clean;
  const noisy = clean.map(({ rows, ...exam }, i) => ({
    ...exam,
    rows: drawRows(problem.noisy, rows, fold(problem.key, "noisy validation", i)),
  }));
  return [...clean, ...noisy];
}

// Under `single` each modality alone, by its own head; otherwise fixed triples, by the unified classifier
// or, where triples have no label, by the three heads. Under `natural` the rows of the part, by what they show.
function validationRows(problem: Problem): Exam[] {
  const { features, validation, protocol, pairs = [], present, key, target } = problem;
  const labels = byModality((m) => features[m].labels);
  if (protocol === "single") {
    return present.map((m) => ({
      rows: { [m]: validation[m] },
      head: m,
      labels: validation[m].map((i) => labels[m][i]!),
      weight: 1,
    }));
  }
  if (protocol === "natural") {
    return pairsByShown(pairsAmong(pairs, validation), labels)
      .map(({ rows, labels }) => ({ rows, head: "unified", labels, weight: labels.length }));
  }
  const triples = pairTriples({
    indices: validation,
    labels,
    protocol,
    count: Math.max(...modalities.map((m) => validation[m].length)),
    target,
    key: fold(key, "validation"),
  });
  const rows = { text: triples.text, image: triples.image, audio: triples.audio };
  if (triples.unified) return [{ rows, head: "unified", labels: triples.unified, weight: 1 }];
  return modalities.map((m) => ({ rows, head: m, labels: triples.labels[m], weight: 1 }));
}

/**
 * Of classes the log loss, the accuracy and the balanced accuracy (the mean share of each class that
 * is right), each sample as it counts; of scores the mean absolute error, and how often verdict and
 * truth are on one side of the middle of the range, where the middle is on the upper one.
 */
function validationScores(
  verdicts: ArrayLike<number>,
  labels: ArrayLike<number>,
  { target = polarities, weights }: {
    readonly target?: Target | undefined;
    readonly weights?: ArrayLike<number> | undefined;
  },
): Required<ValidationScores> {
  const width = verdictWidth(target);
  let loss = 0, right = 0, total = 0;
  const classes = new Map<number, { right: number; total: number }>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const weight = weights?.[i] ?? 1;
    total += weight;
    if (target.kind === "score") {
      const middle = (target.low + target.high) / 2;
      loss += weight * Math.abs(verdicts[i]! - label);
      if (verdicts[i]! >= middle === label >= middle) right += weight;
      continue;
    }
    const verdict = Array.from({ length: width }, (_, k) => verdicts[i * width + k]!);
    const p = width > 1 ? verdict[label]! : label === 1 ? verdict[0]! : 1 - verdict[0]!;
    // float32 probabilities reach 0: the loss of one sample is bounded at 16 nats.
    loss -= weight * Math.log(Math.max(p, 1e-7));
    const isRight = mostLikely(verdict) === label ? weight : 0;
    right += isRight;
    const before = classes.get(label) ?? { right: 0, total: 0 };
    classes.set(label, { right: before.right + isRight, total: before.total + weight });
  }
  // A few rows that show the same may all count nothing.
  if (total === 0) return { loss: 0, accuracy: 0, rate: 0 };
  const shares = [...classes.values()].filter(({ total }) => total > 0)
    .map(({ right, total }) => right / total);
  const accuracy = right / total;
  const rate = shares.length === 0 ? accuracy : shares.reduce((a, b) => a + b) / shares.length;
  return { loss: loss / total, accuracy, rate };
}

/** What each row of an exam counts. */
function weightsOf(rows: Rows, weights: SampleWeights): number[] {
  const m = modalities.find((m) => rows[m] !== undefined)!;
  return Array.from(rows[m]!, (row) => weights[m][row]!);
}

function meanScores(scores: readonly (Required<ValidationScores> & { weight: number })[]) {
  const total = scores.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: keyof ValidationScores) =>
    scores.reduce((sum, score) => sum + score.weight * score[of], 0) / total;
  return { loss: mean("loss"), accuracy: mean("accuracy"), rate: mean("rate") };
}

// The numbers themselves belong to the model, not to a record that people read.
function summary(standardisation: Record<string, Record<string, { mean: number[] }>>) {
  return Object.fromEntries(
    Object.entries(standardisation).map(([m, tables]) => [
      m,
      Object.fromEntries(Object.entries(tables).map(([name, { mean }]) => [name, mean.length])),
    ]),
  );
}
