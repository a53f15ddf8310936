/**
 * The runs of trained branches, and the rows that come of their predictions.
 *
 * Each modality alone: a baseline that reads raw inputs, a linear probe of the frozen encoder, and
 * one branch trained twice, on polarity and on its corpus's emotions. Then triples of one label: the
 * proposed model upon three such branches, and late fusions of the very verdicts that the branches
 * gave alone, which is what independence asks for.
 *
 * @module
 */

import { pairTriples, type Split } from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { type Answers, answersTo } from "../../lib/study/comparisons.ts";
import { shownSubsets, subsetName } from "../robustness/exams.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import { inFold } from "../../lib/study/folds.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import type { ScratchSystem } from "../../lib/study/scratch_systems.ts";
import type { Corpora } from "../../lib/study/corpora.ts";
import { neutralToLearn } from "../../lib/study/neutral.ts";
import { divideBy, type Protocol, usualProtocol } from "../../lib/study/protocol.ts";
import type { Draws, Samples, Splits } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import * as tables from "../tables.ts";
import type { Plan } from "../table_1/rows.ts";
import { type MappedSamples, strangers } from "../valence_sensitivity/plan.ts";
import { isPositive, type Scored } from "../../lib/metrics/mod.ts";
import type { Rows, System } from "../../lib/systems/system.ts";

/** The systems of each modality: those that read raw inputs, the probe, and the branch. */
export const contenders = {
  text: [
    "TF-IDF regression",
    "TF-IDF regression, single words",
    "Linear probe",
    "Branch on polarity",
    "Branch on emotions",
  ],
  image: [
    "Plain CNN",
    "Linear probe",
    "Branch on polarity",
    "Branch on emotions",
    "Branch on emotions, averaged",
  ],
  audio: [
    "Log-mel CNN",
    "MFCC regression",
    "Regression on speech measurements",
    "Regression on speech measurements, emotions",
    "Linear probe",
    "Linear probe, emotions",
    "Branch on polarity",
    "Branch on emotions",
    "Branch on speech states",
    "Branch on spectrogram and states",
    "Speech ensemble",
  ],
} as const satisfies Record<Modality, readonly SystemName[]>;

/**
 * What the others of a modality are compared with, and what late fusion fuses: the branch that validation
 * parts of other seeds favour.
 */
export const chosenBranches: Readonly<Record<Modality, ScratchSystem>> = {
  text: "Branch on emotions",
  image: "Branch on emotions",
  audio: "Branch on speech states",
};

/** The model upon trained branches. */
export const jointModel: ScratchSystem = "Proposed on branches";

/** The exam on the validation part: calibration and fusion are fitted on it. */
export const validationExam = "validation";

/** The exam of what the valence map leaves out as neutral. */
export const neutralExam = "neutral";

/** What is trained and tested on, and neutral samples behind it, for exams only. */
export type ScratchSamples = Pick<MappedSamples, "samples" | "used">;

/** The study's samples, and behind them what their corpora have of neutral. */
export function neutralBehind(samples: Samples, withNeutral: Corpora): ScratchSamples {
  return {
    samples: byModality((m) => [
      ...samples[m],
      ...withNeutral[m].samples.filter(({ emotion }) => emotion === "neutral"),
    ]),
    used: byModality((m) => samples[m].length),
  };
}

/**
 * Every contender of every modality alone, and the joint model on triples, with every seed. The
 * splits are those of Table 1. All are asked of the validation part as well; what a seed's split
 * lets be learnt from shares no group with the neutral samples that it is asked of; those of its
 * training groups are learnt by systems that learn emotions. There are triples if all modalities are
 * present.
 *
 * @throws {Error} a split that leaks.
 */
