/** What a target asks of a network: a loss, verdicts from its outputs, and what speaks for one. @module */

import * as tf from "../deps/tf.ts";
import { polarities, type ScoreTarget, type Target } from "../target.ts";
import { absoluteError, crossEntropy } from "../tensor/losses.ts";

/** Outputs of a network and what they ought to be, as a group of a batch has it. */
export interface Judged {
  /** `[B, C]`: a logit per class, or one number. */
  readonly logits: tf.Tensor;
  /** `[B]`: places among the classes, or scores. */
  readonly labels: tf.Tensor;
  /** `[B]`; a sample of weight 0 takes no part. */
  readonly weights: tf.Tensor;
}

/**
 * The loss by target: the cross-entropy of classes; the mean absolute error of scores, as MulT
 * (Tsai et al. 2019) and most of MMSA's models have it, in halves of the range, so that a learning
 * rate means the same on any scale:
 *
 *     L = mean |z - (y - middle) / half|,  middle = (high + low) / 2,  half = (high - low) / 2
 *
 * The paper learns two classes.
 */
export function targetLoss(
  { logits, labels, weights }: Judged,
  target: Target = polarities,
): tf.Tensor {
  if (target.kind === "classes") return crossEntropy({ logits, labels, weights });
  const { middle, half } = rangeOf(target);
  const values = tf.div(tf.sub(labels, middle), half);
  return absoluteError({ outputs: logits, values, weights });
}

/**
 * Verdicts of outputs z `[B, C]`, `[B, w]`: of two classes the probability of the second,
 * softmax(z)₁; of more classes softmax(z); a score, middle + half z, no further than the range.
 */
export function verdictsOf(logits: tf.Tensor, target: Target = polarities): tf.Tensor {
  if (target.kind === "score") {
    const { middle, half } = rangeOf(target);
    return tf.clipByValue(tf.add(tf.mul(logits, half), middle), target.low, target.high);
  }
  const probabilities = tf.softmax(logits);
  return target.classes.length > 2 ? probabilities : tf.slice(probabilities, [0, 1], [-1, 1]);
}

/**
 * What an explanation divides among the parts of a sample, from outputs z `[B, C]`, `[B]`: of two
 * classes the log-odds of the second, z₁ − z₀; of more the log-odds of the class at the place
 * `favoured`, ln(p / (1 − p)) = z_c − log Σ_{k ≠ c} exp z_k; of a score the score, middle + half z,
 * which here may leave the range.
 */
export function evidenceOf(
  logits: tf.Tensor,
  { target = polarities, favoured = 0 }: {
    readonly target?: Target | undefined;
    readonly favoured?: number | undefined;
  } = {},
): tf.Tensor {
  const column = (i: number) => tf.reshape(tf.slice(logits, [0, i], [-1, 1]), [-1]);
  if (target.kind === "score") {
    const { middle, half } = rangeOf(target);
    return tf.add(tf.mul(column(0), half), middle);
  }
  const { length } = target.classes;
  if (length === 2) return tf.sub(column(1), column(0));
  const others = Array.from({ length }, (_, k) => k).filter((k) => k !== favoured).map(column);
  return tf.sub(column(favoured), tf.logSumExp(tf.stack(others, 1), 1));
}

function rangeOf({ low, high }: ScoreTarget): { middle: number; half: number } {
  return { middle: (high + low) / 2, half: (high - low) / 2 };
}
