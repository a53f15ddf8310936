/** Softmax regression: logistic regression of several classes, on dense or sparse rows. @module */

import type { ClassTarget } from "../target.ts";
import { checkLabelled, type FeatureRows, type LabelledRows, readRows } from "./feature_rows.ts";
import { checkLabels, countsOf } from "./labels.ts";
import { minimise, type MinimiseOptions, type Objective } from "./lbfgs.ts";
import { addPenalty, type LinearModel, startOf } from "./linear_model.ts";
import { checkStrength, type Fit } from "./strengths.ts";

/**
 * Fits an L2-regularised softmax regression, as scikit-learn's `LogisticRegression` does of more
 * than two classes.
 *
 *     minimise over W, b:  ½ Σ_k w_k · w_k − C Σ_n log softmax(W x_n + b)[y_n]
 *
 * The biases are not penalised; what they could share is 0. As in `fitLogisticRegression` the
 * function minimised is this one over C N. A row that stands for several equal ones, of which
 * `times` says how many, counts as often, in N too.
 *
 * @throws {RangeError} Rows that do not fit the width, a value that is not finite, a label that is no
 * place among the classes, a class without a row, a `C` that is not positive, or `times` that are not
 * a positive number for each row.
 */
export function fitSoftmaxRegression(
  { C, classes, times, ...rows }: LabelledRows<FeatureRows> & {
    readonly C: number;
    readonly classes: readonly string[];
    /** `[N]`, positive; 1 each by default. */
    readonly times?: Float64Array;
  },
  { start, ...options }: MinimiseOptions & { readonly start?: LinearModel } = {},
): Fit<LinearModel> {
  const action = "fit a softmax regression";
  const target: ClassTarget = { kind: "classes", classes };
  checkLabelled(action, rows);
  checkLabels(action, rows.labels, target);
  checkStrength(action, C);
  const outputs = classes.length;
  const none = countsOf(rows.labels, outputs).indexOf(0);
  if (none >= 0) {
    throw new RangeError(
      `Cannot ${action}: expected rows of every class, got none of "${classes[none]}"`,
    );
  }
  const counts = times ?? new Float64Array(rows.labels.length).fill(1);
  if (counts.length !== rows.labels.length || !counts.every((n) => n > 0 && n < Infinity)) {
    throw new RangeError(
      `Cannot ${action}: expected a positive number of times for each of ${rows.labels.length} rows, ` +
        `got ${counts.find((n) => !(n > 0 && n < Infinity)) ?? `${counts.length} numbers`}`,
    );
  }
  const all = counts.reduce((a, b) => a + b, 0);
  const objective = penalisedLoss({ ...rows, outputs, times: counts, all }, 1 / (C * all));
  const from = startOf(start, { outputs, width: rows.width });
  const { point, iterations, converged } = minimise(objective, from, options);
  const weights = outputs * rows.width;
  return {
    model: { weight: point.slice(0, weights), bias: point.slice(weights) },
    iterations,
    converged,
  };
}

/** Logits become probabilities, where they are; returns log Σ_k exp z_k. */
export function softmax(logits: Float64Array): number {
  const highest = logits.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let k = 0; k < logits.length; k++) sum += logits[k] = Math.exp(logits[k]! - highest);
  for (let k = 0; k < logits.length; k++) logits[k]! /= sum;
  return highest + Math.log(sum);
}

// The mean log loss plus ½ penalty Σ w · w; the biases are the last numbers of the point.
function penalisedLoss(
  { inputs, labels, width, outputs, times, all }: LabelledRows<FeatureRows> & {
    readonly outputs: number;
    readonly times: Float64Array;
    /** Their sum. */
    readonly all: number;
  },
  penalty: number,
): Objective {
  const { count, dot, add } = readRows(inputs, width);
  const logits = new Float64Array(outputs);
  return (point, gradient) => {
    gradient.fill(0);
    const of = (all: Float64Array, k: number) => all.subarray(k * width, (k + 1) * width);
    const weight = Array.from(logits, (_, k) => of(point, k));
    const change = Array.from(logits, (_, k) => of(gradient, k));
    const bias = outputs * width;
    let loss = 0;
    for (let n = 0; n < count; n++) {
      for (let k = 0; k < outputs; k++) logits[k] = point[bias + k]! + dot(n, weight[k]!);
      const right = logits[labels[n]!]!;
      loss += times[n]! * (softmax(logits) - right);
      for (let k = 0; k < outputs; k++) {
        const residual = (logits[k]! - (labels[n] === k ? 1 : 0)) * times[n]! / all;
        add(n, residual, change[k]!);
        gradient[bias + k]! += residual;
      }
    }
    return loss / all + addPenalty({ point, gradient, weights: bias, penalty });
  };
}