export function planScratch(
  { samples, used }: ScratchSamples,
  { seeds, data, protocol = usualProtocol }: Draws & { readonly protocol?: Protocol | undefined },
): Plan {
  const { present } = protocol;
  const drawn = byModality((m) => samples[m].slice(0, used[m]));
  const labels = byModality((m) => samples[m].map(({ label }) => label));
  const divided = seeds.flatMap((seed) =>
    divideBy(drawn, { seed, data, protocol }).map((own) => ({ seed, ...own }))
  );
  const planned = new Set<Split>();
  const jobs = divided.flatMap(({ seed, split, fold }) => [
    ...present.length === modalities.length
      ? [{
        ...jointJob({ seed, split, labels }, fold),
        ...neutralOfTraining({ samples, used }, split),
      }]
      : [],
    // Beside folds of speech, the other modalities are divided once a seed.
    ...present.filter((m) => planned.size < planned.add(split[m]).size).flatMap((m) => {
      const neutral = strangers(samples[m], m, { split: split[m], from: used[m] })
        .filter((i) => (samples[m][i]!.part ?? "test") === "test");
      const exam = (name: string, rows: readonly number[]): Exam => ({
        name,
        head: m,
        rows: { [m]: rows },
        labels: rows.map((i) => labels[m][i]!),
      });
      const shown = { inspect: ["classes"] };
      const exams = [
        { ...exam(m, split[m].test), ...shown },
        exam(validationExam, split[m].validation),
        ...neutral.length > 0 ? [{ ...exam(neutralExam, neutral), ...shown }] : [],
      ];
      const kind = inFold(`scratch-${m}`, m === "audio" ? fold : undefined);
      const common = { seed, split, protocol: "single", present: [m], exams } as const;
      const learnt = neutralOfTraining({ samples, used }, split, [m]);
      const alike = data.unbalanced && { classesAlike: true };
      return contenders[m].map((system): Job =>
        named({ system, kind, ...common, ...learnt, ...alike })
      );
    }),
  ]);
  return { jobs, audits: divided.map(({ reports }) => reports) };
}

/** The neutral samples of groups that a split trains on, of modalities that have some. */
function neutralOfTraining(
  { samples, used }: ScratchSamples,
  split: Splits,
  of: readonly Modality[] = modalities,
): Pick<Job, "neutral"> {
  const rows = of.map((m) => [m, ofTraining(samples[m], m, { split: split[m], from: used[m] })]);
  const some = rows.filter(([, own]) => own!.length > 0);
  return some.length > 0 ? { neutral: Object.fromEntries(some) } : {};
}

function ofTraining(
  samples: Samples[Modality],
  m: Modality,
  { split, from }: { readonly split: Splits[Modality]; readonly from: number },
): number[] {
  // Of a group that no part has, a sample is asked about rather than learnt.
  const asked = new Set(strangers(samples, m, { split, from }));
  return neutralToLearn(samples.slice(from), samples, split).map((i) => from + i)
    .filter((row) => !asked.has(row));
}

type Trial = Pick<Job, "seed" | "split"> & {
  readonly labels: Readonly<Record<Modality, readonly number[]>>;
};

function jointJob(trial: Trial, inWhich: number | undefined): Job {
  const { seed, split } = trial;
  return named({
    system: jointModel,
    kind: inFold("label", inWhich),
    seed,
    split,
    protocol: "label",
    present: modalities,
    exams: [...subsetExams(trial), validationTriples(trial)],
  });
}

/** The test triples of Table 1, as each of the seven subsets shows them. */
export function subsetExams({ seed, split, labels: corpus }: Trial): Exam[] {
  const features = byModality((m) => ({ labels: corpus[m] }));
  const job = { seed, split, protocol: "label", present: modalities } as const;
  const [{ rows, labels }] = testExams(job, features) as [Exam];
  return shownSubsets.map((shown) => ({
    name: subsetName(shown),
    head: "unified",
    labels,
    rows: Object.fromEntries(shown.map((m) => [m, rows[m]!])),
  }));
}

