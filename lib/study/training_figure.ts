/** The curves of one training run, for the folder of its model. @module */

import { progressionFigure, renderSvg } from "../figures/mod.ts";
import { learntModalities, type ModelDescription } from "../inference/model_folder.ts";
import { isSynthetic } from "../inference/model_metadata.ts";
import type { TrainedHistory } from "./history_csv.ts";

/** The SVG of loss and accuracy by epoch, with a dot at the epoch whose parameters the model has. */
export async function trainingSvg(
  { history, bestEpoch }: Pick<TrainedHistory, "history" | "bestEpoch">,
  description: ModelDescription,
): Promise<string> {
  const { model: { target }, seed, data: { label } } = description;
  const learnt = learntModalities(description);
  const isScore = target?.kind === "score";
  const rows = history.map(({ epoch, trainLoss, validationLoss, validationAccuracy }) => ({
    ...{ seed, epoch, trainLoss, validationLoss, validationAccuracy, best: epoch === bestEpoch },
  }));
  return await renderSvg(progressionFigure(rows, {
    title: "Training",
    subtitle: `${label}${isSynthetic(description) ? ", synthetic" : ""}, seed ${seed}.${
      isScore ? " Accuracy: verdict and truth on one side of the middle." : ""
    }`,
    modality: learnt.length === 1 ? learnt[0]! : "unified",
    ...isScore && { loss: "mean absolute error per classifier" },
  }));
}
