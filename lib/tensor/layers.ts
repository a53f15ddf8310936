/** Layers as pure functions of parameters and inputs. @module */

import * as tf from "../deps/tf.ts";
import { constant, heUniform, type Init } from "./parameter.ts";
import type { Key } from "./random.ts";

/** Parameters of {@linkcode linear}. */
export type LinearParams = {
  /** W, `[in, out]`. */
  weight: tf.Tensor;
  /** b, `[out]`. */
  bias: tf.Tensor;
};

/** He-uniform weights and a zero bias; `gain` 1 where no ReLU follows. */
export function initLinear(
  key: Key,
  width: { in: number; out: number },
  gain = 2,
): Init<LinearParams> {
  return {
    weight: heUniform(key, [width.in, width.out], width.in, gain),
    bias: constant([width.out], 0),
  };
}

/** `y = x W + b` along the last axis: `[…, in]` to `[…, out]`. */
export function linear({ weight, bias }: LinearParams, x: tf.Tensor): tf.Tensor {
  return tf.add(project(weight, x), bias);
}

/** `y = x W` along the last axis: `[…, in]` to `[…, out]`. */
export function project(weight: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const [width, out] = weight.shape as [number, number];
  if (x.shape.at(-1) !== width) {
    throw new RangeError(
      `Cannot apply a linear layer: expected a last axis of ${width}, got [${x.shape}]`,
    );
  }
  if (x.rank === 2) return tf.matMul(x, weight);
  // One large product is faster than a batch of small ones, and tfjs does not sum gradients over a broadcast batch.
  const rows = tf.reshape(x, [-1, width]);
  return tf.reshape(tf.matMul(rows, weight), [...x.shape.slice(0, -1), out]);
}

/** Parameters of {@linkcode layerNorm}. */
export type LayerNormParams = {
  /** γ, `[d]`. */
  scale: tf.Tensor;
  /** β, `[d]`. */
  shift: tf.Tensor;
};

/** γ = 1, β = 0. */
export function initLayerNorm(width: number): Init<LayerNormParams> {
  return { scale: constant([width], 1), shift: constant([width], 0) };
}

/** `y = γ (x - mean) / √(variance + 1e-5) + β` over the last axis (Ba et al. 2016). */
export function layerNorm({ scale, shift }: LayerNormParams, x: tf.Tensor): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5))), scale), shift);
}

/**
 * `y = x ⊙ keep`, where `keep` holds 0 with the dropout rate p and 1 / (1 - p)
 * otherwise (Srivastava et al. 2014, inverted); without `keep`, as in
 * inference, `y = x`. The mask is an argument so that a run can be repeated.
 */
export function dropout(x: tf.Tensor, keep: tf.Tensor | undefined): tf.Tensor {
  if (keep === undefined) return x;
  assertShape("a dropout mask", keep, x.shape);
  return tf.mul(x, keep);
}

/** The mean `[B, d]` of the segments `[B, n, d]` that `mask` `[B, n]` keeps; 0 where it keeps none. */
export function maskedMean(x: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const sum = tf.sum(tf.mul(x, tf.expandDims(mask, 2)), 1); // [B, n, d] by [B, n, 1], then [B, d]
  return tf.div(sum, tf.maximum(tf.sum(mask, 1, true), 1));
}

/** `y + x` where `y` `[V B, …]` has V views of what `x` `[B, …]` has once, the first B rows one of each. */
export function addToViews(y: tf.Tensor, x: tf.Tensor): tf.Tensor {
  if (y.shape[0] === x.shape[0]) return tf.add(y, x);
  return tf.reshape(tf.add(tf.reshape(y, [-1, ...x.shape]), x), y.shape);
}

/** Throws unless `x` has `shape`; -1 stands for any size. */
export function assertShape(name: string, x: tf.Tensor, shape: readonly number[]): void {
  if (x.rank === shape.length && shape.every((d, i) => d === -1 || d === x.shape[i])) return;
  const wanted = shape.map((d) => d === -1 ? "any" : d).join(", ");
  throw new RangeError(
    `Cannot use ${name}: expected shape [${wanted}], got [${x.shape.join(", ")}]`,
  );
}