/** Triples of the validation part, as many as its largest modality has samples. */
export function validationTriples({ seed, split, labels }: Trial): Exam {
  const triples = pairTriples({
    indices: byModality((m) => split[m].validation),
    labels,
    protocol: "label",
    count: Math.max(...modalities.map((m) => split[m].validation.length)),
    key: fold(key(seed), "validation triples"),
  });
  return {
    name: validationExam,
    head: "unified",
    labels: Array.from(triples.unified!),
    rows: byModality((m) => Array.from(triples[m])),
  };
}

/** Says whether systems were judged on a modality alone. */
export function isJudged(judged: readonly JudgedJob[], m: Modality): boolean {
  return judged.some(({ job }) => job.present.join() === m);
}

export function scoresOf(answers: Answers): tables.BalancedScores {
  return tables.balancedScoresOver(answers.map(({ predictions }) => predictions));
}

/** What becomes of neutral samples where a system knows two polarities only. */
export interface NeutralRow {
  readonly modality: Modality;
  readonly system: SystemName;
  /** Neutral samples by seed. */
  readonly asked: readonly number[];
  /** The share called positive. */
  readonly positive: tables.Score;
  /** Mean confidence max(p, 1 - p) on neutral samples, and on those of the test part. */
  readonly confidence: tables.Score;
  readonly usualConfidence: tables.Score;
}

/** A row for each branch that neutral samples were shown to. */
export function collateNeutral(judged: readonly JudgedJob[]): NeutralRow[] {
  return modalities.flatMap((modality) => {
    const runs = judged.filter(({ job, exams }) =>
      job.system === chosenBranches[modality] && job.kind === `scratch-${modality}` &&
      exams.some(({ exam }) => exam === neutralExam)
    );
    if (runs.length === 0) return [];
    const neutral = answersTo(runs, neutralExam), usual = answersTo(runs, modality);
    const over = (answers: Answers, value: (predictions: Predictions) => number) =>
      tables.overSeeds(answers.map(({ predictions }) => value(predictions)));
    const confidence = ({ scores }: Predictions) =>
      tables.average(scores.map((score) => Math.max(score, 1 - score)));
    return [{
      modality,
      system: chosenBranches[modality],
      asked: neutral.map(({ predictions: { scores } }) => scores.length),
      positive: over(neutral, tables.shareCalledPositive),
      confidence: over(neutral, confidence),
      usualConfidence: over(usual, confidence),
    }];
  });
}

/** The confidence from which the share `wanted` of these samples is answered. */
export function confidenceFor({ scores }: Pick<Scored, "scores">, wanted: number): number {
  if (wanted === 1) return 0.5;
  const confidences = Array.from(scores, confidence).sort((a, b) => b - a);
  return confidences[Math.ceil(wanted * confidences.length) - 1]!;
}

/** Coverage, and accuracy of what is answered, from a confidence on; 1 where nothing is answered. */
export function answeredFrom(
  { actual, scores }: Scored,
  least: number,
): { coverage: number; accuracy: number } {
  const rows = Array.from(scores).keys().filter((i) => confidence(scores[i]!) >= least).toArray();
  const right = rows.filter((i) => Number(isPositive(scores[i]!)) === actual[i]);
  return {
    coverage: rows.length / scores.length,
    accuracy: rows.length === 0 ? 1 : right.length / rows.length,
  };
}

function confidence(score: number): number {
  return Math.max(score, 1 - score);
}

/** A system that gives the scores that it has given before, to rows of one modality. */
export function remembering(modality: Modality, scores: ReadonlyMap<number, number>): System {
  const judge = (rows: Rows) => {
    const found = Array.from(rows[modality]!, (row) => {
      const score = scores.get(row);
      if (score !== undefined) return score;
      throw new RangeError(`Cannot fuse: expected a verdict on ${modality} ${row}, got none`);
    });
    return Promise.resolve({ [modality]: found });
  };
  const fitted = { predict: judge, record: {}, dispose: () => Promise.resolve() };
  return { name: `verdicts on ${modality}`, fit: () => Promise.resolve(fitted) };
}
