/**
 * Calibration of Table 1's runs, before and after a temperature that is fitted on validation.
 *
 *     deno task reproduce calibration
 *
 * @module
 */

import { reliabilityFigure, type ReliabilityPanel } from "../../lib/figures/mod.ts";
import {
  applyTemperature,
  binaryLogLoss,
  brierScore,
  expectedCalibrationError,
  fitTemperature,
  reliabilityBins,
  type Scored,
} from "../../lib/metrics/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { printNumber } from "../../lib/numbers.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import { type Branch, branches, proposedJobs } from "../../lib/study/proposed_runs.ts";
import { testExams } from "../../lib/study/run.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import type { Samples } from "../../lib/study/splits.ts";
import {
  dataCaption,
  finish,
  type Result,
  saveFigure,
  saveRun,
  shortCaption,
  type Study,
} from "../../lib/study/study.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { markdownTable, overSeeds, printScore, type Score, spreadCaption } from "../tables.ts";

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
        `T = ${printNumber(temperature.mean, 2)} fitted on validation`,
    });
    await saveFigure(files, branch === "unified" ? name : `${name}_${branch}`, figure);
  }
  const caption = `${dataCaption(study)} ${spreadCaption(seeds.length)}.`;
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
    ...markdownTable(
      ["judged on", "T", "ECE before", "after", "ECE, positive, before", "after"]
        .concat("Brier before", "after", "log loss before", "after"),
      rows.map(({ branch, temperature, before, after }) => [
        ...[branch, printScore(temperature)],
        ...(["ece", "ecePositive", "brier", "logLoss"] as const)
          .flatMap((of) => [printScore(before[of]), printScore(after[of])]),
      ]),
    ),
    "",
  ].join("\n");
}

/**
 * The proposed model's jobs of Table 1 under another kind, with an exam on the
 * validation part before that on the test part. The key of a run has neither
 * kind nor exams in it, so the models are the same to the bit.
 */
export function calibrationJobs(
  samples: Samples,
  features: CorpusFeatures,
  { seeds, data }: { readonly seeds: readonly number[]; readonly data: DataConfig },
): Record<Branch, Job[]> {
  const jobs = branches.map((branch) => [
    branch,
    proposedJobs(samples, branch, { seeds, data }).map((job): Job =>
      named({
        ...job,
        kind: `calibration-${branch}`,
        exams: [validationExam(job, features), ...testExams(job, features)],
      })
    ),
  ]);
  return Object.fromEntries(jobs);
}

// What the test part is asked, asked of the validation part.
function validationExam(job: Job, features: CorpusFeatures): Exam {
  const split = byModality((m) => ({ ...job.split[m], test: job.split[m].validation }));
  const [exam] = testExams({ ...job, split }, features);
  return { ...exam!, name: "validation" };
}

/** How far probabilities are from frequencies; over seeds. */
export interface Calibration {
  /** Expected calibration error of the confidence, ten bins from ½ to 1. */
  readonly ece: Score;
  /** Expected calibration error of the positive class, 15 bins from 0 to 1. */
  readonly ecePositive: Score;
  readonly brier: Score;
  /** In nats; scores count as no nearer to 0 and 1 than 2⁻²⁴. */
  readonly logLoss: Score;
}

/** Calibration of a branch on test, before and after a temperature. */
export interface CalibrationRow {
  readonly branch: Branch;
  /** Fitted on validation, a seed at a time; above 1 the model was too sure. */
  readonly temperature: Score;
  readonly before: Calibration;
  readonly after: Calibration;
  /** The test samples of all seeds in one diagram, before and after. */
  readonly panels: readonly [before: ReliabilityPanel, after: ReliabilityPanel];
}

/** Calibration from the predictions of {@linkcode calibrationJobs}, a pair a seed. */
export function calibrationRow(
  branch: Branch,
  seeds: readonly { readonly validation: Scored; readonly test: Scored }[],
): CalibrationRow {
  const temperatures = seeds.map(({ validation }) => fitTemperature(validation));
  const scaled = (temperature: (seed: number) => number) =>
    seeds.map(({ test: { actual, scores } }, i) => ({
      actual,
      scores: applyTemperature({ scores, temperature: temperature(i) }),
    }));
  // A temperature of 1 changes no score but those that float32 has rounded to 0 or 1.
  const before = scaled(() => 1), after = scaled((i) => temperatures[i]!);
  return {
    branch,
    temperature: overSeeds(temperatures),
    before: calibrationOf(before),
    after: calibrationOf(after),
    panels: [panelOf("before", before), panelOf("after temperature", after)],
  };
}

/** Twenty bins from 0 to 1, of which a confidence fills the upper ten. */
const confidenceBins = { bins: 20 };

function calibrationOf(tests: readonly Scored[]): Calibration {
  return {
    ece: over(tests, (test) => expectedCalibrationError(confidenceOf(test), confidenceBins)),
    ecePositive: over(tests, (test) => expectedCalibrationError(test)),
    brier: over(tests, brierScore),
    logLoss: over(tests, binaryLogLoss),
  };
}

function panelOf(name: string, tests: readonly Scored[]): ReliabilityPanel {
  const confidences = tests.map(confidenceOf);
  const pooled = {
    actual: confidences.flatMap(({ actual }) => Array.from(actual)),
    scores: confidences.flatMap(({ scores }) => Array.from(scores)),
  };
  return {
    name,
    ece: expectedCalibrationError(pooled, confidenceBins),
    bins: reliabilityBins(pooled, confidenceBins).filter(({ count }) => count > 0).map(
      ({ low, high, count, meanScore, positiveRate }) => ({
        ...{ from: low, to: high, count },
        ...{ confidence: meanScore, accuracy: positiveRate },
      }),
    ),
  };
}

/** The probability of the answer given, and whether it is right. */
function confidenceOf({ actual, scores }: Scored): Scored {
  const all = Array.from(scores);
  return {
    actual: all.map((score, i) => Number(Number(score >= 0.5) === actual[i])),
    scores: all.map((score) => Math.max(score, 1 - score)),
  };
}

function over<Of>(all: readonly Of[], value: (of: Of) => number): Score {
  return overSeeds(all.map((of) => value(of)));
}
