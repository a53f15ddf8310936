/** How a saved model was trained, epoch by epoch. @module */

import { type Epoch, learningRateAt, type TrainConfig } from "../training/train.ts";
import { rowsToCsv } from "./rows_csv.ts";

/** A training run that has ended. */
export interface TrainedHistory {
  /** A line for each epoch. */
  readonly history: readonly Epoch[];
  readonly stepsPerEpoch: number;
  readonly bestEpoch: number;
}

/**
 * `epoch,step,trainLoss,validationLoss,validationAccuracy,learningRate,kept`: the steps done when the
 * epoch has ended, the scores as {@linkcode Epoch} has them, the rate of its last step, and whether its
 * parameters were kept. It has no seconds and no norm of the gradient: a run that was cut off has the
 * bytes of one that was not, and the compiled step keeps that norm to itself.
 */
export function historyToCsv(
  { history, stepsPerEpoch, bestEpoch }: TrainedHistory,
  training: Pick<TrainConfig, "epochs" | "learningRate" | "warmup">,
): string {
  return rowsToCsv(history.map(({ epoch, ...scores }) => ({
    epoch,
    step: epoch * stepsPerEpoch,
    ...scores,
    learningRate: learningRateAt(
      epoch * stepsPerEpoch - 1,
      training.epochs * stepsPerEpoch,
      training,
    ),
    kept: epoch === bestEpoch,
  })));
}
