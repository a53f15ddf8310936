/** Two systems on the same test samples: difference, interval, tests, effect. @module */

import * as metrics from "../metrics/mod.ts";
import { modalities, type Modality } from "../modality.ts";
import { key } from "../tensor/random.ts";
import type { JudgedJob, Predictions } from "./predictions.ts";
import type { Samples } from "./splits.ts";

/** Two ends of a 95 % interval. */
export type Ends = readonly [low: number, high: number];

/** Accuracy of one system less that of another, over the seeds that both ran with. */
export interface Comparison {
  /** Mean over seeds. */
  readonly difference: number;
  /**
   * 95 % interval of the difference: the paired bootstrap over clusters, all seeds' tests pooled;
   * null with fewer than {@linkcode fewestClusters}.
   */
  readonly interval: Ends | null;
  /** Two-sided, of the same bootstrap; null where that has no interval. */
  readonly p: number | null;
  /** Why there is neither interval nor p. */
  readonly reason?: string;
  /** What was resampled whole: the speaker, icon set or text of a sample. */
  readonly clusters: number;
  /** Differences by seed, and Student's t over them; null as {@linkcode pOverSeeds} has it. */
  readonly seeds: readonly number[];
  readonly pOverSeeds: number | null;
  /** Of the first seed's test part, whose samples are distinct. */
  readonly mcnemar: metrics.McNemarTest;
  /** Cohen's h of the two mean accuracies: about 0.2 is small, 0.5 medium, 0.8 large. */
  readonly effect: number;
  /** The smallest difference that McNemar's test would find in one seed's test part with power 0.8; null if it finds none. */
  readonly resolvable: number | null;
}

/** A comparison among others. */
export interface Corrected extends Comparison {
  /** Holm's correction of `p` over those of them that have one. */
  readonly pHolm: number | null;
}

/** Comparisons among which a reader looks for the smallest p, each with Holm's correction. */
export function corrected(comparisons: readonly Comparison[]): Corrected[] {
  const adjusted = metrics.holm(comparisons.map(({ p }) => p));
  return comparisons.map((comparison, i) => ({ ...comparison, pHolm: adjusted[i]! }));
}

/** When a difference is called significant, for captions: what {@linkcode insignificance} asks. */
export const significanceRule =
  `A difference is significant if p after Holm's correction is below 0.05, which needs ` +
  `${metrics.fewestClusters} clusters or more, and if it has one sign with every seed, of two or more.`;

/** Why a difference is not significant, by the one rule of all tables; undefined if it is. */
export function insignificance(
  { difference, seeds, pHolm, reason }: Pick<
    Corrected,
    "difference" | "seeds" | "pHolm" | "reason"
  >,
): string | undefined {
  if (seeds.length < 2) return "one seed";
  if (pHolm === null) return reason ?? "no test";
  if (!(pHolm < 0.05)) return "within chance";
  const agree = seeds.every((own) => Math.sign(own) === Math.sign(difference));
  return agree ? undefined : "not with every seed";
}

/**
 * Student's paired t over seeds, two-sided; null with one seed, and where all seeds differ by the same,
 * which says that they are few and not that they are sure.
 */
export function pOverSeeds(
  values: { readonly first: readonly number[]; readonly second: readonly number[] },
): number | null {
  if (values.first.length < 2) return null;
  const { difference, sd, p } = metrics.pairedTTest(values);
  return sd < 1e-12 && difference !== 0 ? null : p;
}

/** What `compute` gives, or the reason for which it can't: a table goes on without it. */
export function orReason<T>(compute: () => T): { value: T } | { value: null; reason: string } {
  try {
    return { value: compute() };
  } catch (error) {
    if (error instanceof RangeError) return { value: null, reason: error.message };
    throw error;
  }
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
  const distinct = new Set(clusters).size;
  const reason = metrics.tooFew(distinct, clusterNames[clusteredBy(pairs[0]!.first)]);
  const pooled = reason === undefined && metrics.pairedBootstrap({
    count: ours.length,
    clusters,
    first: mean(ours),
    second: mean(theirs),
    key: key(0),
    resamples,
  });
  const accuracies = (of: "first" | "second") => pairs.map((pair) => share(correctness(pair[of])));
  const values = { first: accuracies("first"), second: accuracies("second") };
  const seeds = values.first.map((accuracy, i) => accuracy - values.second[i]!);
  const counts = metrics.agreement(decisions(pairs[0]!));
  const count = pairs[0]!.first.labels.length;
  const discordant = counts.onlyFirstRight + counts.onlySecondRight;
  const resolvable = metrics.smallestDifferencePaired({
    count,
    // Between none and all, where the formula has an answer: half a sample more, or fewer.
    discordantRate: Math.min(Math.max(discordant, 0.5), count - 0.5) / count,
  });
  return {
    difference: metrics.meanAndDeviation(seeds).mean,
    interval: pooled ? [pooled.low, pooled.high] : null,
    p: pooled ? pooled.p : null,
    ...reason !== undefined && { reason },
    clusters: distinct,
    seeds,
    pOverSeeds: pOverSeeds(values),
    mcnemar: metrics.mcnemar(counts),
    effect: metrics.cohensH({
      first: metrics.meanAndDeviation(values.first).mean,
      second: metrics.meanAndDeviation(values.second).mean,
    }),
    resolvable: Number.isFinite(resolvable) ? resolvable : null,
  };
}

/** What of each judged sample keeps it together with others; the clip's speaker for a triple. */
export function clustersOf(predictions: Predictions, samples: Samples): string[] {
  const { ids } = predictions;
  const m = clusteredBy(predictions);
  const groups = new Map(samples[m].map(({ id, group }) => [id, group]));
  return ids[m]!.map((id) => groups.get(id) ?? id);
}

/** What the clusters of a modality are called. */
export const clusterNames: Readonly<Record<Modality, string>> = {
  text: "texts",
  image: "sets of images",
  audio: "speakers",
};

/** The modality whose groups are resampled whole. */
export function clusteredBy({ ids }: Pick<Predictions, "ids">): Modality {
  return ids.audio ? "audio" : modalities.find((m) => ids[m])!;
}

/** 1 for each right answer, else 0. */
export function correctness({ labels, scores }: Pick<Predictions, "labels" | "scores">): number[] {
  return metrics.predictedClasses(scores).map((predicted, i) => Number(predicted === labels[i]));
}

function decisions({ first, second }: { first: Predictions; second: Predictions }) {
  return {
    actual: first.labels,
    first: metrics.predictedClasses(first.scores),
    second: metrics.predictedClasses(second.scores),
  };
}

function share(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function sameSamples(a: Predictions, b: Predictions): boolean {
  return a.labels.length === b.labels.length &&
    modalities.every((m) => a.ids[m]?.join("\0") === b.ids[m]?.join("\0"));
}
