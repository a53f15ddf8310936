/**
 * Calibration of Table 1's runs, before and after a temperature that is fitted on validation.
 *
 *     deno task reproduce calibration
 *
 * 4 branches × 2 seeds, the models of Table 1, found if it was made before; its
 * time alone was not measured. The paper says nothing of calibration; ours is of
 * the embedded corpus, which is synthetic.
 *
 * @module
 */

import { reliabilityFigure } from "../../lib/figures/mod.ts";
import { printNumber } from "../../lib/numbers.ts";
import { branches } from "../../lib/study/proposed_runs.ts";
import { dataCaption, type Experiment, shortCaption } from "../../lib/study/study.ts";
import { beginResult } from "../result.ts";
import { blocks, branchName, markdownTable, scored, spreadCaption } from "../tables.ts";
import { calibrationJobs, type CalibrationRow, calibrationRow } from "./rows.ts";

/** Asks the runs of Table 1 on validation as well, and fits a temperature to what they say there. */
export const calibration: Experiment = async (study) => {
  const { samples, features, options: { seeds, config } } = study;
  const name = "calibration";
  const title = "Calibration. How far probabilities can be trusted";
  const result = beginResult(study, { name, title });
  const jobs = calibrationJobs(samples, features, { seeds, data: config.data });
  const judged = await result.run(Object.values(jobs).flat());
  const rows = branches.map((branch) => {
    const names = new Set(jobs[branch].map(({ name }) => name));
    const tests = judged.filter(({ job }) => names.has(job.name))
      .map(({ exams: [validation, test] }) => ({
        validation: scored(validation!),
        test: scored(test!),
      }));
    return calibrationRow(branch, tests);
  });
  for (const { branch, temperature, panels } of rows) {
    await result.figure((form) =>
      reliabilityFigure(panels, {
        title: `Calibration of ${branchName(branch)}`,
        subtitle: `${shortCaption(study)}; all seeds' test samples, ` +
          `T = ${printNumber(temperature.mean, 2)} fitted on validation`,
        ...form,
      }), branch === "unified" ? name : `${name}_${branch}`);
  }
  const caption = `${dataCaption(study)} ${spreadCaption(seeds.length)}.`;
  return result.finish({ caption, body: linesOf(rows), numbers: { rows }, rows });
};

function linesOf(rows: readonly CalibrationRow[]): string[] {
  return blocks(
    "On test; the temperature T is fitted on validation. ECE is of the confidence, in ten bins, and of the positive class, in 15.",
    markdownTable(
      ["judged on", "T", "ECE before", "after", "ECE, positive, before", "after"]
        .concat("Brier before", "after", "log loss before", "after"),
      rows.map(({ branch, temperature, before, after }) => [
        branch,
        temperature,
        ...(["ece", "ecePositive", "brier", "logLoss"] as const)
          .flatMap((of) => [before[of], after[of]]),
      ]),
    ),
  );
}
