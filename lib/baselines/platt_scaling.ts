/** Platt scaling: logits that mean what they say. @module */

import { minimise } from "./lbfgs.ts";
import { logLoss, sigmoid } from "./logistic_loss.ts";

/** A calibrated logit is slope · logit + offset. */
export interface PlattScaling {
  readonly slope: number;
  readonly offset: number;
}

/**
 * The straight line that makes logits z fit the labels best (Platt,
 * *Probabilistic outputs for support vector machines*, 1999):
 *
 *     minimise over a, b:  Σ_n log(1 + exp(−y_n (a z_n + b))) + ½ (a − 1)²,  y = ±1
 *
 * Platt softens the labels; we draw the slope towards 1 instead, so that it stays
 * finite where the logits separate the labels, and a few samples change little.
 * The offset is free: calibrated probabilities have the mean of the labels.
 *
 * @throws {RangeError} Lengths that differ, or labels of one class only.
 */
export function fitPlattScaling(
  { logits, labels }: {
    readonly logits: ArrayLike<number>;
    readonly labels: ArrayLike<number>;
  },
): PlattScaling {
  const positive = Array.from(labels).filter((label) => label === 1).length;
  if (logits.length !== labels.length || positive === 0 || positive === labels.length) {
    throw new RangeError(
      `Cannot calibrate logits: expected one label for each of ${logits.length} logits, of both ` +
        `classes, got ${labels.length} labels, ${positive} of them positive`,
    );
  }
  const n = labels.length;
  const { point } = minimise((point, gradient) => {
    const [slope, offset] = point as unknown as [number, number];
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const margin = slope * logits[i]! + offset;
      const residual = (sigmoid(margin) - labels[i]!) / n;
      loss += logLoss(margin, labels[i]!);
      gradient[0]! += residual * logits[i]!;
      gradient[1]! += residual;
    }
    gradient[0]! += (slope - 1) / n;
    return (loss + (slope - 1) ** 2 / 2) / n;
  }, Float64Array.of(1, 0));
  return { slope: point[0]!, offset: point[1]! };
}
