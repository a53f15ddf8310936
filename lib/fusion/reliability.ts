/** How far a modality is to be believed of a sample: by its signal, and by how strange its states are. @module */

import { minimise } from "../baselines/lbfgs.ts";
import { sigmoid } from "../baselines/logistic_loss.ts";
import { meanStates } from "../baselines/mean_states.ts";
import { columnMoments } from "../baselines/standardised_regression.ts";
import type { ModalityFeatures } from "../systems/features.ts";
import { type JudgedEvidence, rowLossOf } from "./temperature.ts";

/** Departures from clean training samples, `[N, k]`, 0 or more. */
export type ReadDepartures = (
  features: ModalityFeatures,
  rows: ArrayLike<number>,
) => { readonly values: Float64Array; readonly width: number };

/** α(x) = softplus(bias − weight · h(x)) and the offset of evidence. */
export interface Reliability {
  /** `[k]`, 0 or more. */
  readonly weight: readonly number[];
  readonly bias: number;
  /** β, `[w]`. */
  readonly offset: readonly number[];
}

/**
 * What of samples departs from clean training samples, each 0 for what is usual:
 *
 * - of each measure q of the table `quality`, standardised by the clean training samples, how far it is
 *   above, and how far below them: ln(1 + max(0, q − 1)), ln(1 + max(0, −q − 1));
 * - by how much the sample's mean state is farther from theirs than usual, whatever the noise:
 *   ln(1 + max(0, (ln D − mean ln D) / deviation of ln D)), D² the mean over columns of the squared
 *   standardised state.
 *
 * Logarithms, since what clean samples hardly have, such as silent packets, may be hundreds of deviations
 * off, and a packet in five has to be told from every second.
 *
 * Without the table it is the states alone.
 */
export function readDepartures(
  features: ModalityFeatures,
  train: readonly number[],
): ReadDepartures {
  const quality = scaled(qualityOf(features, train));
  const states = scaled(statesOf(features, train));
  const distances = (rows: Float32Array, width: number) => {
    const z = states.apply(rows);
    return Float32Array.from({ length: z.length / width }, (_, i) => {
      const squares = z.subarray(i * width, (i + 1) * width).reduce((sum, x) => sum + x * x, 0);
      return Math.log(Math.sqrt(squares / width) + 1e-6);
    });
  };
  const own = statesOf(features, train);
  const far = scaled({ inputs: distances(own.inputs, own.width), width: 1 });
  return (features, rows) => {
    const measured = qualityOf(features, rows), found = statesOf(features, rows);
    const q = measured.width > 0 ? quality.apply(measured.inputs) : measured.inputs;
    const d = far.apply(distances(found.inputs, found.width));
    const width = 2 * measured.width + 1;
    const values = new Float64Array(rows.length * width);
    for (let i = 0; i < rows.length; i++) {
      const row = Array.from(q.subarray(i * measured.width, (i + 1) * measured.width));
      const all = [...row.map((x) => x - 1), ...row.map((x) => -x - 1), d[i]!];
      all.forEach((x, k) => values[i * width + k] = Math.log1p(Math.max(0, x)));
    }
    return { values, width };
  };
}

interface Columns {
  readonly inputs: Float32Array;
  readonly width: number;
}

function scaled({ inputs, width }: Columns) {
  if (width === 0) return { apply: (rows: Float32Array) => rows };
  const { mean, sd } = columnMoments({ inputs, width });
  return {
    apply: (rows: Float32Array) => rows.map((x, i) => (x - mean[i % width]!) / sd[i % width]!),
  };
}

function qualityOf({ tables }: ModalityFeatures, rows: ArrayLike<number>): Columns {
  const table = tables.quality;
  if (table === undefined) return { inputs: new Float32Array(0), width: 0 };
  return rowsOf(table.data, table.shape[1]!, rows);
}

// A table's means are worth keeping: they are asked for again and again.
const means = new WeakMap<object, ReturnType<typeof meanStates>>();

