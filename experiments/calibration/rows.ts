/** The runs that calibration asks, and how far their probabilities are from frequencies. @module */

import type { ReliabilityPanel } from "../../lib/figures/mod.ts";
import * as metrics from "../../lib/metrics/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import { type Branch, branches, proposedJobs } from "../../lib/study/proposed_runs.ts";
import { testExams } from "../../lib/study/run.ts";
import type { Draws, Samples } from "../../lib/study/splits.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import { overSeeds, type Score } from "../tables.ts";

/**
 * The proposed model's jobs of Table 1 under another kind, with an exam on the
 * validation part before that on the test part. The key of a run has neither
 * kind nor exams in it, so the models are the same to the bit.
 */
export function calibrationJobs(
  samples: Samples,
  features: CorpusFeatures,
  { seeds, data }: Draws,
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
  seeds: readonly { readonly validation: metrics.Scored; readonly test: metrics.Scored }[],
): CalibrationRow {
  const temperatures = seeds.map(({ validation }) => metrics.fitTemperature(validation));
  const scaled = (temperature: (seed: number) => number) =>
    seeds.map(({ test: { actual, scores } }, i) => ({
      actual,
      scores: metrics.applyTemperature({ scores, temperature: temperature(i) }),
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

function calibrationOf(tests: readonly metrics.Scored[]): Calibration {
  const over = (error: (test: metrics.Scored) => number) =>
    overSeeds(tests.map((test) => error(test)));
  return {
    ece: over((test) => metrics.expectedCalibrationError(confidenceOf(test), confidenceBins)),
    ecePositive: over((test) => metrics.expectedCalibrationError(test)),
    brier: over(metrics.brierScore),
    logLoss: over(metrics.binaryLogLoss),
  };
}

function panelOf(name: string, tests: readonly metrics.Scored[]): ReliabilityPanel {
  const confidences = tests.map(confidenceOf);
  const pooled = {
    actual: confidences.flatMap(({ actual }) => Array.from(actual)),
    scores: confidences.flatMap(({ scores }) => Array.from(scores)),
  };
  return {
    name,
    ece: metrics.expectedCalibrationError(pooled, confidenceBins),
    bins: metrics.reliabilityBins(pooled, confidenceBins).filter(({ count }) => count > 0).map(
      ({ low, high, count, meanScore, positiveRate }) => ({
        from: low,
        to: high,
        count,
        confidence: meanScore,
        accuracy: positiveRate,
      }),
    ),
  };
}

/** The probability of the answer given, and whether it is right. */
function confidenceOf({ actual, scores }: metrics.Scored): metrics.Scored {
  const all = Array.from(scores);
  return {
    actual: all.map((score, i) => Number(Number(metrics.isPositive(score)) === actual[i])),
    scores: all.map((score) => Math.max(score, 1 - score)),
  };
}
