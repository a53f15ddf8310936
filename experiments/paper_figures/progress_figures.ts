/**
 * Figs. 5 to 8: the progress of the whole model and of each branch over epochs.
 *
 *     deno task reproduce fig_5 fig_6 fig_7 fig_8
 *
 * @module
 */

import { progressionFigure, type ProgressionRow } from "../../lib/figures/mod.ts";
import {
  type Branch,
  lossCaption,
  proposedRunsOf,
  trainingRecord,
} from "../../lib/study/proposed_runs.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { ProposedTraining } from "../../lib/systems/settings.ts";
import {
  dataCaption,
  type Experiment,
  finish,
  saveFigure,
  saveRun,
  shortCaption,
} from "../../lib/study/study.ts";

/** The paper's number of the figure with a branch's progress. */
const figureNumbers: Readonly<Record<Branch, number>> = { unified: 5, image: 6, text: 7, audio: 8 };

/** Draws a branch's loss and accuracy over the epochs of Table 1's runs. */
export function progressExperiment(branch: Branch): Experiment {
  return async (study) => {
    const runs = await proposedRunsOf(study, branch);
    const files = new Map<string, string>();
    for (const run of runs) saveRun(files, run, study.samples);
    const rows = progression(runs, study.options.config.training);
    const number = figureNumbers[branch];
    const name = `fig_${number}`;
    const of = branch === "unified" ? "the whole model" : `the ${branch} branch`;
    const [title, caption] = [
      `Figure ${number}. Progress of ${of}`,
      `${dataCaption(study)} ${lossCaption}`,
    ];
    const subtitle = shortCaption(study);
    await saveFigure(
      files,
      name,
      progressionFigure(rows, { title, subtitle, modality: branch }),
    );
    const markdown = `## ${title}\n\n${caption}\n`;
    return finish(study, { name, title, caption, markdown, numbers: { rows }, rows, files });
  };
}

/** A row per epoch and run. */
export function progression(
  outcomes: readonly Outcome[],
  training: Pick<ProposedTraining, "headWeight">,
): (ProgressionRow & { readonly best: boolean })[] {
  return outcomes.flatMap((outcome) => {
    const { history, bestEpoch } = trainingRecord(outcome, training);
    return history.map(({ epoch, trainLoss, validationLoss, validationAccuracy }) => ({
      seed: outcome.job.seed,
      ...{ epoch, trainLoss, validationLoss, validationAccuracy },
      best: epoch === bestEpoch,
    }));
  });
}
