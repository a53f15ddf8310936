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

import { pairTriples } from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import {
  type Answers,
  answersTo,
  compare,
  type Corrected,
  corrected,
  correctness,
} from "../../lib/study/comparisons.ts";
import { shownSubsets, subsetName } from "../robustness/exams.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named, type Outcome } from "../../lib/study/job.ts";
import type { ScratchSystem } from "../../lib/study/scratch_systems.ts";
import type { Corpora } from "../../lib/study/corpora.ts";
import { divideAll, type Draws, type Samples } from "../../lib/study/splits.ts";
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
  image: ["Plain CNN", "Linear probe", "Branch on polarity", "Branch on emotions"],
  audio: [
    "Log-mel CNN",
    "MFCC regression",
    "Regression on speech measurements",
    "Linear probe",
    "Branch on polarity",
    "Branch on emotions",
  ],
} as const satisfies Record<Modality, readonly SystemName[]>;

/** What the others of a modality are compared with, and what late fusion fuses. */
export const chosenBranch: ScratchSystem = "Branch on emotions";

/** The model upon trained branches. */
export const jointModel: ScratchSystem = "Proposed on branches";

/** The exam on the validation part: calibration and fusion are fitted on it. */
export const validationExam = "validation";

/** The exam of what the valence map leaves out as neutral. */
const neutralExam = "neutral";

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
 * lets be learnt from shares no group with the neutral samples that it is asked of.
 *
 * @throws {Error} a split that leaks.
 */
export function planScratch({ samples, used }: ScratchSamples, { seeds, data }: Draws): Plan {
  const drawn = byModality((m) => samples[m].slice(0, used[m]));
  const labels = byModality((m) => samples[m].map(({ label }) => label));
  const divided = seeds.map((seed) => ({ seed, ...divideAll(drawn, { seed, data }) }));
  const jobs = divided.flatMap(({ seed, split }) => [
    jointJob({ seed, split, labels }),
    ...modalities.flatMap((m) => {
      const neutral = strangers(samples[m], m, { split: split[m], from: used[m] });
      const exam = (name: string, rows: readonly number[]): Exam => ({
        name,
        head: m,
        rows: { [m]: rows },
        labels: rows.map((i) => labels[m][i]!),
      });
      const exams = [
        exam(m, split[m].test),
        exam(validationExam, split[m].validation),
        ...neutral.length > 0 ? [exam(neutralExam, neutral)] : [],
      ];
      const kind = `scratch-${m}`;
      return contenders[m].map((system): Job =>
        named({ system, kind, seed, split, protocol: "single", present: [m], exams })
      );
    }),
  ]);
  return { jobs, audits: divided.map(({ reports }) => reports) };
}

type Trial = Pick<Job, "seed" | "split"> & {
  readonly labels: Readonly<Record<Modality, readonly number[]>>;
};

function jointJob(trial: Trial): Job {
  const { seed, split } = trial;
  return named({
    system: jointModel,
    kind: "label",
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

/** One system on one modality alone. */
export interface BranchRow extends tables.BalancedScores {
  readonly modality: Modality;
  /** With the protocol, where that is another: `Branch on emotions, by speaker`. */
  readonly system: string;
  /** On the validation part, which chose the epoch or the strength. */
  readonly validation: tables.Score;
  /** The share of each emotion's test samples whose polarity is right, mean over seeds. */
  readonly recall: Readonly<Record<string, number>>;
  /** Trained numbers; null where a fit does not tell. */
  readonly parameters: number | null;
  /** Of fitting and judging, mean over seeds. */
  readonly seconds: number;
  /** Test samples by seed. */
  readonly tested: readonly number[];
  /** The chosen branch less this system, corrected over the systems of this modality; not in its own row. */
  readonly comparison?: Corrected;
}

/** What is behind the name of a system in rows of another protocol, by the end of its jobs' kind. */
const protocols: Readonly<Record<string, string>> = { "": "", "-by-speaker": ", by speaker" };

/** Rows of each modality, in the order of {@linkcode contenders}; those by speaker behind the others. */
export function collateBranches(
  all: readonly JudgedJob[],
  { samples, outcomes }: {
    readonly samples: Samples;
    /** Of the same jobs: what they cost. */
    readonly outcomes: readonly Pick<Outcome, "job" | "record" | "seconds">[];
  },
): BranchRow[] {
  const costs = new Map(outcomes.map((outcome) => [outcome.job.name, outcome]));
  const cells = modalities.flatMap((modality) =>
    Object.entries(protocols).map(([end, suffix]) => {
      const judged = all.filter(({ job }) => job.kind === `scratch-${modality}${end}`);
      return { modality, suffix, judged };
    })
  );
  return cells.filter(({ judged }) => judged.length > 0).flatMap(({ modality, suffix, judged }) => {
    const runsOf = (system: SystemName) => judged.filter(({ job }) => job.system === system);
    const answersOf = (system: SystemName) => answersTo(runsOf(system), modality);
    const others = contenders[modality].filter((system) => system !== chosenBranch);
    const chosen = answersOf(chosenBranch);
    const comparisons = corrected(
      others.map((other) => compare({ first: chosen, second: answersOf(other) }, samples)),
    );
    return contenders[modality].map((system): BranchRow => {
      const runs = runsOf(system), answers = answersOf(system);
      const spent = runs.map(({ job }) => costs.get(job.name)!);
      const at = others.findIndex((other) => other === system);
      return {
        modality,
        system: `${system}${suffix}`,
        ...scoresOf(answers),
        validation: scoresOf(answersTo(runs, validationExam)).accuracy,
        recall: recallByEmotion(answers, samples[modality]),
        parameters: numberOr(spent[0]!.record.parameters ?? spent[0]!.record.terms),
        seconds: tables.average(spent.map(({ seconds = NaN }) => seconds)),
        tested: answers.map(({ predictions: { labels } }) => labels.length),
        ...at >= 0 && { comparison: comparisons[at]! },
      };
    });
  });
}

function numberOr(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

export function scoresOf(answers: Answers): tables.BalancedScores {
  return tables.balancedScoresOver(answers.map(({ predictions }) => predictions));
}

// An emotion that a seed's test part lacks counts in the others alone.
function recallByEmotion(answers: Answers, samples: Samples[Modality]): Record<string, number> {
  const emotions = new Map(samples.map(({ id, emotion }) => [id, emotion]));
  const shares = answers.flatMap(({ predictions }) => {
    const right = correctness(predictions);
    const ids = Object.values(predictions.ids)[0]!;
    return [...Map.groupBy(right.keys(), (i) => emotions.get(ids[i]!)!)]
      .map(([emotion, rows]) => ({ emotion, share: tables.average(rows.map((i) => right[i]!)) }));
  });
  const grouped = [...Map.groupBy(shares, ({ emotion }) => emotion)]
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    grouped.map(([emotion, some]) => [emotion, tables.average(some.map(({ share }) => share))]),
  );
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
      job.system === chosenBranch && job.present.join() === modality &&
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
      system: chosenBranch,
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
