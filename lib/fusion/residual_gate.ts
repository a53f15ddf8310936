/** How far a residual is let through, by what it is worth on validation. @module */

import { type Target, verdictWidth } from "../target.ts";
import { logLoss } from "../baselines/logistic_loss.ts";
import { verdictsOfEvidence } from "../baselines/evidence.ts";

/** Evidence of validation rows, and what is true of them. */
export interface JudgedRows {
  /** z_late, `[N, w]`. */
  readonly late: Float64Array;
  /** z_late + r. */
  readonly joint: Float64Array;
  /** `[N]`. */
  readonly labels: ArrayLike<number>;
  /** What each row belongs to: rows of one group are not independent. `[N]`. */
  readonly clusters: readonly string[];
}

/** A share of the residual that was tried. */
export interface GateTrial {
  /** g. */
  readonly gate: number;
  /** The mean log loss of classes, the mean squared error of scores. */
  readonly loss: number;
  /** By how much the loss is lower than at g = 0. */
  readonly gain: number;
  /** Of the gain, by cluster. */
  readonly standardError: number;
}

/** The share that was chosen. */
export interface ChosenGate {
  /** g in [0, 1]. */
  readonly gate: number;
  /** One a share, rising. */
  readonly trials: readonly GateTrial[];
}

/** The shares that are tried. */
export const gates: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

/** Standard errors that the gain has to be above 0, so that the gate opens. */
const neededErrors = 2;

/** z_late + g r, `[N, w]`; at g = 0 z_late itself. */
export function gated(
  { late, joint }: Pick<JudgedRows, "late" | "joint">,
  gate: number,
): Float64Array {
  if (gate === 0) return late;
  return late.map((z, i) => z + gate * (joint[i]! - z));
}

/**
 * The share g of the residual with the lowest loss of z_late + g r, if its gain over g = 0 is more than
 * `needed` of its standard errors; otherwise 0:
 *
 *     gain(g) = mean_n (loss_n(0) − loss_n(g))
 *     se²     = C / (C − 1) Σ_c (Σ_{n in c} (gain_n − gain))² / N²
 *
 * over C clusters of rows; rows by themselves count where that gives more, and one cluster opens no
 * gate. The one-standard-error rule (Breiman et al., *Classification and Regression
 * Trees*, 1984) prefers what is simpler within one of the best; late fusion is the simpler here. The
 * epoch of r was chosen by the same rows, for which one is not enough.
 */
export function chooseGate(
  { labels, clusters, ...rows }: JudgedRows,
  target: Target,
  { needed = neededErrors }: { readonly needed?: number } = {},
): ChosenGate {
  const lossesAt = (gate: number) => rowLosses(gated(rows, gate), labels, target);
  const none = lossesAt(0);
  const trials = gates.map((gate): GateTrial => {
    const losses = lossesAt(gate);
    const gains = losses.map((loss, n) => none[n]! - loss);
    const gain = meanOf(gains);
    const standardError = standardErrorOf(gains, { mean: gain, clusters });
    return { gate, loss: meanOf(losses), gain, standardError };
  });
  const best = trials.reduce((a, b) => (b.loss < a.loss ? b : a));
  const isWorth = best.gain > needed * best.standardError;
  return { gate: isWorth ? best.gate : 0, trials };
}

// Of a few clusters the gains may differ little by luck: then rows tell how uncertain their mean is.
function standardErrorOf(
  gains: Float64Array,
  { mean, clusters }: { readonly mean: number; readonly clusters: readonly string[] },
): number {
  if (new Set(clusters).size < 2) return Infinity;
  const sums = new Map<string, number>();
  gains.forEach((gain, n) => sums.set(clusters[n]!, (sums.get(clusters[n]!) ?? 0) + gain - mean));
  const squares = (of: Iterable<number>) => [...of].reduce((sum, x) => sum + x * x, 0);
  const byCluster = squares(sums.values()) * sums.size / (sums.size - 1);
  const byRow = squares(gains.map((gain) => gain - mean));
  return Math.sqrt(Math.max(byCluster, byRow)) / gains.length;
}

function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** The loss of each row, by what is learnt. */
function rowLosses(
  evidence: Float64Array,
  labels: ArrayLike<number>,
  target: Target,
): Float64Array {
  const width = verdictWidth(target);
  if (target.kind === "score") {
    const scores = verdictsOfEvidence(target, evidence);
    return scores.map((y, n) => (y - labels[n]!) ** 2);
  }
  if (width === 1) return evidence.map((z, n) => logLoss(z, labels[n]!));
  return Float64Array.from(labels, (label, n) => {
    const z = evidence.subarray(n * width, (n + 1) * width);
    const most = z.reduce((a, b) => Math.max(a, b));
    return most + Math.log(z.reduce((sum, x) => sum + Math.exp(x - most), 0)) - z[label]!;
  });
}
