/** The unit of the proposed model's losses. @module */

import type { Epoch } from "../training/train.ts";
import type { Job } from "./job.ts";

/** An epoch of the proposed model with its training loss in the unit of the validation loss. */
export function perClassifier(
  { present }: Pick<Job, "present">,
  headWeight: number,
): (epoch: Epoch) => Epoch {
  const classifiers = 1 + headWeight * present.length;
  return (epoch) => ({ ...epoch, trainLoss: epoch.trainLoss / classifiers });
}
