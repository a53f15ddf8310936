/** Logistic regression on dense or sparse rows, and the choice of its strength. @module */

import { checkRows, checkShape, type FeatureRows, readRows } from "./feature_rows.ts";
import { minimise, type MinimiseOptions, type Objective } from "./lbfgs.ts";
import { logLoss, sigmoid } from "./logistic_loss.ts";

/** Feature rows with their labels. */
export interface LabelledRows<Inputs extends FeatureRows = Float32Array> {
  /** `[N, width]`, row after row. */
  readonly inputs: Inputs;
  /** `[N]`, each 0 or 1. */
  readonly labels: ArrayLike<number>;
  /** d, the number of features of a row. */
  readonly width: number;
}

/** A fitted model: p(1 | x) = σ(weight · x + bias). */
export interface LogisticRegression {
  /** w, `[d]`. */
  readonly weight: Float64Array;
  /** b. */
  readonly bias: number;
}

/** A model with how its fit went. */
export interface LogisticRegressionFit {
  /** The minimum, or where the minimiser stopped. */
  readonly model: LogisticRegression;
  /** Steps of the minimiser. */
  readonly iterations: number;
  /** Whether it met its tolerance. */
  readonly converged: boolean;
}

/** Options of {@linkcode fitLogisticRegression}. */
export interface FitOptions extends MinimiseOptions {
  /** Where to start; zeros by default. The minimum is the same, the way to it may be shorter. */
  readonly start?: LogisticRegression;
}

/**
 * Fits an L2-regularised logistic regression, as scikit-learn's `LogisticRegression` does.
 *
 *     minimise over w, b:  ½ w · w + C Σ_n log(1 + exp(−y_n (w · x_n + b))),  y = ±1
 *
 * The bias is not penalised. A larger `C` trusts the data more. The function
 * minimised is this one over C N, so the tolerance is on the gradient of a mean
 * and does not depend on the number of rows. Sparse rows stay sparse.
 *
 * @throws {RangeError} Rows that do not fit the width, a value that is not finite, a label but 0
 * and 1, one class only, or a `C` that is not positive.
 */
export function fitLogisticRegression(
  { inputs, labels, width, C }: LabelledRows<FeatureRows> & { readonly C: number },
  { start, ...options }: FitOptions = {},
): LogisticRegressionFit {
  checkLabelledRows("fit a logistic regression", { inputs, labels, width });
  checkBothClasses(labels);
  checkStrength(C);
  const from = new Float64Array(width + 1);
  if (start !== undefined) {
    from.set(start.weight);
    from[width] = start.bias;
  }
  const objective = penalisedLoss({ inputs, labels, width }, 1 / (C * labels.length));
  const { point, iterations, converged } = minimise(objective, from, options);
  return { model: { weight: point.slice(0, width), bias: point[width]! }, iterations, converged };
}

/**
 * p(1 | x) of each row of `inputs`, `[N, d]`: N numbers in [0, 1].
 *
 * @throws {RangeError} Rows of another width than the model's.
 */
export function predictProbability(
  { weight, bias }: LogisticRegression,
  inputs: FeatureRows,
): Float64Array {
  checkShape("predict", inputs, weight.length);
  const { count, dot } = readRows(inputs, weight.length);
  return Float64Array.from({ length: count }, (_, n) => sigmoid(bias + dot(n, weight)));
}

/** One strength that {@linkcode chooseStrength} tried. */
export interface StrengthTrial extends Omit<LogisticRegressionFit, "model"> {
  /** The strength tried. */
  readonly C: number;
  /** Mean of −log p(label | x) over the validation part, in nats. */
  readonly validationLogLoss: number;
}

/** A model of the strength that suits the validation part best. */
export interface ChosenRegression {
  /** Fitted on the training part alone. */
  readonly model: LogisticRegression;
  /** The chosen strength. */
  readonly C: number;
  /** One a strength, rising. */
  readonly trials: readonly StrengthTrial[];
}

/** What {@linkcode chooseStrength} chooses by, and from. */
export interface StrengthChoice<Inputs extends FeatureRows = FeatureRows> {
  /** What models are fitted on. */
  readonly train: LabelledRows<Inputs>;
  /** What the strength is chosen by; of the same width. */
  readonly validation: LabelledRows<Inputs>;
  /** {@linkcode defaultStrengths} by default. */
  readonly grid?: readonly number[];
}

/**
 * The strengths that {@linkcode chooseStrength} tries: 0.001 to 100, by decades. Radford et al. (2021)
 * choose CLIP's by a sweep on validation as well, from 1e-6 to 1e6; the range is our choice.
 */
