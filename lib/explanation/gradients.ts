/** What each number of a sample's features did to the verdict, by gradients. @module */

import * as tf from "../deps/tf.ts";
import { mapNamed, type NamedTensors } from "../systems/network.ts";

/** The score of each row of named inputs `[B, …]`, `[B]`; no row may look at another. */
export type RowScore = (inputs: NamedTensors) => tf.Tensor;

/** Says what is shown, not what is heard or seen: no attribution goes there. */
const conditions: readonly string[] = ["mask", "frames"];

// Near the baseline all segments are alike, and layer normalisation magnifies what little they
// differ: most of the integral is there. With equal steps the error is 20 times as large.
const grading = 3;

/**
 * Integrated gradients (Sundararajan, Taly and Yan, *Axiomatic attribution for
 * deep networks*, ICML 2017) of one sample, with 0 as the baseline:
 *
 *     a_i = x_i ∫₀¹ ∂F(α x)/∂x_i dα ≈ x_i Σ_k (c_k − c_{k−1}) ∂F(α_k x)/∂x_i
 *     α_k = (c_{k−1} + c_k) / 2,   c_k = (k / m)³
 *
 * for k = 1 … m `steps`: the midpoint rule, with steps that are finer towards the
 * baseline. `inputs` are `[1, …]`; the result has a tensor for each of them but
 * masks and numbers of frames, which stay as they are along the path. The
 * attributions add up to F(x) − F(0) up to the error of the midpoint rule. Of
 * standardised features 0 is the mean of training: the baseline is a sample of as
 * many segments that are all average.
 *
 * @throws {RangeError} `steps` is not a whole number from 1.
 */
export function integratedGradients(
  score: RowScore,
  inputs: NamedTensors,
  { steps = 256 }: { readonly steps?: number } = {},
): NamedTensors {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new RangeError(`Cannot integrate: expected a whole number of steps from 1, got ${steps}`);
  }
  const borders = Array.from({ length: steps + 1 }, (_, k) => (k / steps) ** grading);
  const cells = borders.slice(1).map((end, k) => [borders[k]!, end] as const);
  return pathGradients(score, inputs, {
    alphas: cells.map(([start, end]) => (start + end) / 2),
    weights: cells.map(([start, end]) => end - start),
  });
}

/**
 * Gradient times input: a_i = x_i ∂F(x)/∂x_i, the first step of a Taylor series
 * from x to the baseline. One gradient, and no promise that the sum means
 * something. Inputs and result as of {@linkcode integratedGradients}.
 */
export function gradientTimesInput(score: RowScore, inputs: NamedTensors): NamedTensors {
  return pathGradients(score, inputs, { alphas: [1], weights: [1] });
}

/** The scores `[n]` of one sample's features times each of `alphas`, under the same masks. */
export function scoresAlong(
  score: RowScore,
  inputs: NamedTensors,
  alphas: readonly number[],
): tf.Tensor {
  return score(rowsAt(inputs, alphas));
}

function pathGradients(
  score: RowScore,
  inputs: NamedTensors,
  { alphas, weights }: { readonly alphas: readonly number[]; readonly weights: readonly number[] },
): NamedTensors {
  const rows = rowsAt(inputs, alphas);
  const places = Object.entries(inputs).flatMap(([part, named]) =>
    Object.keys(named).filter((name) => !conditions.includes(name)).map((name) => ({ part, name }))
  );
  const gradients = tf.grads((...points) => {
    const at = mapNamed(rows, (x, part, name) => {
      const i = places.findIndex((place) => place.part === part && place.name === name);
      return i < 0 ? x : points[i]!;
    });
    return tf.sum(tf.mul(score(at), tf.tensor1d([...weights])));
  })(places.map(({ part, name }) => rows[part]![name]!));
  const result: Record<string, Record<string, tf.Tensor>> = {};
  places.forEach(({ part, name }, i) => {
    const along = tf.sum(gradients[i]!, 0, true);
    result[part] = { ...result[part], [name]: tf.mul(inputs[part]![name]!, along) };
  });
  return result;
}

// A row for each alpha, with the conditions as they are.
function rowsAt(inputs: NamedTensors, alphas: readonly number[]): NamedTensors {
  return mapNamed(inputs, (x, _, name) => {
    const ones = new Array<number>(x.rank - 1).fill(1);
    const factors = conditions.includes(name) ? alphas.map(() => 1) : [...alphas];
    return tf.mul(tf.tensor(factors, [alphas.length, ...ones]), x);
  });
}
