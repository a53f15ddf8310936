/** Columns of one scale, and logistic regression on them. @module */

import { checkShape, type LabelledRows } from "./feature_rows.ts";
import type { MinimiseOptions } from "./lbfgs.ts";
import * as regression from "./logistic_regression.ts";

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
  checkShape("standardise", inputs, width);
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
  checkShape("standardise", inputs, mean.length);
  const width = mean.length;
  return inputs.map((x, i) => (x - mean[i % width]!) / sd[i % width]!);
}

/**
 * {@linkcode regression.chooseStrength} on standardised features.
 *
 * The moments are the training part's. The model reads features as they are: the
 * standardisation is part of its weight and bias.
 *
 * @throws {RangeError} As {@linkcode regression.chooseStrength}.
 */
export function fitLinearProbe(
  choice: regression.StrengthChoice<Float32Array>,
  options: MinimiseOptions = {},
): regression.ChosenRegression {
  regression.checkChoice("fit a linear probe", choice);
  const moments = columnMoments(choice.train);
  const scaled = (rows: LabelledRows) => ({
    ...rows,
    inputs: standardise(rows.inputs, moments),
  });
  const parts = { train: scaled(choice.train), validation: scaled(choice.validation) };
  const { model, ...chosen } = regression.chooseStrength({ ...choice, ...parts }, options);
  return { model: unscaled(model, moments), ...chosen };
}

/** w · (x − mean) / sd + b as a function of x itself. */
export function unscaled(
  { weight, bias }: regression.LogisticRegression,
  { mean, sd }: ColumnMoments,
): regression.LogisticRegression {
  const raw = weight.map((w, j) => w / sd[j]!);
  return { weight: raw, bias: raw.reduce((b, w, j) => b - w * mean[j]!, bias) };
}
