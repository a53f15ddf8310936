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
import { fitReliability, type JudgedProbes, readDepartures, reliabilityOf } from "./reliability.ts";
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
  /** How far the modality is believed of each row, Σ_p α_p `[N]`, where that depends on the row. */
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
 * With noisy copies there are two probes, c that has met none and n that has, of the same strength, which
 * clean rows choose, and each is believed as far as the sample's signal lets it (`fitReliability`):
 *
 *     e(x) = α_c(x) (d_c(x) + β) + α_n(x) (d_n(x) + β),   d = z − z_π
 *
 * One probe for both has a clean accuracy that noise chooses; of two the first is kept where nothing is
 * unusual, and in noise that leaves nothing of the modality both α are near 0, and the verdict that of the
 * others. They are fitted on the rows above and on their copies, clean rows in all as much as noisy ones.
 * Each copy of a training row counts twice, the second time with d_c in place of d_n: of a kind of noise
 * that is held out n knows as little as c, and what n is worth under its own is too much to expect.
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
  const prior = priorOf(labels, target), size = rows.length * prior.length;
  const read = async (fitted: Fitted, rows: ArrayLike<number>, others?: CorpusFeatures) => {
    const verdicts = (await fitted.predict({ [modality]: rows }, others))[modality]!;
    return evidenceOf(target, verdicts).map((z, i) => z - prior[i % prior.length]!);
  };
  const { noisy: _, ...clean } = problem;
  const { folds, areOfGroups } = evidenceFolds(problem, modality, most);
  const partsOf = (whole: Problem) => folds.map((fold) => partsWithout(whole, modality, fold));
  const chosen = await chooseStrength(partsOf(clean), modality, probeOf);
  const probe = probeOf(chosen && [chosen.C]);
  const placeOf = new Map(asked.map((row, place) => [row, place]));
  const judgeOutOfFold = async (whole: Problem) => {
    const notMet = new Float64Array(asked.length * prior.length);
    for (const part of partsOf(whole)) {
      const ofFold = await probe.fit(part);
      const held = part.validation[modality], judged = [...held, ...copiesOf(held)];
      const told = await read(ofFold, judged);
      judged.forEach((row, at) => {
        const own = told.subarray(at * prior.length, (at + 1) * prior.length);
        notMet.set(own, placeOf.get(row)! * prior.length);
      });
      await ofFold.dispose();
    }
    return notMet;
  };
  // What has met no noise comes first.
  const probes: { readonly fitted: Fitted; readonly notMet: Float64Array }[] = [];
  for (const whole of copies.length > 0 ? [clean, problem] : [clean]) {
    const notMet = await judgeOutOfFold(whole);
    const fitted = await probe.fit({ ...whole, protocol: "single", present: [modality] });
    probes.push({ fitted, notMet });
  }
  const known = [...asked, ...validated];
  const evidence: Float64Array[] = [];
  for (const { fitted, notMet } of probes) {
    evidence.push(validated.length > 0 ? joined(notMet, await read(fitted, validated)) : notMet);
  }
  const judged = { labels: labelsOf(known), prior, target };
  const own = features[modality];
  const unmet = probes[0]!.notMet.subarray(size);
  const calibration = copies.length > 0
    ? calibratedByReliability(
      {
        ...judged,
        evidence: evidence.map((all) => joined(all, unmet)),
        labels: labelsOf([...known, ...copies]),
      },
      { features: own, rows: [...known, ...copies], train: rows, clean: validation[modality] },
    )
    : calibratedByTemperature({ ...judged, evidence: evidence[0]! });
  const { calibrate, reliability } = calibration;
  const calibrated = calibrate(probes.map(({ notMet }) => notMet), { features: own, rows: asked });
  const score = target.kind === "score"
    ? precisionOf(judged, calibrate(evidence, { features: own, rows: known }), labels)
    : undefined;
  return {
    async of(rows, others) {
      const told: Float64Array[] = [];
      for (const { fitted } of probes) told.push(await read(fitted, rows, others));
      return calibrate(told, { features: (others ?? features)[modality], rows });
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
    async dispose() {
      for (const { fitted } of probes) await fitted.dispose();
    },
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
  /** Of that of each probe. */
  readonly calibrate: (evidence: readonly Float64Array[], asked: Asked) => Float64Array;
  /** Σ_p α_p of each row, where that depends on the row. */
  readonly reliability?: (asked: Asked) => Float64Array;
  /** JSON. */
  readonly record: Readonly<Record<string, unknown>>;
}

function calibratedByTemperature(judged: JudgedEvidence): Calibration {
  const temperature = fitTemperature(judged);
  return {
    calibrate: ([evidence]) => withTemperature(evidence!, temperature),
    record: { temperature },
  };
}

/** `rows` are those of the judged evidence; clean ones among them are of `train` and `clean`. */
function calibratedByReliability(
  judged: JudgedProbes,
  { features, rows, train, clean }: Asked & {
    readonly train: readonly number[];
    readonly clean: readonly number[];
  },
): Calibration {
  const read = readDepartures(features, train);
  const areClean = new Set([...train, ...clean]), { length } = rows;
  const share = Math.max(1, (length - areClean.size) / areClean.size);
  const counts = Array.from(rows, (row) => areClean.has(row) ? share : 1);
  const fitted = fitReliability({ ...judged, counts }, read(features, rows));
  const reliability = ({ features, rows }: Asked) => reliabilityOf(fitted, read(features, rows));
  return {
    calibrate(evidence, asked) {
      const { offset } = fitted, w = offset.length;
      const sum = new Float64Array(asked.rows.length * w);
      reliability(asked).forEach((alpha, p) =>
        evidence[p]!.forEach((d, i) => sum[i]! += alpha[Math.floor(i / w)]! * (d + offset[i % w]!))
      );
      return sum;
    },
    reliability: (asked) =>
      reliability(asked).reduce((all, alpha) => all.map((a, i) => a + alpha[i]!)),
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
