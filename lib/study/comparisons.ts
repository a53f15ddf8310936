/** Two systems on the same test samples: difference, interval, tests, effect. @module */

import {
  agreement,
  cohensH,
  mcnemar,
  type McNemarTest,
  meanAndDeviation,
  pairedBootstrap,
  pairedTTest,
  predictedClasses,
  smallestDifferencePaired,
} from "../metrics/mod.ts";
import { modalities } from "../modality.ts";
import { key } from "../tensor/random.ts";
import type { JudgedJob, Predictions } from "./predictions.ts";
import type { Samples } from "./splits.ts";

/** Accuracy of one system less that of another, over the seeds that both ran with. */
export interface Comparison {
  /** Mean over seeds. */
  readonly difference: number;
  /**
   * 95 % interval of the difference: the paired bootstrap over clusters, all seeds' tests pooled.
   * From -1 to 1, and p = 1, where there is one cluster only.
   */
  readonly interval: readonly [low: number, high: number];
  /** Two-sided, of the same bootstrap. */
  readonly p: number;
  /** What was resampled whole: the speaker, icon set or text of a sample. */
  readonly clusters: number;
  /** Differences by seed, and Student's t over them; null with one seed. */
  readonly seeds: readonly number[];
  readonly pOverSeeds: number | null;
  /** Of the first seed's test part, whose samples are distinct. */
  readonly mcnemar: McNemarTest;
  /** Cohen's h of the two mean accuracies: about 0.2 is small, 0.5 medium, 0.8 large. */
  readonly effect: number;
  /** The smallest difference that McNemar's test would find in one seed's test part with power 0.8; null if it finds none. */
  readonly resolvable: number | null;
}

/** One system's answers to an exam, a file per seed, in the order of the seeds. */
export type Answers = readonly { readonly seed: number; readonly predictions: Predictions }[];

const resamples = 2000;

/** The answers to `exam`, or to the only exam. */
export function answersTo(judged: readonly JudgedJob[], exam?: string): Answers {
  return judged
    .map(({ job: { seed }, exams }) => {
      const predictions = exam === undefined ? exams[0] : exams.find((e) => e.exam === exam);
      if (predictions) return { seed, predictions };
      throw new RangeError(
        `Cannot compare: expected an exam "${exam}" with seed ${seed}, got none`,
      );
    })
    .toSorted((a, b) => a.seed - b.seed);
}

/**
 * Compares `first` with `second`. A cluster is resampled whole, with its tests
 * under every seed, since what a speaker's clips share makes them tell less
 * than as many strangers'. Of triples the cluster is the clip's speaker.
 *
 * @throws {RangeError} systems that did not judge the same samples.
 */
export function compare(
  { first, second }: { readonly first: Answers; readonly second: Answers },
  samples: Samples,
): Comparison {
  const pairs = first.map(({ seed, predictions }) => {
    const other = second.find((answer) => answer.seed === seed)?.predictions;
    if (other === undefined || !sameSamples(predictions, other)) {
      throw new RangeError(`Cannot compare: expected the same samples with seed ${seed}`);
    }
    return { first: predictions, second: other };
  });
  const right = (of: "first" | "second") => pairs.flatMap((pair) => correctness(pair[of]));
  const [ours, theirs] = [right("first"), right("second")];
  const clusters = pairs.flatMap(({ first }) => clustersOf(first, samples));
  const mean = (values: readonly number[]) => (rows: Uint32Array) => {
    let sum = 0;
    for (const row of rows) sum += values[row]!;
    return sum / rows.length;
  };
  // What one speaker decides says nothing of others.
  const pooled = new Set(clusters).size < 2 ? { low: -1, high: 1, p: 1 } : pairedBootstrap({
    count: ours.length,
    clusters,
    first: mean(ours),
    second: mean(theirs),
    key: key(0),
    resamples,
  });
  const accuracies = pairs.map((pair) => ({
    first: share(correctness(pair.first)),
    second: share(correctness(pair.second)),
  }));
  const seeds = accuracies.map(({ first, second }) => first - second);
  const values = {
    first: accuracies.map(({ first }) => first),
    second: accuracies.map(({ second }) => second),
  };
  const counts = agreement(decisions(pairs[0]!));
  const count = pairs[0]!.first.labels.length;
  const discordant = counts.onlyFirstRight + counts.onlySecondRight;
  const resolvable = smallestDifferencePaired({
    count,
    // Between none and all, where the formula has an answer: half a sample more, or fewer.
    discordantRate: Math.min(Math.max(discordant, 0.5), count - 0.5) / count,
  });
  return {
    difference: meanAndDeviation(seeds).mean,
    interval: [pooled.low, pooled.high],
    p: pooled.p,
    clusters: new Set(clusters).size,
    seeds,
    pOverSeeds: seeds.length > 1 ? pairedTTest(values).p : null,
    mcnemar: mcnemar(counts),
    effect: cohensH({
      first: meanAndDeviation(values.first).mean,
      second: meanAndDeviation(values.second).mean,
    }),
    resolvable: Number.isFinite(resolvable) ? resolvable : null,
  };
}

/** What of each judged sample keeps it together with others; the clip's speaker for a triple. */
export function clustersOf({ ids }: Predictions, samples: Samples): string[] {
  const m = ids.audio ? "audio" : modalities.find((m) => ids[m])!;
  const groups = new Map(samples[m].map(({ id, group }) => [id, group]));
  return ids[m]!.map((id) => groups.get(id) ?? id);
}

/** 1 for each right answer, else 0. */
export function correctness({ labels, scores }: Pick<Predictions, "labels" | "scores">): number[] {
  return predictedClasses(scores).map((predicted, i) => Number(predicted === labels[i]));
}

function decisions({ first, second }: { first: Predictions; second: Predictions }) {
  return {
    actual: first.labels,
    first: predictedClasses(first.scores),
    second: predictedClasses(second.scores),
  };
}

function share(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function sameSamples(a: Predictions, b: Predictions): boolean {
  return a.labels.length === b.labels.length &&
    modalities.every((m) => a.ids[m]?.join("\0") === b.ids[m]?.join("\0"));
}
