/** What one modality says of samples, as numbers that can be added up. @module */

import { evidenceOf } from "../baselines/evidence.ts";
import { verdictOfLabels } from "../baselines/labels.ts";
import { linearProbe } from "../baselines/linear_probe.ts";
import { meanAndDeviation } from "../metrics/mean_and_deviation.ts";
import type { Modality } from "../modality.ts";
import type { CorpusFeatures, ModalityFeatures } from "../systems/features.ts";
import { copiesOfRows } from "../systems/noisy_copies.ts";
import type { Fitted, Problem, System } from "../systems/system.ts";
import { polarities, type Target } from "../target.ts";
import { evidenceFolds } from "./evidence_folds.ts";
import { fitReliability, readDepartures, reliabilityOf } from "./reliability.ts";
import { fitTemperature, type JudgedEvidence, withTemperature } from "./temperature.ts";

/** What one modality says of samples beyond the prior. */
export interface ModalityEvidence {
  /**
   * Calibrated evidence less the prior's, `[N, w]`: of two classes log-odds, of more a number a class,
   * of a score its distance from the mean. Rows are of the problem's features, or of others with the
   * same tables.
   */
  of(rows: ArrayLike<number>, features?: CorpusFeatures): Promise<Float64Array>;
  /** The same of the training rows, in their order, by models that have not met their group. */
  readonly outOfFold: Float64Array;
  /**
   * The same of noisy copies of the training rows, by models that have met neither copy nor sample; if
   * there are some.
   */
  readonly noisyOutOfFold?: { readonly rows: readonly number[]; readonly evidence: Float64Array };
  /** How far the modality is believed of each row, α `[N]`, where that depends on the row. */
  reliability?(rows: ArrayLike<number>, features?: CorpusFeatures): Float64Array;
  /** Its own prior's, `[w]`: added to the evidence, it makes a verdict of this modality alone. */
  readonly prior: Float64Array;
  /** Of scores the mean of the training labels, and what is known of a score without and with it. */
  readonly score?: ScorePrecision;
  /** The probe, its strength, temperature and folds. JSON. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Frees the probe. */
  dispose(): Promise<void>;
}

/** Inverse variances of a score: what it is known to. */
export interface ScorePrecision {
  /** Of the training labels. */
  readonly mean: number;
  /** 1 over their variance. */
  readonly prior: number;
  /** 1 over the mean squared error of the calibrated evidence; no less than the prior's. */
  readonly told: number;
}

/** Options of {@linkcode fitModalityEvidence}. */
export interface ModalityEvidenceOptions {
  /** What knows the modality, fitted under `single` with one of these strengths C; a linear probe by default. */
  readonly probeOf?: (strengths?: readonly number[]) => System;
  /** Most folds of the training part; 5 by default. */
  readonly folds?: number;
}

/**
 * Fits a linear probe of one modality and calibrates what it says:
 *
 *     e(x) = α (z(x) − z_π) + β
 *
 * z is the probe's log-odds of two classes, its log-probabilities of more, or its score
 * (`evidenceOf`), and z_π the same of the prior, the share of each class among the modality's training
 * samples, or their mean score. α and β are those of `fitTemperature` on the validation part and on
 * the training part, whose rows are judged out of fold: by probes that have met no row of their group
 * (stacked generalisation, Wolpert, *Neural Networks* 5(2), 1992). A probe is too sure of rows that it
 * was fitted on, and what learns from its evidence would learn to trust it. The strength C is that of
 * the lowest loss over the folds, by the loss that the probe itself chooses by: the training part has
 * several times as many rows as the validation part, which the gate of a fusion needs for itself.
 *
 * With noisy copies the probe learns them, too, and α is a function of the sample, e(x) = α(x) (d(x) + β)
 * (`fitReliability`), fitted on the same rows and on their copies: in noise that leaves nothing of the
 * modality it is near 0, and the verdict that of the others. Each copy of a training row counts twice, as
 * judged by a probe that has learnt noise and by one that has met none: of a kind of noise that is held out
 * the probe knows as little, and what it is worth under the one is too much to expect under the other.
 *
 * @throws {RangeError} The modality has fewer than two training rows.
 */
