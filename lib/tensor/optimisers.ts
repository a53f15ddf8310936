/** Optimisers as pure functions of one flat vector: state in, state out. @module */

import * as tf from "../deps/tf.ts";

/** What AdamW remembers: both moments `[P]`. */
export type AdamWState = { first: tf.Tensor; second: tf.Tensor };

/** Settings of {@linkcode adamW}. */
export interface AdamWOptions {
  /** β1, decay of the first moment; default 0.9. */
  beta1?: number;
  /** β2, decay of the second moment; default 0.999. */
  beta2?: number;
  /** ε; default 1e-8. */
  epsilon?: number;
  /** λ; default 0.01. */
  weightDecay?: number;
  /** `[P]` of 0 and 1: which numbers decay; all by default. */
  decayed?: tf.Tensor;
}

/**
 * One step of AdamW (Loshchilov & Hutter 2019), as in PyTorch:
 *
 *     m' = β1 m + (1 - β1) g        v' = β2 v + (1 - β2) g²
 *     θ' = θ - η λ θ - η (m' / (1 - β1^t)) / (√(v' / (1 - β2^t)) + ε)
 *
 * `parameters` θ and `gradients` g are `[P]`; `learningRate` η and `step` t
 * (from 1) are scalars.
 */
export function adamW(
  { parameters, gradients, state, learningRate, step }: {
    parameters: tf.Tensor;
    gradients: tf.Tensor;
    state: AdamWState;
    learningRate: tf.Tensor;
    step: tf.Tensor;
  },
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01, decayed }: AdamWOptions = {},
): { parameters: tf.Tensor; state: AdamWState } {
  const first = tf.add(tf.mul(state.first, beta1), tf.mul(gradients, 1 - beta1));
  const second = tf.add(tf.mul(state.second, beta2), tf.mul(tf.square(gradients), 1 - beta2));
  const correction = (beta: number) => tf.sub(1, tf.pow(tf.scalar(beta), step));
  // The corrections go to the scalars, since each pass over [P] costs time.
  const root = tf.sqrt(correction(beta2));
  const rate = tf.div(tf.mul(learningRate, root), correction(beta1));
  const deviation = tf.add(tf.sqrt(second), tf.mul(root, epsilon));
  const move = tf.mul(rate, tf.div(first, deviation));
  if (weightDecay === 0) return { parameters: tf.sub(parameters, move), state: { first, second } };
  const decay = tf.mul(learningRate, weightDecay);
  const kept = tf.sub(parameters, tf.mul(parameters, decayed ? tf.mul(decayed, decay) : decay));
  return { parameters: tf.sub(kept, move), state: { first, second } };
}

/**
 * Scales gradients so that their norm is at most `maximum`, as PyTorch's
 * `clip_grad_norm_`: `g · min(1, maximum / (‖g‖ + 1e-6))`. Returns the norm
 * before clipping too.
 */
export function clipByNorm(
  gradients: tf.Tensor,
  maximum: number,
): { gradients: tf.Tensor; norm: tf.Tensor } {
  const norm = tf.sqrt(tf.sum(tf.square(gradients)));
  if (maximum === Infinity) return { gradients, norm };
  const scale = tf.minimum(tf.div(maximum, tf.add(norm, 1e-6)), 1);
  return { gradients: tf.mul(gradients, scale), norm };
}

/**
 * Limits each number of the gradients to the range from -`maximum` to
 * `maximum`, as PyTorch's `clip_grad_value_`.
 *
 * @throws {RangeError} where `maximum` is negative or no number.
 */
export function clipByValue(gradients: tf.Tensor, maximum: number): tf.Tensor {
  if (!(maximum >= 0)) {
    throw new RangeError(`Cannot clip gradients: expected a maximum from 0, got ${maximum}`);
  }
  return tf.clipByValue(gradients, -maximum, maximum);
}
