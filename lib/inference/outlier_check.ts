/** Is an input like those of the training part? A distance on frozen states, calibrated on validation. @module */

import type { Features } from "../encoders/encoder.ts";
import { fold, key, normals } from "../tensor/random.ts";

/** What {@linkcode pooledStates} needs of a table's standardisation. */
export interface PooledMoments {
  /** By column. */
  readonly mean: readonly number[];
  /** 1 / deviation by column, 0 for one that never changes. */
  readonly scale: readonly number[];
}

/** A fitted check of one modality. */
export interface OutlierCheck {
  /** m, `[d]`: of the pooled states of the training part. */
  readonly mean: Float32Array;
  /** L, `[d, d]`, lower triangular: L Lᵀ is their shrunken covariance. */
  readonly factor: Float32Array;
  /** What is farther from m than this is unlike the training part. */
  readonly threshold: number;
  /** The distances of the validation part at 0, 1, … 100 per cent. */
  readonly quantiles: Float64Array;
}

// Beyond this many columns they are mixed at random: a covariance costs their square.
const mostColumns = 256;

/** Of the validation part, this share is nearer than the threshold. */
const outlierPercentile = 0.99;

// Fewer say nothing of a covariance, or of its hundredth part.
const [fewestTrained, fewestValidated] = [30, 20];

/** The tables whose states are pooled, where there are such. */
const pooledTables = ["states", "prosody"] as const;

/** Whether {@linkcode pooledStates} reads a table of this name. */
export function isPooled(name: string): boolean {
  return name === "mask" || pooledTables.some((one) => one === name);
}

/**
 * One vector of a sample: of each of the tables `states` and `prosody` the mean over its segments that
 * exist, after standardisation by `moments`, layers averaged; more than 256 columns are brought to
 * 256 by a fixed random projection.
 *
 *     x = P · mean over segments of (state − mean) / deviation
 */
export function pooledStates(
  features: Features,
  moments: Readonly<Record<string, PooledMoments>>,
  { width }: {
    /** Numbers of a state, of one layer. */
    readonly width: number;
  },
): Float64Array {
  const parts = pooledTables.filter((name) => features[name] && moments[name]).map((name) => {
    const { mean, scale } = moments[name]!;
    const data = features[name]!;
    const columns = mean.length, steps = data.length / columns;
    const sums = new Float64Array(columns);
    let count = 0;
    for (let step = 0; step < steps; step++) {
      if (features.mask?.[step] === 0) continue;
      count++;
      for (let c = 0; c < columns; c++) {
        sums[c]! += (data[step * columns + c]! - mean[c]!) * scale[c]!;
      }
    }
    const means = sums.map((sum) => sum / Math.max(1, count));
    return name === "states" ? projected(foldLayers(means, width)) : means;
  });
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

function foldLayers(values: Float64Array, width: number): Float64Array {
  const layers = values.length / width;
  if (layers === 1) return values;
  return Float64Array.from({ length: width }, (_, c) => {
    let sum = 0;
    for (let l = 0; l < layers; l++) sum += values[l * width + c]!;
    return sum / layers;
  });
}

const projections = new Map<number, Float64Array>();

function projected(values: Float64Array): Float64Array {
  const { length } = values;
  if (length <= mostColumns) return values;
  let matrix = projections.get(length);
  if (matrix === undefined) {
    const next = normals(fold(key(1), "outlier check", String(length)));
    matrix = Float64Array.from(
      { length: length * mostColumns },
      () => next() / Math.sqrt(mostColumns),
    );
    projections.set(length, matrix);
  }
  return Float64Array.from({ length: mostColumns }, (_, row) => {
    let sum = 0;
    for (let c = 0; c < length; c++) sum += matrix[row * length + c]! * values[c]!;
    return sum;
  });
}

/**
 * Fits the check: the Mahalanobis distance to the training part's mean under the covariance of Ledoit
 * and Wolf (*Journal of Multivariate Analysis* 88, 2004),
 *
 *     Σ = (1 − ρ) S + ρ (tr S / d) I        D(x) = √((x − m)ᵀ Σ⁻¹ (x − m))
 *
 * and as the threshold the 99th percentile of the validation part's distances, the
 * ⌈0.99 (n + 1)⌉th of them or the last. Undefined with fewer than 30 samples to train or 20 to
 * validate on, or if all are equal.
 */
export function fitOutlierCheck(
  train: readonly Float64Array[],
  validation: readonly Float64Array[],
): OutlierCheck | undefined {
  if (train.length < fewestTrained || validation.length < fewestValidated) return undefined;
  const d = train[0]!.length;
  const mean = new Float64Array(d);
  for (const x of train) for (let i = 0; i < d; i++) mean[i]! += x[i]! / train.length;
  const covariance = shrunkenCovariance(train, mean);
  if (covariance === undefined) return undefined;
  const fitted = {
    mean: Float32Array.from(mean),
    factor: Float32Array.from(cholesky(covariance, d)),
  };
  const distances = validation.map((x) => outlierDistance(fitted, x)).sort((a, b) => a - b);
  const rank = Math.min(distances.length, Math.ceil(outlierPercentile * (distances.length + 1)));
  return { ...fitted, threshold: distances[rank - 1]!, quantiles: percentiles(distances) };
}

/** D(x), as {@linkcode fitOutlierCheck} has it. */
export function outlierDistance(
  { mean, factor }: Pick<OutlierCheck, "mean" | "factor">,
  x: Float64Array,
): number {
  const d = mean.length;
  const z = new Float64Array(d); // L z = x − m
  let squares = 0;
  for (let i = 0; i < d; i++) {
    let rest = x[i]! - mean[i]!;
    for (let j = 0; j < i; j++) rest -= factor[i * d + j]! * z[j]!;
    z[i] = rest / factor[i * d + i]!;
    squares += z[i]! ** 2;
  }
  return Math.sqrt(squares);
}

/** The values at 0, 1, … 100 per cent of a sorted list, between neighbours in proportion. */
export function percentiles(sorted: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 101 }, (_, p) => {
    const at = p / 100 * (sorted.length - 1), low = Math.floor(at);
    const next = sorted[Math.min(low + 1, sorted.length - 1)]!;
    return sorted[low]! + (at - low) * (next - sorted[low]!);
  });
}

