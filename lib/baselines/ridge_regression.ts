/** Ridge regression: a score as a linear function of dense or sparse rows. @module */

import { checkLabelled, type FeatureRows, type LabelledRows, readRows } from "./feature_rows.ts";
import { checkLabels } from "./labels.ts";
import { minimise, type MinimiseOptions, type Objective } from "./lbfgs.ts";
import { addPenalty, type LinearModel, startOf } from "./linear_model.ts";
import { checkStrength, type Fit } from "./strengths.ts";

/**
 * Fits a ridge regression, as scikit-learn's `Ridge(alpha=1/C)` does.
 *
 *     minimise over w, b:  ½ w · w + C Σ_n ½ (w · x_n + b − y_n)²
 *
 * The bias is not penalised. The model has one output. What is minimised is this over C N, with the
 * labels less their mean, over their deviation: the tolerance depends neither on the number of rows
 * nor on the scale of the scores, and the minimum is the same.
 *
 * @throws {RangeError} Rows that do not fit the width, a value or a label that is not finite, or a `C`
 * that is not positive.
 */
export function fitRidgeRegression(
  { C, ...rows }: LabelledRows<FeatureRows> & { readonly C: number },
  { start, ...options }: MinimiseOptions & { readonly start?: LinearModel } = {},
): Fit<LinearModel> {
  const action = "fit a ridge regression";
  const { labels, width } = rows;
  checkLabelled(action, rows);
  checkLabels(action, labels, { kind: "score", low: -Infinity, high: Infinity });
  checkStrength(action, C);
  const { mean, sd } = moments(labels);
  const scaled = Float64Array.from(labels, (y) => (y - mean) / sd);
  const objective = penalisedError({ ...rows, labels: scaled }, 1 / (C * labels.length));
  const from = startOf(start && rescaled(start, { factor: 1 / sd, shift: -mean / sd }), {
    outputs: 1,
    width,
  });
  const { point, iterations, converged } = minimise(objective, from, options);
  const model = { weight: point.slice(0, width), bias: point.slice(width) };
  return { model: rescaled(model, { factor: sd, shift: mean }), iterations, converged };
}

function moments(labels: ArrayLike<number>): { mean: number; sd: number } {
  const values = Float64Array.from(labels), n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / n);
  // Scores that are all alike have no scale.
  return { mean, sd: sd > 1e-12 * Math.abs(mean) ? sd : 1 };
}

function rescaled(
  { weight, bias }: LinearModel,
  { factor, shift }: { readonly factor: number; readonly shift: number },
): LinearModel {
  return { weight: weight.map((w) => w * factor), bias: bias.map((b) => b * factor + shift) };
}

// Half the mean squared error plus ½ penalty w · w; the bias is the last number of the point.
function penalisedError(
  { inputs, labels, width }: LabelledRows<FeatureRows>,
  penalty: number,
): Objective {
  const { count, dot, add } = readRows(inputs, width);
  return (point, gradient) => {
    const weight = point.subarray(0, width);
    gradient.fill(0);
    let squares = 0;
    for (let n = 0; n < count; n++) {
      const residual = point[width]! + dot(n, weight) - labels[n]!;
      squares += residual ** 2;
      add(n, residual / count, gradient);
      gradient[width]! += residual / count;
    }
    return squares / (2 * count) + addPenalty({ point, gradient, weights: width, penalty });
  };
}
