/**
 * Table 2, the training summary of the proposed model.
 *
 *     deno task reproduce table_2
 *
 * The proposed model on each modality alone and on triples, with two seeds: the
 * runs of Table 1, found in seconds if it was made before. The paper's text
 * names the table and gives none of its numbers; what it summarises is our
 * reading of "training summary".
 *
 * @module
 */

import { branches, lossCaption, proposedRuns } from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import { spreadCaption } from "../tables.ts";
import { table2Lines, trainingRow } from "./rows.ts";

/** Makes Table 2 of the proposed model's runs. */
export const table2: Experiment = async (study) => {
  const { seeds, jobs, config: { training } } = study.options;
  const title = "Table 2. Training summary of the proposed model";
  const result = beginResult(study, { name: "table_2", title });
  const runs = await proposedRuns(study);
  const all = Object.values(runs).flat();
  all.forEach((outcome) => result.keep(outcome));
  const rows = branches.map((branch) => trainingRow(branch, runs[branch], training));
  const peakMegabytes = Math.max(...all.map(({ megabytes = 0 }) => megabytes));
  const caption = `${dataCaption(study)} ${spreadCaption(seeds.length)}. ` +
    `Seconds are those of one thread, ${jobs} runs side by side, on ${Deno.build.target}; the process held ${peakMegabytes} MB at most when one ended. ` +
    lossCaption;
  return result.finish({
    caption,
    body: table2Lines(rows),
    numbers: { peakMegabytes, rows },
    rows,
  });
};
