/** Calibration of Table 1's runs, from a study's features to files. @module */

import { reliabilityFigure } from "../../lib/figures/mod.ts";
import { branches } from "../../lib/study/proposed_runs.ts";
import { type Calibration, calibrationJobs, type CalibrationRow, calibrationRow } from "./rows.ts";
import {
  dataCaption,
  finish,
  type Result,
  saveFigure,
  saveRun,
  shortCaption,
  type Study,
} from "../../lib/study/study.ts";
import { printScore } from "../tables.ts";

/** Asks the runs of Table 1 on validation as well, and fits a temperature to what they say there. */
export async function reproduceCalibration(study: Study): Promise<Result> {
  const { samples, features, options: { seeds, config } } = study;
  const jobs = calibrationJobs(samples, features, { seeds, data: config.data });
  const outcomes = await study.run(Object.values(jobs).flat());
  const files = new Map<string, string>();
  const judged = outcomes.map((outcome) => saveRun(files, outcome, samples));
  const rows = branches.map((branch) => {
    const names = new Set(jobs[branch].map(({ name }) => name));
    const own = judged.filter(({ job }) => names.has(job.name));
    return calibrationRow(
      branch,
      own.map(({ exams: [validation, test] }) => ({
        validation: { actual: validation!.labels, scores: validation!.scores },
        test: { actual: test!.labels, scores: test!.scores },
      })),
    );
  });
  const [name, title] = ["calibration", "Calibration. How far probabilities can be trusted"];
  for (const { branch, temperature, panels } of rows) {
    const figure = reliabilityFigure(panels, {
      title: `Calibration of ${branch === "unified" ? "the whole model" : `the ${branch} branch`}`,
      subtitle: `${shortCaption(study)}; all seeds' test samples, ` +
        `T = ${temperature.mean.toFixed(2)} fitted on validation`,
    });
    await saveFigure(files, branch === "unified" ? name : `${name}_${branch}`, figure);
  }
  const caption =
    `${dataCaption(study)} Mean ± standard deviation over seeds, of which there are ` +
    `${seeds.length}.`;
  const markdown = toMarkdown(rows, { title, caption });
  return finish(study, { name, title, caption, markdown, numbers: { rows }, rows, files });
}

function toMarkdown(
  rows: readonly CalibrationRow[],
  { title, caption }: { readonly title: string; readonly caption: string },
): string {
  return [
    `## ${title}`,
    "",
    caption,
    "",
    "On test; the temperature T is fitted on validation. ECE is of the confidence, in ten bins, and of the positive class, in 15.",
    "",
    "| judged on | T | ECE before | after | ECE, positive, before | after | Brier before | after | log loss before | after |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map(lineOf),
    "",
  ].join("\n");
}

function lineOf({ branch, temperature, before, after }: CalibrationRow): string {
  const pair = (of: keyof Calibration) => [printScore(before[of]), printScore(after[of])];
  const scores = (["ece", "ecePositive", "brier", "logLoss"] as const).flatMap(pair);
  return `| ${[branch, printScore(temperature), ...scores].join(" | ")} |`;
}
