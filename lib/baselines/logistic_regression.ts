/**
 * Logistic regression, and the linear probe: what a frozen encoder's features
 * say without any network on top.
 *
 * @module
 */

import { minimise, type MinimiseOptions, type Objective } from "./lbfgs.ts";

/** Feature rows with their labels. */
export interface LabelledRows {
  /** `[N, width]`, row after row. */
  readonly inputs: Float32Array;
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
 * and does not depend on the number of rows.
 *
 * @throws {RangeError} Rows that do not fit the width, a value that is not finite, a label but 0
 * and 1, one class only, or a `C` that is not positive.
 */
export function fitLogisticRegression(
  { inputs, labels, width, C }: LabelledRows & { readonly C: number },
  { start, ...options }: FitOptions = {},
): LogisticRegressionFit {
  checkRows("fit a logistic regression", { inputs, labels, width });
  checkBothClasses(labels);
  checkStrength(C);
  const from = new Float64Array(width + 1);
  if (start !== undefined) from.set([...start.weight, start.bias]);
  const objective = penalisedLoss({ inputs, labels, width }, 1 / (C * labels.length));
  const { point, iterations, converged } = minimise(objective, from, options);
  return {
    model: { weight: point.slice(0, width), bias: point[width]! },
    iterations,
    converged,
  };
}

/**
 * p(1 | x) of each row of `inputs`, `[N, d]`: N numbers in [0, 1].
 *
 * @throws {RangeError} Rows of another width than the model's.
 */
export function predictProbability(
  { weight, bias }: LogisticRegression,
  inputs: Float32Array,
): Float64Array {
  checkWhole("predict", inputs, weight.length);
  const rows = inputs.length / weight.length;
  return Float64Array.from({ length: rows }, (_, n) => sigmoid(bias + dotRow(inputs, n, weight)));
}

/** The mean and the deviation of each column. */
export interface ColumnMoments {
  /** `[d]`. */
  readonly mean: Float64Array;
  /** `[d]`, population standard deviation; 1 for a column that is constant. */
  readonly sd: Float64Array;
}

/**
 * The moments by which {@linkcode standardise} scales: of the training part, and no other.
 *
 * @throws {RangeError} Rows that do not fit the width, or none.
 */
export function columnMoments(
  { inputs, width }: Pick<LabelledRows, "inputs" | "width">,
): ColumnMoments {
  checkWhole("standardise", inputs, width);
  const rows = inputs.length / width;
  // Summed first and divided once: equal float32 values add up without rounding, so that
  // the mean of a constant column is that constant, and its deviation exactly zero.
  const sums = new Float64Array(width);
  for (let i = 0; i < inputs.length; i++) sums[i % width]! += inputs[i]!;
  const mean = sums.map((sum) => sum / rows);
  const squares = new Float64Array(width);
  for (let i = 0; i < inputs.length; i++) {
    squares[i % width]! += (inputs[i]! - mean[i % width]!) ** 2;
  }
  return { mean, sd: squares.map((sum) => sum === 0 ? 1 : Math.sqrt(sum / rows)) };
}

/**
 * Each column less its mean, over its deviation: (x − mean) / sd.
 *
 * `inputs` is `[N, d]`, and so is the result, a new array.
 *
 * @throws {RangeError} Rows of another width than the moments'.
 */
export function standardise(inputs: Float32Array, { mean, sd }: ColumnMoments): Float32Array {
  checkWhole("standardise", inputs, mean.length);
  const width = mean.length;
  return inputs.map((x, i) => (x - mean[i % width]!) / sd[i % width]!);
}

/** What {@linkcode fitLinearProbe} tried, and what came of it. */
export interface LinearProbeTrial {
  /** The strength tried. */
  readonly C: number;
  /** Mean of −log p(label | x) over the validation part, in nats. */
  readonly validationLogLoss: number;
  /** Steps of the minimiser. */
  readonly iterations: number;
  /** Whether it met its tolerance. */
  readonly converged: boolean;
}

/** A linear probe. */
export interface LinearProbe {
  /** Reads features as they are: the standardisation is part of its weight and bias. */
  readonly model: LogisticRegression;
  /** The chosen strength. */
  readonly C: number;
  /** One a strength, rising. */
  readonly trials: readonly LinearProbeTrial[];
}

/** The strengths that {@linkcode fitLinearProbe} tries: 0.001 to 100, by decades. */
export const defaultStrengths: readonly number[] = [1e-3, 1e-2, 0.1, 1, 10, 100];

/**
 * Fits a logistic regression on standardised features for each C of `grid`, and
 * keeps the one with the lowest log loss on the validation part.
 *
 * The moments are the training part's. Each fit starts from the last; of equal
 * losses the smaller C wins. The result is fitted on the training part alone.
 *
 * @throws {RangeError} As {@linkcode fitLogisticRegression}, for either part, or an empty grid.
 */
export function fitLinearProbe(
  { train, validation, grid = defaultStrengths }: {
    readonly train: LabelledRows;
    readonly validation: LabelledRows;
    readonly grid?: readonly number[];
  },
  options: MinimiseOptions = {},
): LinearProbe {
  checkRows("fit a linear probe", train);
  checkRows("choose a linear probe", validation);
  if (validation.width !== train.width) {
    throw new RangeError(
      `Cannot choose a linear probe: expected validation rows of ${train.width} features, ` +
        `got ${validation.width}`,
    );
  }
  if (grid.length === 0) {
    throw new RangeError(
      "Cannot fit a linear probe: expected at least one C in the grid, got none",
    );
  }
  const moments = columnMoments(train);
  const scaled = { ...train, inputs: standardise(train.inputs, moments) };
  const trials: LinearProbeTrial[] = [];
  let start: LogisticRegression | undefined;
  let best: { model: LogisticRegression; trial: LinearProbeTrial } | undefined;
  for (const C of grid.toSorted((a, b) => a - b)) {
    const warm = start === undefined ? options : { ...options, start };
    const { model: fitted, ...how } = fitLogisticRegression({ ...scaled, C }, warm);
    const model = unscaled(fitted, moments);
    const trial = { C, validationLogLoss: meanLogLoss(model, validation), ...how };
    trials.push(trial);
    if (best === undefined || trial.validationLogLoss < best.trial.validationLogLoss) {
      best = { model, trial };
    }
    start = fitted;
  }
  return { model: best!.model, C: best!.trial.C, trials };
}

// w · (x − mean) / sd + b, as a function of x itself.
function unscaled(
  { weight, bias }: LogisticRegression,
  { mean, sd }: ColumnMoments,
): LogisticRegression {
  const raw = weight.map((w, j) => w / sd[j]!);
  return { weight: raw, bias: raw.reduce((b, w, j) => b - w * mean[j]!, bias) };
}

function meanLogLoss(
  { weight, bias }: LogisticRegression,
  { inputs, labels }: LabelledRows,
): number {
  let sum = 0;
  for (let n = 0; n < labels.length; n++) {
    sum += logLoss(bias + dotRow(inputs, n, weight), labels[n]!);
  }
  return sum / labels.length;
}

// The mean log loss plus ½ penalty w · w; the bias is the last number of the point.
function penalisedLoss({ inputs, labels, width }: LabelledRows, penalty: number): Objective {
  const rows = labels.length;
  return (point, gradient) => {
    const weight = point.subarray(0, width);
    const bias = point[width]!;
    gradient.fill(0);
    let loss = 0;
    // A row is read twice while it is in the cache, and the whole array once.
    for (let n = 0; n < rows; n++) {
      const margin = bias + dotRow(inputs, n, weight);
      const label = labels[n]!;
      loss += logLoss(margin, label);
      const residual = (sigmoid(margin) - label) / rows;
      addRow(gradient, residual, inputs, n, width);
      gradient[width]! += residual;
    }
    let squares = 0;
    for (let j = 0; j < width; j++) {
      squares += weight[j]! ** 2;
      gradient[j]! += penalty * weight[j]!;
    }
    return loss / rows + penalty * squares / 2;
  };
}

// Four sums at a time, since each addition of a single sum waits for the one before.
function dotRow(inputs: Float32Array, row: number, weight: Float64Array): number {
  const width = weight.length;
  const at = row * width;
  let a = 0, b = 0, c = 0, d = 0, j = 0;
  for (; j + 3 < width; j += 4) {
    a += inputs[at + j]! * weight[j]!;
    b += inputs[at + j + 1]! * weight[j + 1]!;
    c += inputs[at + j + 2]! * weight[j + 2]!;
    d += inputs[at + j + 3]! * weight[j + 3]!;
  }
  for (; j < width; j++) a += inputs[at + j]! * weight[j]!;
  return (a + b) + (c + d);
}

function addRow(
  target: Float64Array,
  scale: number,
  inputs: Float32Array,
  row: number,
  width: number,
): void {
  const at = row * width;
  for (let j = 0; j < width; j++) target[j]! += scale * inputs[at + j]!;
}

// −log p(label): log(1 + e^m) − label m, in a form that e^m cannot overflow.
function logLoss(margin: number, label: number): number {
  return Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(margin, 0) - label * margin;
}

function sigmoid(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

function checkRows(action: string, { inputs, labels, width }: LabelledRows): void {
  checkWhole(action, inputs, width);
  if (inputs.length !== labels.length * width) {
    throw new RangeError(
      `Cannot ${action}: expected ${labels.length} rows of ${width} features, ` +
        `one row for each label, got ${inputs.length / width} rows`,
    );
  }
  const wrongInput = inputs.findIndex((x) => !Number.isFinite(x));
  if (wrongInput >= 0) {
    const [row, column] = [Math.floor(wrongInput / width), wrongInput % width];
    throw new RangeError(
      `Cannot ${action}: expected a finite number in row ${row}, feature ${column}, ` +
        `got ${inputs[wrongInput]}`,
    );
  }
  for (let n = 0; n < labels.length; n++) {
    if (labels[n] !== 0 && labels[n] !== 1) {
      throw new RangeError(`Cannot ${action}: expected 0 or 1 in labels[${n}], got ${labels[n]}`);
    }
  }
}

function checkWhole(action: string, inputs: Float32Array, width: number): void {
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError(`Cannot ${action}: expected a width of at least 1, got ${width}`);
  }
  if (inputs.length === 0 || inputs.length % width !== 0) {
    throw new RangeError(
      `Cannot ${action}: expected whole rows of ${width} features, got ${inputs.length} numbers`,
    );
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