export async function fitModalityEvidence(
  problem: Problem,
  modality: Modality,
  { probeOf = defaultProbe, folds: most = 5 }: ModalityEvidenceOptions = {},
): Promise<ModalityEvidence> {
  const { features, train, validation, target = polarities } = problem;
  const labelsOf = (rows: readonly number[]) => rows.map((row) => features[modality].labels[row]!);
  const rows = train[modality], labels = labelsOf(rows);
  const copiesOf = (rows: readonly number[]) => copiesOfRows(problem.noisy, modality, rows);
  const copies = copiesOf(rows), asked = [...rows, ...copies];
  const validated = [...validation[modality], ...copiesOf(validation[modality])];
  const prior = priorOf(labels, target);
  const read = async (fitted: Fitted, rows: ArrayLike<number>, others?: CorpusFeatures) => {
    const verdicts = (await fitted.predict({ [modality]: rows }, others))[modality]!;
    return evidenceOf(target, verdicts).map((z, i) => z - prior[i % prior.length]!);
  };
  const { folds, areOfGroups } = evidenceFolds(problem, modality, most);
  const parts = folds.map((fold) => partsWithout(problem, modality, fold));
  const chosen = await chooseStrength(parts, modality, probeOf);
  const probe = probeOf(chosen && [chosen.C]);
  const notMet = new Float64Array(asked.length * prior.length);
  // What copies are to probes that have met no noise at all.
  const misled: { readonly rows: readonly number[]; readonly evidence: Float64Array }[] = [];
  const placeOf = new Map(asked.map((row, place) => [row, place]));
  for (const part of parts) {
    const ofFold = await probe.fit(part);
    const held = part.validation[modality], judged = [...held, ...copiesOf(held)];
    const told = await read(ofFold, judged);
    judged.forEach((row, at) => {
      const own = told.subarray(at * prior.length, (at + 1) * prior.length);
      notMet.set(own, placeOf.get(row)! * prior.length);
    });
    await ofFold.dispose();
    const ofHeld = copiesOf(held);
    if (ofHeld.length === 0) continue;
    const { noisy: _, ...clean } = part;
    const unaware = await probe.fit(clean);
    misled.push({ rows: ofHeld, evidence: await read(unaware, ofHeld) });
    await unaware.dispose();
  }
  const fitted = await probe.fit({ ...problem, protocol: "single", present: [modality] });
  const none = new Float64Array(0);
  const judgedOf = (rows: readonly number[], evidence: Float64Array): JudgedEvidence => ({
    ...{ evidence, labels: labelsOf(rows), prior, target },
  });
  const known = [...asked, ...validated];
  const judged = judgedOf(
    known,
    joined(notMet, validated.length > 0 ? await read(fitted, validated) : none),
  );
  const withMisled = judgedOf(
    [...known, ...misled.flatMap(({ rows }) => rows)],
    misled.reduce((all, { evidence }) => joined(all, evidence), judged.evidence),
  );
  const own = features[modality], all = { features: own, rows: known };
  const calibration = copies.length > 0
    ? calibratedByReliability(withMisled, {
      ...{ features: own, train: rows },
      rows: [...known, ...misled.flatMap(({ rows }) => rows)],
    })
    : calibratedByTemperature(judged);
  const { calibrate, reliability } = calibration;
  const calibrated = calibrate(notMet, { features: own, rows: asked });
  const size = rows.length * prior.length;
  const score = target.kind === "score"
    ? precisionOf(judged, calibrate(judged.evidence, all), labels)
    : undefined;
  return {
    async of(rows, others) {
      const evidence = await read(fitted, rows, others);
      return calibrate(evidence, { features: (others ?? features)[modality], rows });
    },
    outOfFold: calibrated.slice(0, size),
    ...copies.length > 0 && { noisyOutOfFold: { rows: copies, evidence: calibrated.slice(size) } },
    ...reliability && {
      reliability: (rows, others = features) => reliability({ features: others[modality], rows }),
    },
    prior,
    ...score && { score },
    record: {
      ...chosen,
      ...calibration.record,
      folds: folds.length,
      foldsAreOf: areOfGroups ? "groups" : "rows",
      ...score && { precision: score },
    },
    dispose: () => fitted.dispose(),
  };
}

function defaultProbe(strengths?: readonly number[]): System {
  return linearProbe(strengths ? { strengths } : {});
}

