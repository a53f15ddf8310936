/**
 * Statistics on Table 1: how sure its numbers are, and how far the proposed
 * model's probabilities can be trusted.
 *
 *     deno task reproduce statistics
 *
 * Intervals of accuracy and AUC, tests of the proposed model against the
 * paper's four comparisons and the best baseline, effect sizes, the smallest
 * difference that the test part resolves, calibration before and after a
 * temperature, and selective prediction. The paper has none of these: it
 * reports one number per cell.
 *
 * @module
 */

import {
  accuracyInterval,
  agreement,
  applyTemperature,
  areaUnderRiskCoverage,
  aucInterval,
  aucRoc,
  binaryLogLoss,
  bootstrapInterval,
  brierScore,
  cohensDz,
  coverageCurve,
  type DelongTest,
  delongTest,
  discordantOddsRatio,
  expectedCalibrationError,
  fitTemperature,
  hedgesCorrection,
  holm,
  meanAndDeviation,
  type OddsRatio,
  reliabilityBins,
  type Scored,
  smallestDifferenceIndependent,
} from "../../lib/metrics/mod.ts";
import type { ReliabilityPanel } from "../../lib/figures/mod.ts";
import { byModality } from "../../lib/modality.ts";
import { key } from "../../lib/tensor/random.ts";
import type { CorpusFeatures } from "../../lib/systems/features.ts";
import {
  type Answers,
  clustersOf,
  compare,
  type Comparison,
  correctness,
} from "../../lib/study/comparisons.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import { type Branch, branches, proposedJobs } from "../../lib/study/proposed_runs.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { overSeeds, type Score } from "../tables.ts";

/** Two ends of a 95 % interval. */
export type Ends = readonly [low: number, high: number];

/** How sure the scores of a branch are. */
export interface IntervalRow {
  readonly branch: Branch;
  readonly accuracy: Score;
  /** Bootstrap over clusters, all seeds' tests pooled. */
  readonly accuracyInterval: Ends;
  /** Speakers, icon sets or texts that were resampled whole. */
  readonly clusters: number;
  /** Wilson's interval of the first seed, which takes its samples for independent. */
  readonly wilson: Ends;
  readonly auc: Score;
  /** DeLong's interval of the first seed, which takes its samples for independent. */
  readonly delong: Ends;
  /** Bootstrap over clusters, of the first seed. */
  readonly aucInterval: Ends;
  /** Test samples of the first seed. */
  readonly tested: number;
  /**
   * How far below this accuracy another system's must be on other test samples, as many, for a test
   * to find it with power 0.8; null where the accuracy is 0 or 1.
   */
  readonly resolvable: number | null;
}

/** The intervals of a branch. */
export function intervalRow(branch: Branch, answers: Answers, samples: Samples): IntervalRow {
  const files = answers.map(({ predictions }) => predictions);
  const first = files[0]!;
  const right = files.flatMap(correctness);
  const clusters = files.flatMap((file) => clustersOf(file, samples));
  const pooled = bootstrapInterval({
    count: right.length,
    clusters,
    statistic: (rows) => rows.reduce((sum, row) => sum + right[row]!, 0) / rows.length,
    key: key(0),
  });
  const accuracy = over(files, (file) => average(correctness(file)));
  const ofFirst = accuracy.seeds[0]!;
  const count = first.labels.length;
  const delong = aucInterval(scored(first));
  const area = bootstrapInterval({
    count,
    clusters: clustersOf(first, samples),
    statistic: (rows) => aucRoc(rowsOf(scored(first), rows)),
    key: key(0),
  });
  const wilson = accuracyInterval({ accuracy: ofFirst, count });
  return {
    branch,
    accuracy,
    accuracyInterval: [pooled.low, pooled.high],
    clusters: new Set(clusters).size,
    wilson: [wilson.low, wilson.high],
    auc: over(files, (file) => aucRoc(scored(file))),
    delong: [delong.low, delong.high],
    aucInterval: [area.low, area.high],
    tested: count,
    resolvable: ofFirst > 0 && ofFirst < 1
      ? smallestDifferenceIndependent({ accuracy: ofFirst, count })
      : null,
  };
}

/** The paper's comparisons. */
export const paperBaselines = ["MISA", "MSFNet (adaptation)", "CLIP", "CLIP+BERT"] as const;

/** A system's answers to the exam of a branch. */
export interface Contestant {
  readonly system: SystemName;
  readonly answers: Answers;
}

/** The proposed model against another system on one branch. */
export interface TestRow {
  readonly branch: Branch;
  readonly against: SystemName;
  /** Whether it is the best of all baselines, by the accuracy on these very tests. */
  readonly best: boolean;
  readonly comparison: Comparison;
  /** Of the first seed's AUCs, Proposed less the other. */
  readonly delong: DelongTest;
  /** Holm's correction over the systems of the branch, of each test by itself. */
  readonly pHolm: Readonly<Record<"bootstrap" | "mcnemar" | "delong", number>>;
  /** Odds that it is Proposed that is right where exactly one is; of the first seed. */
  readonly oddsRatio: OddsRatio;
  /** Hedges' g of the seeds' differences; null with fewer than three seeds or none of spread. */
  readonly effectOverSeeds: number | null;
  /** Both other samples (bootstrap, corrected) and other seeds (Student's t) would show it at 0.05. */
  readonly claimed: boolean;
}

