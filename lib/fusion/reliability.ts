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

/** α_p(x) = softplus(bias − weight · h(x)), of one probe. */
export interface ProbeReliability {
  /** `[k]`, 0 or more. */
  readonly weight: readonly number[];
  readonly bias: number;
}

/** How far each probe of a modality is believed, and the offset of evidence. */
export interface Reliability {
  /** In the order of their evidence. */
  readonly probes: readonly ProbeReliability[];
  /** β, `[w]`. */
  readonly offset: readonly number[];
}

/** What probes of one modality say of the same rows. */
export interface JudgedProbes extends Omit<JudgedEvidence, "evidence"> {
  /** d_p, `[N, w]` a probe. */
  readonly evidence: readonly Float64Array[];
  /** How much a row counts, `[N]`; 1 by default. */
  readonly counts?: ArrayLike<number>;
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
 *     α_p(x) = softplus(b_p − Σ_k v_pk h_k(x)),   v_pk ≥ 0
 *     minimise over b, v, β:
 *       Σ_n c_n loss(y_n, π + Σ_p α_p(x_n) (d_pn + β)) + ½ λ Σ v² + ½ Σ β²
 *
 * h are the departures ({@linkcode readDepartures}), p the probes. No departure can raise the trust, v_pk =
 * softplus of a free number, so that noise of a kind that training has not met, which moves the same
 * measures farther, lowers α too; where it falls to 0 the fusion is that without the modality, the offset
 * β included. A probe that has met no noise may lose trust sooner than one that has. The loss is that of
 * `fitTemperature`, of rows that the probes have not met.
 */
export function fitReliability(
  judged: JudgedProbes,
  { values, width: k }: ReturnType<ReadDepartures>,
): Reliability {
  const { evidence, labels, prior, counts } = judged, probes = evidence.length;
  const loss = rowLossOf({ ...judged, evidence: evidence.at(-1)! });
  const w = prior.length, n = labels.length, size = 1 + k, end = probes * size;
  const z = new Float64Array(w), byZ = new Float64Array(w), a = new Float64Array(probes);
  // Of each probe b and the free numbers of v; β.
  const start = new Float64Array(end + w);
  for (let p = 0; p < probes; p++) {
    start[p * size] = inverseSoftplus(1 / probes);
    start.fill(-3, p * size + 1, (p + 1) * size);
  }
  const { point } = minimise((point, gradient) => {
    gradient.fill(0);
    const weights = evidence.map((_, p) => weightOf(point, p, k));
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const count = counts?.[i] ?? 1;
      z.set(prior);
      for (let p = 0; p < probes; p++) {
        a[p] = point[p * size]!;
        for (let j = 0; j < k; j++) a[p]! -= weights[p]![j]! * values[i * k + j]!;
        const alpha = softplus(a[p]!);
        for (let c = 0; c < w; c++) z[c]! += alpha * (evidence[p]![i * w + c]! + point[end + c]!);
      }
      sum += count * loss(z, labels[i]!, byZ);
      for (let p = 0; p < probes; p++) {
        const alpha = softplus(a[p]!);
        let byAlpha = 0;
        for (let c = 0; c < w; c++) {
          byAlpha += byZ[c]! * (evidence[p]![i * w + c]! + point[end + c]!);
          gradient[end + c]! += count * byZ[c]! * alpha;
        }
        const byA = count * byAlpha * sigmoid(a[p]!);
        gradient[p * size]! += byA;
        for (let j = 0; j < k; j++) gradient[p * size + 1 + j]! -= byA * values[i * k + j]!;
      }
    }
    weights.forEach((weight, p) => {
      for (let j = 0; j < k; j++) {
        const at = p * size + 1 + j;
        sum += strength * weight[j]! ** 2 / 2;
        gradient[at] = (gradient[at]! + strength * weight[j]!) * sigmoid(point[at]!);
      }
    });
    for (let c = end; c < point.length; c++) {
      sum += point[c]! ** 2 / 2;
      gradient[c]! += point[c]!;
    }
    for (let j = 0; j < gradient.length; j++) gradient[j]! /= n;
    return sum / n;
  }, start);
  return {
    probes: evidence.map((_, p) => ({
      bias: point[p * size]!,
      weight: [...weightOf(point, p, k)],
    })),
    offset: [...point.slice(end)],
  };
}

// λ: of a weight that moves α by a third a deviation as much as a row that is judged wrongly.
const strength = 1;

/** α_p `[N]` of each probe. */
export function reliabilityOf(
  { probes }: Reliability,
  { values, width }: ReturnType<ReadDepartures>,
): Float64Array[] {
  return probes.map(({ weight, bias }) =>
    Float64Array.from(
      { length: values.length / width },
      (_, i) => softplus(weight.reduce((a, v, j) => a - v * values[i * width + j]!, bias)),
    )
  );
}

function weightOf(point: Float64Array, probe: number, k: number): Float64Array {
  const at = probe * (1 + k) + 1;
  return point.slice(at, at + k).map(softplus);
}

function softplus(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
}

function inverseSoftplus(y: number): number {
  return Math.log(Math.expm1(y));
}
