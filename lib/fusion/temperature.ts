/** Evidence that means what it says: a temperature, and an offset, by what came true. @module */

import { minimise } from "../baselines/lbfgs.ts";
import { logLoss, sigmoid } from "../baselines/logistic_loss.ts";
import { type Target, verdictWidth } from "../target.ts";

/** Calibrated evidence is slope · evidence + offset. */
export interface Temperature {
  /** α, the inverse of a temperature; 0 or more. */
  readonly slope: number;
  /** β, `[width]`. */
  readonly offset: readonly number[];
}

/** What a {@linkcode Temperature} is fitted on. */
export interface JudgedEvidence {
  /** d, `[N, width]`, less the prior's. */
  readonly evidence: Float64Array;
  /** `[N]`. */
  readonly labels: ArrayLike<number>;
  /** π, `[width]`: the prior's evidence, log-odds, log-probabilities or the usual score. */
  readonly prior: Float64Array;
  /** What the labels mean. */
  readonly target: Target;
}

/**
 * The slope and offset that fit the labels best:
 *
 *     minimise over α ≥ 0, β:  Σ_n loss(y_n, π + α d_n + β) + ½ (α − 1)² + ½ Σ β²
 *
 * The loss is the log loss of classes. Of several classes α is the inverse of the one temperature of
 * Guo et al. (*On Calibration of Modern Neural Networks*, 2017), of two it is the slope of Platt
 * scaling (1999). Of scores it is (y − ŷ)² / 2 s², s² the mean squared error of π + d. Both terms of
 * regularisation are ours: they draw what few samples say to α = 1 and β = 0. So is α ≥ 0: evidence of
 * rows that a model has not met can be contrary by chance alone, since a fold that lacks samples of a
 * class is judged by models that have met more of it.
 *
 * @throws {RangeError} Lengths that differ, or no labels.
 */
export function fitTemperature(judged: JudgedEvidence): Temperature {
  const { evidence, labels, target } = judged;
  const width = verdictWidth(target);
  if (labels.length === 0 || evidence.length !== labels.length * width) {
    throw new RangeError(
      `Cannot fit a temperature: expected ${width} numbers for each label, got ${evidence.length} ` +
        `for ${labels.length} labels`,
    );
  }
  const loss = rowLossOf(judged);
  const whole = solve(loss, judged);
  return whole.slope >= 0 ? whole : solve(loss, judged, 0);
}

/** α d + β of evidence `[N, width]`. */
export function withTemperature(
  evidence: Float64Array,
  { slope, offset }: Temperature,
): Float64Array {
  return evidence.map((d, i) => slope * d + offset[i % offset.length]!);
}

/** The loss of a row whose evidence is z `[width]`; writes its gradient by z. */
export type RowLoss = (z: Float64Array, label: number, gradient: Float64Array) => number;

function solve(
  loss: RowLoss,
  { evidence, labels, prior }: JudgedEvidence,
  fixed?: number,
): Temperature {
  const width = prior.length, n = labels.length;
  const z = new Float64Array(width), byZ = new Float64Array(width);
  const { point } = minimise((point, gradient) => {
    const slope = fixed ?? point[0]!;
    gradient.fill(0);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < width; k++) {
        z[k] = prior[k]! + slope * evidence[i * width + k]! + point[1 + k]!;
      }
      sum += loss(z, labels[i]!, byZ);
      for (let k = 0; k < width; k++) {
        gradient[0]! += byZ[k]! * evidence[i * width + k]!;
        gradient[1 + k]! += byZ[k]!;
      }
    }
    gradient[0] = fixed === undefined ? gradient[0]! + slope - 1 : 0;
    sum += (slope - 1) ** 2 / 2;
    for (let k = 1; k <= width; k++) {
      gradient[k]! += point[k]!;
      sum += point[k]! ** 2 / 2;
    }
    for (let k = 0; k <= width; k++) gradient[k]! /= n;
    return sum / n;
  }, Float64Array.of(fixed ?? 1, ...new Array<number>(width).fill(0)));
  return { slope: fixed ?? point[0]!, offset: [...point.slice(1)] };
}

/** The loss that evidence of this target is fitted by. */
export function rowLossOf(judged: JudgedEvidence): RowLoss {
  return judged.target.kind === "score" ? squaredLoss(judged) : classLoss(judged);
}

function classLoss({ prior }: JudgedEvidence): RowLoss {
  if (prior.length === 1) {
    return ([z], label, gradient) => {
      gradient[0] = sigmoid(z!) - label;
      return logLoss(z!, label);
    };
  }
  return (z, label, gradient) => {
    const most = z.reduce((a, b) => Math.max(a, b));
    const total = z.reduce((sum, x) => sum + Math.exp(x - most), 0);
    z.forEach((x, k) => gradient[k] = Math.exp(x - most) / total - (k === label ? 1 : 0));
    return most + Math.log(total) - z[label]!;
  };
}

function squaredLoss({ evidence, labels, prior }: JudgedEvidence): RowLoss {
  const errors = evidence.map((d, i) => (labels[i]! - prior[0]! - d) ** 2);
  // Scores that are told without any error need no calibration.
  const variance = errors.reduce((a, b) => a + b, 0) / errors.length || 1;
  return ([z], label, gradient) => {
    gradient[0] = (z! - label) / variance;
    return (z! - label) ** 2 / (2 * variance);
  };
}
