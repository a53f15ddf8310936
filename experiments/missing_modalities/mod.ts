/**
 * Robustness: what systems still know when modalities are missing or at odds with each other.
 *
 *     deno task reproduce robustness_missing
 *
 * One model a seed, trained as for Table 1, answers everything: every subset of the modalities, from
 * which follows what missing rates cost, shared and imbalanced as in MissBench (Pham et al. 2026,
 * arXiv 2603.09874), and how evenly modalities contribute. That benchmark has modalities missing in
 * training too. 5 systems × seeds; 3 networks × half of the seeds are trained once more, to the same
 * parameters, and keep the gradients of each modality's modules. Its time alone was not measured. The
 * paper's abstract speaks of missing modalities; it has no test of them.
 *
 * @module
 */

import { type Experiment, fewerSeeds, shortCaption } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import { planTrials, robustCaption } from "../robustness/plan.ts";
import { attentionUnderConflict } from "./conflicts.ts";
import { ratesFigure, subsetsFigure } from "./figures.ts";
import { missingFindings, missingShortcomings } from "./findings.ts";
import { learningRows } from "./learning.ts";
import { missingLines } from "./markdown.ts";
import { planLearning, planMissing } from "./plan.ts";
import { collateMissing } from "./rows.ts";

/** Shows the systems of each seed less, and contradictory samples, and says what they make of them. */
export const robustnessMissing: Experiment = async (study) => {
  const { samples, options: { seeds, config: { data } } } = study;
  const name = "robustness_missing";
  const title = "Robustness. Missing and contradictory modalities";
  const result = beginResult(study, { name, title });
  const trials = planTrials(samples, { seeds, data });
  const watched = fewerSeeds(study);
  const plan = planMissing(trials, samples);
  const learningPlan = planLearning(trials.filter(({ seed }) => watched.includes(seed)));
  // Together, so that no core waits between them.
  const outcomes = await study.run([...plan, ...learningPlan]);
  const judged = outcomes.map((outcome) => result.keep(outcome));
  const rows = collateMissing(judged.slice(0, plan.length), samples);
  const learning = learningRows(outcomes.slice(plan.length));
  const attention = attentionUnderConflict(outcomes.slice(0, plan.length));
  const subtitle = shortCaption(study, seeds.length);
  await result.figure((form) => subsetsFigure(rows.subsets, { subtitle, ...form }));
  await result.figure((form) => ratesFigure(rows.missing, { subtitle, ...form }), `${name}_rates`);
  return result.finish({
    caption: `${robustCaption(study, seeds)} Gradients: of seed ${watched.join(", ")}.`,
    body: missingLines({ ...rows, attention, learning }),
    numbers: {
      seeds,
      findings: missingFindings(rows, learning),
      shortcomings: missingShortcomings(rows),
      ...rows,
      learning,
      attention,
    },
    rows: rows.missing,
  });
};