export const defaultStrengths: readonly number[] = [1e-3, 1e-2, 0.1, 1, 10, 100];

/**
 * Fits a logistic regression on the training part for each C of `grid`, and
 * keeps the one with the lowest log loss on the validation part.
 *
 * Each fit starts from the last; of equal losses the smaller C wins.
 *
 * @throws {RangeError} As {@linkcode fitLogisticRegression}, for either part, or an empty grid.
 */
export function chooseStrength(
  { train, validation, grid = defaultStrengths }: StrengthChoice,
  options: MinimiseOptions = {},
): ChosenRegression {
  checkChoice("choose a strength", { train, validation, grid });
  const trials: StrengthTrial[] = [];
  let start: LogisticRegression | undefined;
  let best: { model: LogisticRegression; trial: StrengthTrial } | undefined;
  for (const C of grid.toSorted((a, b) => a - b)) {
    const warm = start === undefined ? options : { ...options, start };
    const { model, ...how } = fitLogisticRegression({ ...train, C }, warm);
    const trial = { C, validationLogLoss: meanLogLoss(model, validation), ...how };
    trials.push(trial);
    if (best === undefined || trial.validationLogLoss < best.trial.validationLogLoss) {
      best = { model, trial };
    }
    start = model;
  }
  return { model: best!.model, C: best!.trial.C, trials };
}

/**
 * Refuses parts and a grid from which no strength can be chosen.
 *
 * @throws {RangeError} As {@linkcode chooseStrength}.
 */
export function checkChoice(
  action: string,
  { train, validation, grid = defaultStrengths }: StrengthChoice,
): void {
  checkLabelledRows(action, train);
  if (validation.width !== train.width) {
    throw new RangeError(
      `Cannot ${action}: expected validation rows of ${train.width} features, ` +
        `got ${validation.width}`,
    );
  }
  checkLabelledRows(`${action} on validation`, validation);
  if (grid.length === 0) {
    throw new RangeError(`Cannot ${action}: expected at least one C in the grid, got none`);
  }
}

function meanLogLoss(
  { weight, bias }: LogisticRegression,
  { inputs, labels, width }: LabelledRows<FeatureRows>,
): number {
  const { count, dot } = readRows(inputs, width);
  let sum = 0;
  for (let n = 0; n < count; n++) sum += logLoss(bias + dot(n, weight), labels[n]!);
  return sum / count;
}

// The mean log loss plus ½ penalty w · w; the bias is the last number of the point.
function penalisedLoss(
  { inputs, labels, width }: LabelledRows<FeatureRows>,
  penalty: number,
): Objective {
  const { count, dot, add } = readRows(inputs, width);
  return (point, gradient) => {
    const weight = point.subarray(0, width);
    const bias = point[width]!;
    gradient.fill(0);
    let loss = 0;
    // A row is read twice while it is in the cache, and the whole array once.
    for (let n = 0; n < count; n++) {
      const margin = bias + dot(n, weight);
      const label = labels[n]!;
      loss += logLoss(margin, label);
      const residual = (sigmoid(margin) - label) / count;
      add(n, residual, gradient);
      gradient[width]! += residual;
    }
    let squares = 0;
    for (let j = 0; j < width; j++) {
      squares += weight[j]! ** 2;
      gradient[j]! += penalty * weight[j]!;
    }
    return loss / count + penalty * squares / 2;
  };
}

function checkLabelledRows(
  action: string,
  { inputs, labels, width }: LabelledRows<FeatureRows>,
): void {
  checkShape(action, inputs, width);
  const { count } = readRows(inputs, width);
  if (count !== labels.length) {
    throw new RangeError(
      `Cannot ${action}: expected ${labels.length} rows of ${width} features, ` +
        `one row for each label, got ${count} rows`,
    );
  }
  checkRows(action, inputs, width);
  for (let n = 0; n < labels.length; n++) {
    if (labels[n] !== 0 && labels[n] !== 1) {
      throw new RangeError(`Cannot ${action}: expected 0 or 1 in labels[${n}], got ${labels[n]}`);
    }
  }
}

function checkBothClasses(labels: ArrayLike<number>): void {
  const [first] = Array.from(labels);
  for (let n = 1; n < labels.length; n++) if (labels[n] !== first) return;
  throw new RangeError(
    `Cannot fit a logistic regression: expected labels of both classes, got only ${first}`,
  );
}

function checkStrength(C: number): void {
  if (!Number.isFinite(C) || C <= 0) {
    throw new RangeError(`Cannot fit a logistic regression: expected C > 0, got ${C}`);
  }
}
