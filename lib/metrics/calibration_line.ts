/** Do predicted scores mean what they say? Calibration of a regression. @module */

import { checkScorePairs, type ScorePairs } from "./score_pairs.ts";

/** The straight line that predicts the truth best from what a system said. */
export interface CalibrationLine {
  /** By how much the truth rises where the prediction rises by 1; 1 if calibrated. */
  readonly slope: number;
  /** The truth to be expected where the prediction is 0; 0 if calibrated. */
  readonly intercept: number;
}

/**
 * The least-squares line of truth on prediction.
 *
 *     actual ≈ slope · predicted + intercept
 *     slope = Σ (p − p̄)(a − ā) / Σ (p − p̄)²        intercept = ā − slope p̄
 *
 * Slope 1 and intercept 0 are what calibrated predictions have. A slope below 1
 * says that predictions are spread too far apart for how much they know, one
 * above 1 that they keep too near to their mean. The line sees bias and spread
 * alone: calibrated predictions may be poor, so read it beside the error. Both
 * are NaN if all predictions are equal, as of one sample. (Mincer and Zarnowitz,
 * *The evaluation of economic forecasts*, 1969.)
 *
 * @throws {RangeError} Lengths that differ, no samples, a score that is not finite.
 *
 * @example Predictions twice too far from 0.5
 * ```ts
 * import { calibrationLine } from "./mod.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const line = calibrationLine({ actual: [0, 0.5, 1], predicted: [-0.5, 0.5, 1.5] });
 * deepEqual(line, { slope: 0.5, intercept: 0.25 });
 * ```
 */
export function calibrationLine({ actual, predicted }: ScorePairs): CalibrationLine {
  checkScorePairs({ actual, predicted });
  const [truth, said] = [meanOf(actual), meanOf(predicted)];
  let [products, squares, constant] = [0, 0, true];
  for (let n = 0; n < actual.length; n++) {
    products += (predicted[n]! - said) * (actual[n]! - truth);
    squares += (predicted[n]! - said) ** 2;
    // Asked of the values: the mean of equal ones may differ from them in its last digit.
    constant &&= predicted[n] === predicted[0];
  }
  const slope = constant ? NaN : products / squares;
  return { slope, intercept: truth - slope * said };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let n = 0; n < values.length; n++) sum += values[n]!;
  return sum / values.length;
}