/** The tests of a branch: the paper's comparisons, then the best baseline if it is none of them. */
export function testRows(
  branch: Branch,
  { proposed, baselines }: {
    readonly proposed: Answers;
    readonly baselines: readonly Contestant[];
  },
  samples: Samples,
): TestRow[] {
  const best = bestSingle(baselines);
  const chosen = baselines.filter(({ system }) =>
    system === best.system || (paperBaselines as readonly string[]).includes(system)
  );
  const tests = chosen.map(({ answers }) => ({
    comparison: compare({ first: proposed, second: answers }, samples),
    ...firstSeedTests(proposed, answers),
  }));
  const corrected = {
    bootstrap: holm(tests.map(({ comparison }) => comparison.p)),
    mcnemar: holm(tests.map(({ comparison }) => comparison.mcnemar.p)),
    delong: holm(tests.map(({ delong }) => delong.p)),
  };
  return tests.map((test, i) => {
    const { seeds, pOverSeeds } = test.comparison;
    const pHolm = {
      bootstrap: corrected.bootstrap[i]!,
      mcnemar: corrected.mcnemar[i]!,
      delong: corrected.delong[i]!,
    };
    return {
      branch,
      against: chosen[i]!.system,
      best: chosen[i] === best,
      ...test,
      pHolm,
      effectOverSeeds: effectOverSeeds(seeds),
      claimed: pHolm.bootstrap < 0.05 && pOverSeeds !== null && pOverSeeds < 0.05,
    };
  });
}

/** The contestant with the highest mean accuracy; the earlier of equals. */
export function bestSingle(contestants: readonly Contestant[]): Contestant {
  const accuracy = ({ answers }: Contestant) =>
    average(answers.map(({ predictions }) => average(correctness(predictions))));
  return contestants.reduce((a, b) => accuracy(b) > accuracy(a) ? b : a);
}

function firstSeedTests(proposed: Answers, other: Answers) {
  const [ours, theirs] = [proposed[0]!.predictions, other[0]!.predictions];
  const actual = ours.labels;
  const decided = (scores: readonly number[]) => scores.map((score) => Number(score >= 0.5));
  return {
    delong: delongTest({ actual, first: ours.scores, second: theirs.scores }),
    oddsRatio: discordantOddsRatio(
      agreement({ actual, first: decided(ours.scores), second: decided(theirs.scores) }),
    ),
  };
}

function effectOverSeeds(differences: readonly number[]): number | null {
  if (differences.length < 3) return null;
  const effect = cohensDz({ first: differences, second: differences.map(() => 0) });
  return Number.isFinite(effect) ? effect * hedgesCorrection(differences.length - 1) : null;
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

/** What a branch gains by leaving the least sure samples unanswered. */
export interface SelectiveRow {
  readonly branch: Branch;
  /** The area under the risk-coverage curve; that of confidences which say nothing is the error. */
  readonly area: Score;
  /** 1 less the accuracy. */
  readonly error: Score;
  /** Accuracy where this share of samples, the surest, is answered. */
  readonly points: readonly { readonly coverage: number; readonly accuracy: Score }[];
}

/** The shares of samples answered at which curves are read, rising to 1. */
const coverages = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);

/** Selective prediction over seeds. */
export function selectiveRow(branch: Branch, answers: Answers): SelectiveRow {
  const tests = answers.map(({ predictions }) => scored(predictions));
  const curves = tests.map(coverageCurve);
  return {
    branch,
    area: over(tests, areaUnderRiskCoverage),
    error: over(curves, ({ accuracy }) => 1 - accuracy.at(-1)!),
    points: coverages.map((coverage) => ({
      coverage,
      accuracy: over(curves, (curve) => {
        // Samples of equal confidence are answered together: the first point that covers as many.
        const at = curve.coverage.findIndex((covered) => covered >= coverage - 1e-9);
        return curve.accuracy[at]!;
      }),
    })),
  };
}

function scored(
  { labels, scores }: { readonly labels: readonly number[]; readonly scores: readonly number[] },
) {
  return { actual: labels, scores };
}

function rowsOf({ actual, scores }: Scored, rows: Uint32Array): Scored {
  return {
    actual: Array.from(rows, (row) => actual[row]!),
    scores: Array.from(rows, (row) => scores[row]!),
  };
}

function over<Of>(all: readonly Of[], value: (of: Of) => number): Score {
  return overSeeds(all.map((of) => value(of)));
}

function average(values: readonly number[]): number {
  return meanAndDeviation(values).mean;
}