/** Where a value lies among percentiles, in [0, 1]: 1 from the last on. */
export function rankAmong(quantiles: ArrayLike<number>, value: number): number {
  const last = quantiles.length - 1;
  if (value >= quantiles[last]!) return 1;
  let low = 0;
  while (low < last && value >= quantiles[low + 1]!) low++;
  const width = quantiles[low + 1]! - quantiles[low]!;
  const share = width > 0 ? Math.max(0, (value - quantiles[low]!) / width) : 0;
  return (low + share) / last;
}

/** `[d, d]` in row-major order; undefined where nothing varies. */
export function shrunkenCovariance(
  rows: readonly Float64Array[],
  mean: Float64Array,
): Float64Array | undefined {
  const n = rows.length, d = mean.length;
  const s = new Float64Array(d * d);
  const x = new Float64Array(d);
  let fourth = 0;
  for (const row of rows) {
    let squares = 0;
    for (let i = 0; i < d; i++) {
      x[i] = row[i]! - mean[i]!;
      squares += x[i]! ** 2;
    }
    fourth += squares ** 2;
    for (let i = 0; i < d; i++) {
      const xi = x[i]! / n;
      for (let j = 0; j <= i; j++) s[i * d + j]! += xi * x[j]!;
    }
  }
  let trace = 0, norm = 0;
  for (let i = 0; i < d; i++) {
    trace += s[i * d + i]!;
    for (let j = 0; j < i; j++) s[j * d + i] = s[i * d + j]!;
  }
  for (const value of s) norm += value ** 2;
  const sphere = trace / d;
  // What rounding leaves of standardised columns that are all equal.
  if (!(sphere > 1e-12)) return undefined;
  const spread = norm - d * sphere ** 2;
  const error = Math.min(spread, (fourth / n - norm) / n);
  const shrinkage = spread > 0 ? error / spread : 1;
  return s.map((value, at) => {
    const onDiagonal = at % (d + 1) === 0;
    return (1 - shrinkage) * value + (onDiagonal ? shrinkage * sphere : 0);
  });
}

/** L of a positive definite matrix, L Lᵀ = A. A pivot of rounding alone is kept above 0. */
function cholesky(a: Float64Array, d: number): Float64Array {
  const l = new Float64Array(d * d);
  const least = 1e-9 * Math.max(...Array.from({ length: d }, (_, i) => a[i * d + i]!));
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * d + k]! * l[j * d + k]!;
      l[i * d + j] = i === j ? Math.sqrt(Math.max(sum, least)) : sum / l[j * d + j]!;
    }
  }
  return l;
}
