/** Intervals and comparisons from resampled test sets. @module */

import { fold, type Key, uniforms } from "../tensor/random.ts";
import { checkBetween0And1, type Interval } from "./interval.ts";
import { meanAndDeviation } from "./mean_and_deviation.ts";

/** A score of the samples with these indices; an index drawn twice counts twice. */
export type RowStatistic = (rows: Uint32Array) => number;

/** How test sets are drawn from the one there is. */
export interface Resampling {
  /** How many samples the test set has; statistics get indices from 0 to count − 1. */
  readonly count: number;
  /**
   * The speaker, set or source of each sample. Those of one cluster are drawn together,
   * since what they share makes them tell less than as many independent samples.
   *
   * @default each sample is its own cluster
   */
  readonly clusters?: ArrayLike<number | string>;
  /** Equal keys draw equal test sets, and the first of 1000 are those of 100. */
  readonly key: Key;
  /**
   * How many test sets are drawn.
   *
   * @default 1000
   */
  readonly resamples?: number;
  /**
   * The confidence of the interval, between 0 and 1.
   *
   * @default 0.95
   */
  readonly level?: number;
}

/** A statistic with its bootstrap interval. */
export interface BootstrapInterval extends Interval {
  /** The statistic of the test set itself. */
  readonly estimate: number;
  /** Standard deviation of the statistic over the resamples. */
  readonly standardError: number;
  /** How many resamples the interval rests on. */
  readonly resamples: number;
  /** How many more were drawn on which the statistic was not a finite number. */
  readonly undefinedResamples: number;
}

/** The difference of a statistic between two systems. */
export interface PairedBootstrap extends BootstrapInterval {
  /**
   * How readily resampling turns the sign of the difference, in (0, 1]. Below 1 − level
   * the interval leaves out 0, up to one resample.
   */
  readonly p: number;
}

/**
 * The percentile bootstrap: how far a statistic of the test set would vary over
 * test sets like it.
 *
 *     low, high = the (1 ∓ level) / 2 quantiles of statistic(rows*)
 *
 * where rows* are as many clusters as there are, drawn with replacement, each
 * whole (Efron and Tibshirani, *An introduction to the bootstrap*, 1993).
 * Quantiles interpolate linearly. A few clusters, fewer than about twenty, make
 * intervals that are too short. The interval says nothing of what another
 * training run would give; for that see {@linkcode pairedTTest}.
 *
 * A resample on which the statistic is not finite, such as an AUC of one class,
 * is left out and counted.
 *
 * @throws {RangeError} No samples, fewer than two clusters, a count of clusters
 * that differs, fewer than two resamples, a level that is not between 0 and 1,
 * a statistic that is not finite on the test set, or on more than a tenth of the resamples.
 *
 * @example An accuracy over three speakers
 * ```ts
 * import { bootstrapInterval } from "./mod.ts";
 * import { key } from "../tensor/random.ts";
 * import { equal, ok } from "node:assert/strict";
 *
 * const right = [1, 1, 1, 0, 0, 1];
 * const { estimate, low, high } = bootstrapInterval({
 *   count: 6,
 *   clusters: ["ann", "ann", "bob", "bob", "cy", "cy"],
 *   statistic: (rows) => rows.reduce((sum, n) => sum + right[n]!, 0) / rows.length,
 *   key: key(1),
 * });
 * equal(estimate, 4 / 6);
 * ok(low <= estimate && estimate <= high);
 * ```
 */
export function bootstrapInterval(
  { statistic, ...resampling }: Resampling & { readonly statistic: RowStatistic },
): BootstrapInterval {
  return summary(resampled(statistic, resampling));
}

/**
 * The paired bootstrap: both systems are scored on the same resampled test
 * sets, so what makes a test set easy for both cancels.
 *
 *     d = first(rows) − second(rows)
 *     p = min(1, 2 (1 + min(|{r : d*_r ≤ 0}|, |{r : d*_r ≥ 0}|)) / (resamples + 1))
 *
 * The p-value inverts the percentile interval, so the two agree. It is never
 * below 2 / (resamples + 1): a correction for many comparisons needs more
 * resamples than the default.
 *
 * @throws {RangeError} As {@linkcode bootstrapInterval}.
 */