/** The problem of the modality alone, in which a fold of the training rows validates. */
function partsWithout(problem: Problem, modality: Modality, fold: readonly number[]): Problem {
  const { train, validation } = problem;
  const rows = train[modality], held = new Set(fold);
  return {
    ...problem,
    protocol: "single",
    present: [modality],
    train: { ...train, [modality]: rows.filter((_, place) => !held.has(place)) },
    validation: { ...validation, [modality]: fold.map((place) => rows[place]!) },
  };
}

/** A strength that was tried, and its mean loss over the rows of all folds. */
interface StrengthOfFolds {
  readonly C: number;
  readonly loss: number;
}

// The trials of each probe that is fitted without a fold are of that fold's rows. Where training rows
// are of one class, nothing is tried.
async function chooseStrength(
  parts: readonly Problem[],
  modality: Modality,
  probeOf: NonNullable<ModalityEvidenceOptions["probeOf"]>,
): Promise<{ readonly C: number; readonly trials: readonly StrengthOfFolds[] } | undefined> {
  const sums = new Map<number, number>();
  let count = 0;
  for (const part of parts) {
    const { record, dispose } = await probeOf().fit(part);
    await dispose();
    const { trials = [] } = record[modality] as { readonly trials?: readonly ProbeTrial[] } ?? {};
    const rows = part.validation[modality].length;
    count += rows;
    for (const { C, validationLogLoss, validationMeanAbsoluteError } of trials) {
      const loss = validationLogLoss ?? validationMeanAbsoluteError!;
      sums.set(C, (sums.get(C) ?? 0) + rows * loss);
    }
  }
  const trials = [...sums].map(([C, sum]) => ({ C, loss: sum / count }));
  if (trials.length === 0) return undefined;
  const { C } = trials.reduce((a, b) => (b.loss < a.loss ? b : a));
  return { C, trials };
}

/** A line of `Readout.record.trials`. */
interface ProbeTrial {
  readonly C: number;
  readonly validationLogLoss?: number;
  readonly validationMeanAbsoluteError?: number;
}

/** Rows of a modality's features. */
interface Asked {
  readonly features: ModalityFeatures;
  readonly rows: ArrayLike<number>;
}

/** How evidence is calibrated. */
interface Calibration {
  readonly calibrate: (evidence: Float64Array, asked: Asked) => Float64Array;
  /** α of each row, where that depends on the row. */
  readonly reliability?: (asked: Asked) => Float64Array;
  /** JSON. */
  readonly record: Readonly<Record<string, unknown>>;
}

function calibratedByTemperature(judged: JudgedEvidence): Calibration {
  const temperature = fitTemperature(judged);
  return {
    calibrate: (evidence) => withTemperature(evidence, temperature),
    record: { temperature },
  };
}

/** `rows` are those of the judged evidence. */
function calibratedByReliability(
  judged: JudgedEvidence,
  { features, train, rows }: Asked & { readonly train: readonly number[] },
): Calibration {
  const read = readDepartures(features, train);
  const fitted = fitReliability(judged, read(features, rows));
  const reliability = ({ features, rows }: Asked) => reliabilityOf(fitted, read(features, rows));
  return {
    calibrate(evidence, asked) {
      const alpha = reliability(asked), { offset } = fitted, width = offset.length;
      return evidence.map((d, i) => alpha[Math.floor(i / width)]! * (d + offset[i % width]!));
    },
    reliability,
    record: { reliability: fitted },
  };
}

// Of scores the mean, which squared errors ask for.
function priorOf(labels: readonly number[], target: Target): Float64Array {
  if (target.kind === "score") return Float64Array.of(meanAndDeviation(labels).mean);
  return evidenceOf(target, verdictOfLabels(labels, target));
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function precisionOf(
  { labels, prior }: Pick<JudgedEvidence, "labels" | "prior">,
  told: Float64Array,
  trained: readonly number[],
): ScorePrecision {
  const mean = prior[0]!;
  const meanSquare = (of: readonly number[]) => of.reduce((sum, x) => sum + x * x, 0) / of.length;
  const variance = meanSquare(trained.map((y) => y - mean)) || 1;
  const error = meanSquare(Array.from(labels, (y, i) => y - mean - told[i]!));
  // What never errs is as if it were off by a thousandth of the deviation.
  const least = 1e-6 * variance;
  return {
    mean,
    prior: 1 / variance,
    told: 1 / Math.min(Math.max(error, least), variance),
  };
}
