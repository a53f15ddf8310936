/** How much each sample counts in training: as the set says, and so that classes count alike. @module */

import { labelOfPair, type Pair, pairsAmong, shownBy } from "../datasets/paired.ts";
import { byModality, type Modality } from "../modality.ts";
import type { Problem } from "./system.ts";

/** `[N]` a modality, 0 or more: what each row of its features counts. */
export type SampleWeights = Readonly<Record<Modality, Float32Array>>;

/**
 * The weights of a problem's rows, if they are not all alike. A row counts what its set says; with
 * `classesAlike` each is weighted by the inverse frequency of its class as well,
 *
 *     w_n = v_n V / (K V_c),   V_c = Σ v over the training samples of class c,  V = Σ_c V_c
 *
 * with v the set's weights, 1 by default, and K the number of classes that training has. Either way
 * the mean weight in training is 1, so that a learning rate means the same. Samples that are paired by
 * label have classes alike as they are drawn, and no weights.
 *
 * @throws {RangeError} Training has no sample of a weight above 0, or scores are to be weighted by
 * class.
 */
export function sampleWeights(problem: Problem): SampleWeights | undefined {
  const { features, present, protocol, classesAlike = false, target } = problem;
  const isWeighted = present.some((m) => features[m].weights !== undefined);
  const draws = protocol !== "single" && protocol !== "natural";
  if (draws || !(isWeighted || classesAlike)) return undefined;
  if (classesAlike && target?.kind === "score") {
    throw new RangeError("Cannot weigh by class: expected classes to be learnt, got scores");
  }
  const scale = protocol === "natural" ? scaleOfRows(problem) : undefined;
  return byModality((m) => {
    const { labels } = features[m];
    const given = (i: number) => features[m].weights?.[i] ?? 1;
    const train = problem.train[m];
    // A modality that nothing is learnt of has nothing to be weighted.
    if (train.length === 0) return new Float32Array(labels.length).fill(1);
    const factor = scale ?? scaleOf(train.map((i) => [given(i), labels[i]!]), classesAlike);
    return Float32Array.from({ length: labels.length }, (_, i) => given(i) * factor(labels[i]!));
  });
}

// Of rows it is rows that are counted: a modality may be there in some of one class alone.
function scaleOfRows({ features, train, pairs = [], classesAlike = false }: Problem) {
  const labels = byModality((m) => features[m].labels);
  const rows = pairsAmong(pairs, train)
    .map((pair): [number, number] => [weightOfPair(pair, features), labelOfPair(pair, labels)]);
  return scaleOf(rows, classesAlike);
}

/** The weight of a row, which all of its samples have. */
function weightOfPair(pair: Pair, features: Problem["features"]): number {
  const m = shownBy(pair)[0]!;
  return features[m].weights?.[pair[m]!] ?? 1;
}

/** What a set's weight is multiplied with, by label. */
function scaleOf(
  samples: readonly (readonly [weight: number, label: number])[],
  classesAlike: boolean,
): (label: number) => number {
  const sums = new Map<number, number>();
  for (const [weight, label] of samples) {
    const stratum = classesAlike ? label : 0;
    sums.set(stratum, (sums.get(stratum) ?? 0) + weight);
  }
  const there = [...sums.values()].filter((sum) => sum > 0).length;
  if (there === 0) {
    throw new RangeError("Cannot weigh samples: expected one above 0 in training, got none");
  }
  return (label) => {
    const sum = sums.get(classesAlike ? label : 0) ?? 0;
    return sum > 0 ? samples.length / (there * sum) : 0;
  };
}
