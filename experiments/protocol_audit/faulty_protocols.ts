/**
 * Protocols that are wrong on purpose, to measure what each fault is worth.
 *
 * Nothing here is for a score that is to be believed. `groupedSplit` with
 * `auditSplit` refuses such splits, and training is handed no test part; the
 * audit alone imports this file, and a test holds all other code to that.
 *
 * @module
 */

import * as baselines from "../../lib/baselines/mod.ts";
import { groupedSplit, type Sample, type Split } from "../../lib/datasets/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { type CorpusFeatures, gather } from "../../lib/systems/features.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import { poolSegments } from "../../lib/study/pool_segments.ts";
import type { Splits } from "../../lib/study/splits.ts";

/** Rows of a corpus in which every sample stands `times` times; a fraction adds a copy to some. */
export function copiedRows(count: number, times: number): number[] {
  return Array.from({ length: Math.round(count * times) }, (_, row) => row % count);
}

/**
 * FAULTY: divides rows at random, by polarity alone. Clips of one actor, pictures
 * of one set and copies of one sample (rows with one index) come on both sides.
 */
export function faultySplitByRow(
  samples: readonly Sample[],
  { rows, seed, data }: {
    /** Indices of samples, with repetitions for copies. */
    readonly rows: readonly number[];
    readonly seed: number;
    readonly data: DataConfig;
  },
): Split {
  // Each row is passed off as a sample of its own.
  const strangers = rows.map((index, row) => ({ ...samples[index]!, id: String(row) }));
  const split = groupedSplit(strangers, {
    ...data,
    key: fold(key(seed), "faulty split by row", samples[0]!.modality, rows.length),
    by: ({ id }) => id,
  });
  const indices = (part: readonly number[]) => part.map((row) => rows[row]!);
  return {
    train: indices(split.train),
    validation: indices(split.validation),
    test: indices(split.test),
  };
}

/** FAULTY: every choice that belongs to the validation part is made on the test part. */
export function faultyValidation(split: Splits): Splits {
  return byModality((m) => ({ ...split[m], validation: split[m].test }));
}

/**
 * FAULTY where `scaledOn` has more than the training rows: a linear probe whose
 * features are standardised by the mean and deviation of these rows.
 *
 * Of the training rows alone it is the linear probe of one modality, up to
 * rounding. Returns the probability of the positive class of each test row.
 */
export function faultyScaledProbe(
  features: CorpusFeatures,
  { modality, split, scaledOn }: {
    readonly modality: Modality;
    readonly split: Split;
    readonly scaledOn: readonly number[];
  },
): Float64Array {
  const { tables, labels } = poolSegments(features, 1)[modality];
  const states = tables.states!;
  const width = states.shape.slice(1).reduce((a, b) => a * b, 1);
  const moments = baselines.columnMoments({ inputs: gather(states, scaledOn), width });
  const rows = (part: readonly number[]): baselines.LabelledRows => ({
    inputs: baselines.standardise(gather(states, part), moments),
    labels: part.map((i) => labels[i]!),
    width,
  });
  const { model } = baselines.chooseStrength({
    train: rows(split.train),
    validation: rows(split.validation),
  });
  return baselines.predictProbability(model, rows(split.test).inputs);
}

/** The share of test rows that share something with a training row: what `by` says of them, in [0, 1]. */
export function exposure(
  samples: readonly Sample[],
  { train, test }: Split,
  by: (sample: Sample) => string,
): number {
  const known = new Set(train.map((i) => by(samples[i]!)));
  return test.filter((i) => known.has(by(samples[i]!))).length / test.length;
}
