/** Fusions of what people said of each modality, without any encoder. @module */

import { type LinearModel, linearOutputs } from "../../../lib/baselines/linear_model.ts";
import { fitSoftmaxRegression, softmax } from "../../../lib/baselines/softmax_regression.ts";
import { verdictOfLabels } from "../../../lib/baselines/labels.ts";
import type { Modality } from "../../../lib/modality.ts";
import { additiveProjection, type Terms, termsOf } from "./products.ts";
import type { Inputs } from "./question.ts";

/** Rows to learn from. */
export interface Training {
  readonly classes: readonly string[];
  readonly modalities: readonly Modality[];
  readonly told: "verdicts" | "shares";
  /** K, the emotions that people could name. */
  readonly width: number;
  readonly labels: readonly number[];
  readonly inputs: Inputs;
}

/** Of inputs of n rows a number for each class, `[n, classes]`; the highest is the verdict. */
export type Fusion = (inputs: Inputs) => Float64Array;

// scikit-learn's default, and its tolerance. Nothing is chosen, so no validation rows are needed.
const C = 1, tolerance = 1e-4;

/**
 * Of one modality log p(class | what people said of it), from what was said of training rows.
 *
 * Of single verdicts v, by counting: p(y | v) ∝ n(y) (n(v, y) + 1) / (n(y) + K). Of shares of votes,
 * by softmax regression on their logarithms.
 */
export function fitAlone(training: Training, m: Modality): Fusion {
  const { width, told, labels, classes } = training;
  const rows = { inputs: training.inputs[m]!, width, labels };
  const model = told === "verdicts"
    ? verdictTable({ ...rows, classes: classes.length })
    : fitSoftmaxRegression({ ...rows, classes, C }, { tolerance }).model;
  return (inputs) => logProbabilities(linearOutputs(model, inputs[m]!), classes.length);
}

/** log n(y) + log p(v | y) as a linear function of v as zeros and a one; p with one count more each. */
function verdictTable({ inputs, labels, width, classes }: {
  readonly inputs: Float32Array;
  readonly labels: readonly number[];
  readonly width: number;
  readonly classes: number;
}): LinearModel {
  const counts = new Float64Array(classes * width).fill(1);
  labels.forEach((label, n) => {
    for (let v = 0; v < width; v++) counts[label * width + v]! += inputs[n * width + v]!;
  });
  const sums = Float64Array.from(
    { length: classes },
    (_, y) => counts.subarray(y * width, (y + 1) * width).reduce((a, b) => a + b),
  );
  return {
    weight: counts.map((count, i) => Math.log(count / sums[Math.floor(i / width)]!)),
    bias: logPrior(labels, classes),
  };
}

/** The logarithms of the shares of classes. */
function logPrior(labels: readonly number[], classes: number): Float64Array {
  const target = { kind: "classes", classes: Array.from({ length: classes }, String) } as const;
  const shares = verdictOfLabels(labels, target);
  return (shares.length === 1 ? Float64Array.of(1 - shares[0]!, shares[0]!) : shares).map(Math.log);
}

function logProbabilities(logits: Float64Array, classes: number): Float64Array {
  const all = logits.slice();
  for (let at = 0; at < all.length; at += classes) {
    const row = all.subarray(at, at + classes);
    const sum = softmax(row);
    for (let k = 0; k < classes; k++) row[k] = logits[at + k]! - sum;
  }
  return all;
}

/**
 * Bayes' rule for modalities that are independent given the class:
 *
 *     log p(y | x) = log p(y) + Σ_m (log p(y | x_m) − log p(y)) + constant
 */
export function lateFusion(
  { labels, classes }: Pick<Training, "labels" | "classes">,
  alone: readonly Fusion[],
): Fusion {
  const prior = logPrior(labels, classes.length);
  return (inputs) => {
    const verdicts = alone.map((one) => one(inputs));
    return verdicts[0]!.map((_, i) => {
      const p = prior[i % classes.length]!;
      return verdicts.reduce((sum, own) => sum + own[i]! - p, p);
    });
  };
}

/**
 * Softmax regression, L2-regularised with C = 1, on what was said of all modalities (late fusion whose
 * weights are learnt together), or on all their products too.
 */
