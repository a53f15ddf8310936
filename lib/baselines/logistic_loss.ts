/** The logistic function, its inverse and its loss. @module */

/** The logistic function: 1 / (1 + exp(−x)), in [0, 1]. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * The inverse of {@linkcode sigmoid}: ln(p / (1 − p)).
 *
 * Probabilities are kept 1e-7 away from 0 and 1, so logits lie within ±16.2: a
 * network gives probabilities in float32, which says no more close to 1.
 */
export function logit(p: number): number {
  const kept = Math.min(Math.max(p, 1e-7), 1 - 1e-7);
  return Math.log(kept / (1 - kept));
}

/** −log σ(±margin), plus for label 1 and minus for 0, in a form that exp cannot overflow; in nats. */
export function logLoss(margin: number, label: number): number {
  return Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(margin, 0) - label * margin;
}
