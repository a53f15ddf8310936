/**
 * Tuning: the same trials for every trained system, judged on validation.
 *
 *     deno task reproduce tuning
 *
 * 5 systems × 3 learning rates × 4 runs × 2 seeds: 18 minutes of one core.
 * docs/tuning.md has its result on the embedded corpus, which is synthetic. Its
 * choices are in `lib/study/settings.ts`, so nothing else has to run it. It has
 * seeds of its own, which no table uses, and asks nothing of the test part.
 *
 * @module
 */

import { printNumber } from "../../lib/numbers.ts";
import { dataCaption, type Experiment } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import { blocks, markdownTable } from "../tables.ts";
import { collateTuning, planTuning, type TrialRow, trials, tuningSeeds } from "./rows.ts";

/** Runs every trial and says which were best. */
export const tuning: Experiment = async (study) => {
  const { samples, options: { config } } = study;
  const title = "Tuning. The same trials for every trained system";
  const result = beginResult(study, { name: "tuning", title });
  const chosen = config.thorough ? trials : trials.slice(0, 1);
  const seeds = config.thorough ? tuningSeeds : tuningSeeds.slice(0, 1);
  const outcomes = await study.run(planTuning(samples, { data: config.data, seeds, chosen }));
  outcomes.forEach((outcome) => result.keep(outcome));
  const rows = collateTuning(outcomes, chosen);
  const caption = `${dataCaption(study)} Validation parts of seeds that no table uses, ` +
    `${seeds.join(", ")}; mean over runs, four per seed: alone on each modality and on triples.`;
  return result.finish({ caption, body: linesOf(rows), numbers: { seeds, rows }, rows });
};

function linesOf(rows: readonly TrialRow[]): string[] {
  return blocks(markdownTable(
    ["system", "learning rate", "validation loss", "validation accuracy", "of its worst run", ""],
    rows.map(({ system, tuned: { learningRate }, loss, accuracy, worst, chosen }) => [
      system,
      learningRate,
      printNumber(loss, 4),
      printNumber(accuracy, 4),
      printNumber(worst, 4),
      chosen ? "chosen" : "",
    ]),
    { lastIsText: true },
  ));
}
