/** Linear functions of feature rows, with one output or several. @module */

import { checkShape, type FeatureRows, readRows } from "./feature_rows.ts";

/** z = W x + b. */
export interface LinearModel {
  /** W, `[K, d]`, row after row. */
  readonly weight: Float64Array;
  /** b, `[K]`. */
  readonly bias: Float64Array;
}

/**
 * z of each row of `inputs`, `[N, d]`: `[N, K]`.
 *
 * @throws {RangeError} Rows of another width than the model's.
 */
export function linearOutputs({ weight, bias }: LinearModel, inputs: FeatureRows): Float64Array {
  const outputs = bias.length, width = weight.length / outputs;
  checkShape("predict", inputs, width);
  const { count, dot } = readRows(inputs, width);
  const rows = Array.from(bias, (_, k) => weight.subarray(k * width, (k + 1) * width));
  return Float64Array.from(
    { length: count * outputs },
    (_, i) => bias[i % outputs]! + dot(Math.floor(i / outputs), rows[i % outputs]!),
  );
}

/** A point for the minimiser, W and then b: zeros without a model to start from. */
export function startOf(
  start: LinearModel | undefined,
  { outputs, width }: { readonly outputs: number; readonly width: number },
): Float64Array {
  const from = new Float64Array(outputs * (width + 1));
  if (start !== undefined) {
    from.set(start.weight);
    from.set(start.bias, outputs * width);
  }
  return from;
}

/** ½ penalty Σ w², which is added to the gradient; the first `weights` numbers of the point are w. */
export function addPenalty({ point, gradient, weights, penalty }: {
  readonly point: Float64Array;
  readonly gradient: Float64Array;
  readonly weights: number;
  readonly penalty: number;
}): number {
  let squares = 0;
  for (let j = 0; j < weights; j++) {
    squares += point[j]! ** 2;
    gradient[j]! += penalty * point[j]!;
  }
  return penalty * squares / 2;
}