export function pairedBootstrap(
  { first, second, ...resampling }: Resampling & {
    readonly first: RowStatistic;
    readonly second: RowStatistic;
  },
): PairedBootstrap {
  const draws = resampled((rows) => first(rows) - second(rows), resampling);
  const notAbove = draws.values.filter((difference) => difference <= 0).length;
  const notBelow = draws.values.filter((difference) => difference >= 0).length;
  const extreme = 1 + Math.min(notAbove, notBelow);
  return { ...summary(draws), p: Math.min(1, 2 * extreme / (draws.values.length + 1)) };
}

interface Draws {
  readonly estimate: number;
  /** The statistic of each resample that has one, rising. */
  readonly values: Float64Array;
  readonly undefinedResamples: number;
  readonly level: number;
}

function resampled(
  statistic: RowStatistic,
  { count, clusters, key, resamples = 1000, level = 0.95 }: Resampling,
): Draws {
  checkResampling(count, resamples, level);
  const draw = clusters === undefined ? rowSampler(count) : clusterSampler(clusters, count);
  const estimate = statistic(Uint32Array.from({ length: count }, (_, n) => n));
  if (!Number.isFinite(estimate)) {
    throw new RangeError(
      `Cannot resample: expected a finite statistic of the test set, got ${estimate}`,
    );
  }
  const drawn = Float64Array.from(
    { length: resamples },
    (_, r) => statistic(draw(uniforms(fold(key, r)))),
  );
  const values = drawn.filter((value) => Number.isFinite(value)).sort();
  const undefinedResamples = resamples - values.length;
  if (undefinedResamples > resamples / 10) {
    throw new RangeError(
      "Cannot resample: expected a finite statistic on nine resamples of ten, " +
        `got none on ${undefinedResamples} of ${resamples}`,
    );
  }
  return { estimate, values, undefinedResamples, level };
}

function summary({ estimate, values, undefinedResamples, level }: Draws): BootstrapInterval {
  return {
    estimate,
    low: quantile(values, (1 - level) / 2),
    high: quantile(values, (1 + level) / 2),
    level,
    standardError: meanAndDeviation(values).sd,
    resamples: values.length,
    undefinedResamples,
  };
}

type Sampler = (next: () => number) => Uint32Array;

function rowSampler(count: number): Sampler {
  return (next) => {
    const rows = new Uint32Array(count);
    for (let n = 0; n < count; n++) rows[n] = Math.floor(next() * count);
    return rows;
  };
}

function clusterSampler(clusters: ArrayLike<number | string>, count: number): Sampler {
  if (clusters.length !== count) {
    throw new RangeError(
      `Cannot resample: expected the cluster of ${count} samples, got ${clusters.length}`,
    );
  }
  const byCluster = new Map<number | string, number[]>();
  for (let n = 0; n < count; n++) {
    const rows = byCluster.get(clusters[n]!);
    if (rows === undefined) byCluster.set(clusters[n]!, [n]);
    else rows.push(n);
  }
  const groups = [...byCluster.values()];
  if (groups.length < 2) {
    throw new RangeError(`Cannot resample: expected at least two clusters, got ${groups.length}`);
  }
  return (next) =>
    Uint32Array.from(groups.flatMap(() => groups[Math.floor(next() * groups.length)]!));
}

/** The value below which a share `p` of the rising `values` lies, linear between neighbours. */
export function quantile(values: ArrayLike<number>, p: number): number {
  const place = p * (values.length - 1);
  const below = values[Math.floor(place)]!;
  const above = values[Math.ceil(place)]!;
  return below + (place - Math.floor(place)) * (above - below);
}

function checkResampling(count: number, resamples: number, level: number): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot resample: expected at least one sample, got ${count}`);
  }
  if (!Number.isInteger(resamples) || resamples < 2) {
    throw new RangeError(`Cannot resample: expected at least two resamples, got ${resamples}`);
  }
  checkBetween0And1(level, "resample", "a level");
}