function statesOf(features: ModalityFeatures, rows: ArrayLike<number>): Columns {
  const table = features.tables.states!;
  const known = means.get(table) ?? meanStates(features);
  means.set(table, known);
  return rowsOf(known.rows, known.width, rows);
}

function rowsOf(data: Float32Array, width: number, rows: ArrayLike<number>): Columns {
  const inputs = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    inputs.set(data.subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  }
  return { inputs, width };
}

/**
 * The reliability that fits what came true best:
 *
 *     α(x) = softplus(b − Σ_k v_k h_k(x)),   v_k ≥ 0
 *     minimise over b, v, β:  Σ_n loss(y_n, π + α(x_n) (d_n + β)) + ½ λ Σ v² + ½ Σ β²
 *
 * h are the departures ({@linkcode readDepartures}). No departure can raise the trust, v_k = softplus of
 * a free number, so that noise of a kind that training has not met, which moves the same measures
 * farther, lowers α too; where it falls to 0 the fusion is that without the modality, the offset β
 * included. The loss is that of `fitTemperature`, of rows that the probe has not met.
 */
export function fitReliability(
  judged: JudgedEvidence,
  { values, width: k }: ReturnType<ReadDepartures>,
): Reliability {
  const { evidence, labels, prior } = judged;
  const loss = rowLossOf(judged), w = prior.length, n = labels.length;
  const z = new Float64Array(w), byZ = new Float64Array(w);
  // b, the free numbers of v, β.
  const start = new Float64Array(1 + k + w);
  start[0] = inverseSoftplus(1);
  start.fill(-3, 1, 1 + k);
  const { point } = minimise((point, gradient) => {
    gradient.fill(0);
    const weight = weightsOf(point, k);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      let a = point[0]!;
      for (let j = 0; j < k; j++) a -= weight[j]! * values[i * k + j]!;
      const alpha = softplus(a);
      for (let c = 0; c < w; c++) {
        z[c] = prior[c]! + alpha * (evidence[i * w + c]! + point[1 + k + c]!);
      }
      sum += loss(z, labels[i]!, byZ);
      let byAlpha = 0;
      for (let c = 0; c < w; c++) {
        byAlpha += byZ[c]! * (evidence[i * w + c]! + point[1 + k + c]!);
        gradient[1 + k + c]! += byZ[c]! * alpha;
      }
      const byA = byAlpha * sigmoid(a);
      gradient[0]! += byA;
      for (let j = 0; j < k; j++) gradient[1 + j]! -= byA * values[i * k + j]!;
    }
    for (let j = 0; j < k; j++) {
      sum += strength * weight[j]! ** 2 / 2;
      gradient[1 + j] = (gradient[1 + j]! + strength * weight[j]!) * sigmoid(point[1 + j]!);
    }
    for (let c = 1 + k; c < point.length; c++) {
      sum += point[c]! ** 2 / 2;
      gradient[c]! += point[c]!;
    }
    for (let j = 0; j < gradient.length; j++) gradient[j]! /= n;
    return sum / n;
  }, start);
  return {
    bias: point[0]!,
    weight: [...weightsOf(point, k)],
    offset: [...point.slice(1 + k)],
  };
}

// λ: of a weight that moves α by a third a deviation as much as a row that is judged wrongly.
const strength = 1;

/** α of each row. */
export function reliabilityOf(
  { weight, bias }: Reliability,
  { values, width }: ReturnType<ReadDepartures>,
): Float64Array {
  return Float64Array.from(
    { length: values.length / width },
    (_, i) => softplus(weight.reduce((a, v, j) => a - v * values[i * width + j]!, bias)),
  );
}

function weightsOf(point: Float64Array, k: number): Float64Array {
  return point.slice(1, 1 + k).map(softplus);
}

function softplus(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
}

function inverseSoftplus(y: number): number {
  return Math.log(Math.expm1(y));
}
