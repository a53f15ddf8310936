/**
 * Figs. 5 to 8: the progress of the whole model and of each branch over epochs.
 *
 *     deno task reproduce fig_5 fig_6 fig_7 fig_8
 *
 * A branch × 2 seeds each: the runs of Table 1, found if it was made before;
 * their time alone was not measured. The paper shows curves of its own data; ours
 * are of the embedded corpus, which is synthetic.
 *
 * @module
 */

import { progressionFigure, type ProgressionRow } from "../../lib/figures/mod.ts";
import type { Outcome } from "../../lib/study/job.ts";
import {
  type Branch,
  lossCaption,
  proposedRunsOf,
  trainingRecord,
} from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment, shortCaption } from "../../lib/study/study.ts";
import type { ProposedTraining } from "../../lib/systems/settings.ts";
import { beginResult } from "../result.ts";
import { branchName } from "./branch_name.ts";

/** Draws a branch's loss and accuracy over the epochs of Table 1's runs. */
function progressFigure(number: number, branch: Branch): Experiment {
  return async (study) => {
    const title = `Figure ${number}. Progress of ${branchName(branch)}`;
    const result = beginResult(study, { name: `fig_${number}`, title });
    const runs = await proposedRunsOf(study, branch);
    runs.forEach((run) => result.keep(run));
    const rows = progression(runs, study.options.config.training);
    const subtitle = shortCaption(study);
    await result.figure(progressionFigure(rows, { title, subtitle, modality: branch }));
    const caption = `${dataCaption(study)} ${lossCaption}`;
    return result.finish({ caption, numbers: { rows }, rows });
  };
}

/** Fig. 5: the whole model. */
export const fig5: Experiment = progressFigure(5, "unified");
/** Fig. 6: images alone. */
export const fig6: Experiment = progressFigure(6, "image");
/** Fig. 7: text alone. */
export const fig7: Experiment = progressFigure(7, "text");
/** Fig. 8: speech alone. */
export const fig8: Experiment = progressFigure(8, "audio");

/** A row per epoch and run. */
export function progression(
  outcomes: readonly Outcome[],
  training: Pick<ProposedTraining, "headWeight">,
): (ProgressionRow & { readonly best: boolean })[] {
  return outcomes.flatMap((outcome) => {
    const { history, bestEpoch } = trainingRecord(outcome, training);
    return history.map(({ epoch, trainLoss, validationLoss, validationAccuracy }) => ({
      seed: outcome.job.seed,
      epoch,
      trainLoss,
      validationLoss,
      validationAccuracy,
      best: epoch === bestEpoch,
    }));
  });
}
