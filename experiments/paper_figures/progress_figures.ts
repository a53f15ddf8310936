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
  branches,
  lossCaption,
  proposedRunsOf,
  trainingRecord,
} from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment, shortCaption } from "../../lib/study/study.ts";
import type { ProposedTraining } from "../../lib/systems/settings.ts";
import { beginResult } from "../result.ts";
import { branchName } from "../tables.ts";

/** Draws a branch's loss and accuracy over the epochs of Table 1's runs. */
function progressFigure(number: number, branch: Branch): Experiment {
  return async (study) => {
    const title = `Figure ${number}. Progress of ${branchName(branch)}`;
    const result = beginResult(study, { name: `fig_${number}`, title });
    const runs = await proposedRunsOf(study, branch);
    runs.forEach((run) => result.keep(run));
    const rows = progression(runs, study.options.config.training);
    const subtitle = shortCaption(study);
    const options = { title, subtitle, modality: branch };
    await result.figure((form) => progressionFigure(rows, { ...options, ...form }));
    const caption = `${dataCaption(study)} ${lossCaption}`;
    return result.finish({ caption, numbers: { rows }, rows });
  };
}

/** Figs. 5 to 8: the whole model, then images, text and speech alone. */
export const progressFigures: Readonly<Record<string, Experiment>> = Object.fromEntries(
  branches.map((branch, i) => [`fig_${5 + i}`, progressFigure(5 + i, branch)]),
);

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