export function fitRegression(training: Training, terms: Terms): Fusion {
  const { classes, width, modalities } = training;
  const distinct = distinctRows(training);
  const model = fitSoftmaxRegression({
    ...termsOf(distinct.inputs, { modalities, width, terms }),
    ...{ labels: distinct.labels, times: distinct.times, classes, C },
  }, { tolerance }).model;
  return (inputs) => linearOutputs(model, termsOf(inputs, { modalities, width, terms }).inputs);
}

/** The additive projection of a regression on products, over the rows that it is asked about. */
export function projected(
  f: Fusion,
  { modalities, width }: Pick<Training, "modalities" | "width">,
): Fusion {
  return (inputs) => additiveProjection(f, inputs, { modalities, width });
}

// Of single verdicts there are few combinations: each is fitted once, and counts as often as it comes.
function distinctRows({ inputs, labels, width, modalities }: Training) {
  const found = new Map<string, { row: number; times: number }>();
  labels.forEach((label, row) => {
    const said = modalities.map((m) => inputs[m]!.subarray(row * width, (row + 1) * width).join());
    const key = [label, ...said].join();
    const first = found.get(key);
    if (first) first.times++;
    else found.set(key, { row, times: 1 });
  });
  const kept = [...found.values()];
  const rowsOf = (all: Float32Array) =>
    Float32Array.from(kept.flatMap(({ row }) => [...all.subarray(row * width, (row + 1) * width)]));
  return {
    inputs: Object.fromEntries(modalities.map((m) => [m, rowsOf(inputs[m]!)])) as Inputs,
    labels: kept.map(({ row }) => labels[row]!),
    times: Float64Array.from(kept, ({ times }) => times),
  };
}

/**
 * A gate that looks at all modalities and listens to one: of each it learns, by additive regression,
 * when that modality alone is right, and takes the verdict of the one that most likely is.
 *
 * What is right is told of training rows by models that were fitted on them: they have few numbers
 * for many rows.
 */
export function fitGated(training: Training, alone: readonly Fusion[]): Fusion {
  const { labels, classes: { length: K } } = training;
  const trusts = alone.map((one) =>
    fitTrust(
      training,
      places(one(training.inputs), K).map(
        (place, n) => Number(place === labels[n]),
      ),
    )
  );
  return (inputs) => {
    const verdicts = alone.map((one) => one(inputs));
    const trusted = trusts.map((trust) => trust(inputs));
    return verdicts[0]!.map((_, i) => {
      const n = Math.floor(i / K);
      const best = trusted.reduce((at, own, m) => own[n]! > trusted[at]![n]! ? m : at, 0);
      return verdicts[best]![i]!;
    });
  };
}

/** How surely a modality is right, `[n]`, as log-odds. */
function fitTrust(training: Training, right: readonly number[]): Fusion {
  const [first] = right;
  if (right.every((one) => one === first)) {
    return (inputs) => {
      const [m] = training.modalities;
      return new Float64Array(inputs[m!]!.length / training.width).fill(first === 1 ? 1e9 : -1e9);
    };
  }
  const f = fitRegression({ ...training, labels: right, classes: ["wrong", "right"] }, "additive");
  return (inputs) => {
    const logits = f(inputs);
    return Float64Array.from(
      { length: logits.length / 2 },
      (_, n) => logits[2 * n + 1]! - logits[2 * n]!,
    );
  };
}

/**
 * The class that most modalities alone give; of several with as many, that of the modality that is
 * right most often on training rows.
 */
export function majorityOfVerdicts(training: Training, alone: readonly Fusion[]): Fusion {
  const { labels, classes: { length: K } } = training;
  const rightOf = alone.map((one) =>
    places(one(training.inputs), K).filter((place, n) => place === labels[n]).length
  );
  return (inputs) => {
    const verdicts = alone.map((one) => places(one(inputs), K));
    const votes = new Float64Array(verdicts[0]!.length * K);
    // Less than one vote among all of them: it decides between equals alone.
    const bonus = rightOf.map((right) => right / (labels.length * alone.length * 2));
    verdicts.forEach((own, m) => own.forEach((place, n) => votes[n * K + place]! += 1 + bonus[m]!));
    return votes;
  };
}

/** The place of the highest number of each row, `[n, K]`; of several the first. */
export function places(scores: Float64Array, K: number): number[] {
  return Array.from({ length: scores.length / K }, (_, n) => {
    let best = 0;
    for (let k = 1; k < K; k++) if (scores[n * K + k]! > scores[n * K + best]!) best = k;
    return best;
  });
}
