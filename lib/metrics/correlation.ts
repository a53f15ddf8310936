/** How predicted scores rise with the true ones: Pearson's and Spearman's correlation. @module */

import { checkScorePairs, type ScorePairs } from "./score_pairs.ts";

/**
 * Pearson's correlation of actual and predicted scores, in [−1, 1].
 *
 *     r = Σ (a − ā)(p − p̄) / √(Σ (a − ā)² Σ (p − p̄)²)
 *
 * It is what papers call Corr, and it does not see errors of scale or of level:
 * predictions of 2 a + 1 have r = 1. NaN if all actual or all predicted scores
 * are equal, as of one sample, since the formula is 0 / 0; scipy adds a warning to it.
 *
 * @throws {RangeError} Lengths that differ, no samples, a score that is not finite.
 *
 * @example Three samples
 * ```ts
 * import { pearsonCorrelation } from "./mod.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(pearsonCorrelation({ actual: [-1, 0, 1], predicted: [1, 3, 5] }), 1);
 * equal(pearsonCorrelation({ actual: [-1, 0, 1], predicted: [0, 0, 0] }), NaN);
 * ```
 */
export function pearsonCorrelation({ actual, predicted }: ScorePairs): number {
  checkScorePairs({ actual, predicted });
  return correlation(actual, predicted);
}

/**
 * Spearman's rank correlation of actual and predicted scores, in [−1, 1]:
 * {@linkcode pearsonCorrelation} of the ranks, of which equal scores share the
 * mean. It sees order alone, so any rising function of the predictions has the same.
 *
 * NaN if all actual or all predicted scores are equal.
 *
 * @throws {RangeError} As {@linkcode pearsonCorrelation}.
 */
export function spearmanCorrelation({ actual, predicted }: ScorePairs): number {
  checkScorePairs({ actual, predicted });
  return correlation(averageRanks(actual), averageRanks(predicted));
}

function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [dx, dy] = [deviations(x), deviations(y)];
  if (dx === undefined || dy === undefined) return NaN;
  let [products, squaresX, squaresY] = [0, 0, 0];
  for (let n = 0; n < dx.length; n++) {
    products += dx[n]! * dy[n]!;
    squaresX += dx[n]! ** 2;
    squaresY += dy[n]! ** 2;
  }
  // Rounding may carry a perfect correlation beyond 1.
  return Math.max(-1, Math.min(1, products / Math.sqrt(squaresX * squaresY)));
}

/** How far each value is from the mean, the farthest being 1 away; undefined if all are equal. */
function deviations(values: ArrayLike<number>): Float64Array | undefined {
  // Asked of the values: the mean of equal ones may differ from them in its last digit.
  let constant = true;
  for (let n = 1; constant && n < values.length; n++) constant = values[n] === values[0];
  if (constant) return undefined;
  let mean = 0;
  for (let n = 0; n < values.length; n++) mean += values[n]! / values.length;
  const away = Float64Array.from(values, (value) => value - mean);
  // So that the squares of very small deviations are not 0, nor those of very large ones infinite.
  const farthest = away.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return away.map((one) => one / farthest);
}

/** Ranks from 1, equal values sharing the mean of theirs. */
function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, n) => n).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let first = 0, next = 0; first < order.length; first = next) {
    while (next < order.length && values[order[next]!] === values[order[first]!]) next++;
    for (let i = first; i < next; i++) ranks[order[i]!] = (first + 1 + next) / 2;
  }
  return ranks;
}
