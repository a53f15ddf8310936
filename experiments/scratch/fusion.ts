/** Triples of one label: late fusions of verdicts that are there already, and what independence predicts. @module */

import { lateFusion, learntLateFusion } from "../../lib/baselines/mod.ts";
import { logit, sigmoid } from "../../lib/baselines/logistic_loss.ts";
import { fitPlattScaling } from "../../lib/baselines/platt_scaling.ts";
import * as metrics from "../../lib/metrics/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import type { Problem } from "../../lib/systems/system.ts";
import {
  type Answers,
  answersTo,
  compare,
  type Corrected,
  corrected,
} from "../../lib/study/comparisons.ts";
import { shownSubsets, subsetName } from "../robustness/exams.ts";
import { joined, withoutFold } from "../../lib/study/folds.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import type { Exam } from "../../lib/study/job.ts";
import {
  chosenBranches,
  isJudged,
  jointModel,
  scoresOf,
  subsetExams,
  validationExam,
  validationTriples,
} from "./rows.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { overSeeds, type Score, scored } from "../tables.ts";
import { answeredFrom, confidenceFor } from "./rows.ts";
import { remembering } from "./rows.ts";

/** Who fuses: the trained model, two fusions of the branches' verdicts, and arithmetic. */
export type FusionName =
  | "Proposed on branches"
  | "Late fusion of branches"
  | "Learnt late fusion of branches"
  | "Predicted for independent views";

/** One fusion of one subset of the modalities. */
export interface FusionRow {
  readonly system: FusionName;
  /** The modalities shown, joined by `+`. */
  readonly shown: string;
  readonly accuracy: Score;
  readonly auc: Score;
  /** Absent of the prediction, which judges no sample. */
  readonly balancedAccuracy?: Score;
  /** Late fusion of the whole triple less this; in the rows of whole triples that judge. */
  readonly comparison?: Corrected;
}

/** The verdicts of both late fusions with one seed, by the names of exams. */
export interface Fused {
  readonly seed: number;
  readonly late: readonly Predictions[];
  readonly learnt: readonly Predictions[];
}

/**
 * Late fusion of the chosen branches' verdicts with each seed: by Bayes' rule, of each subset and
 * of validation triples, and with learnt weights, of whole triples. Nothing is trained anew. `judged`
 * has each fold by itself; what was fused of the folds of a seed is one.
 */
export async function fuseBranches(
  judged: readonly JudgedJob[],
  samples: Samples,
): Promise<Fused[]> {
  const runs = (m: Modality) => runsOfBranch(judged, m);
  const labels = byModality((m) => samples[m].map(({ label }) => label));
  const features = byModality((m) => ({ tables: {}, labels: labels[m] }));
  const fused: Fused[] = [];
  // Where there are folds they are of speech, and the others' branches are those of the seed.
  for (const { job: { seed, split }, exams: spoken } of runs("audio")) {
    const branches = byModality((m) => {
      const exams = m === "audio" ? spoken : runs(m).find(({ job }) => job.seed === seed)!.exams;
      return remembering(m, scoresByRow(exams, samples, m));
    });
    const problem: Problem = {
      features,
      train: byModality((m) => split[m].train),
      validation: byModality((m) => split[m].validation),
      protocol: "label",
      present: modalities,
      key: fold(key(seed), "late fusion"),
    };
    const exams = subsetExams({ seed, split, labels });
    const validation = validationTriples({ seed, split, labels });
    const late = await lateFusion(branches, { calibration: "platt" }).fit(problem);
    const learnt = await learntLateFusion(branches).fit(problem);
    const ask = async (by: typeof late, exam: Exam) => {
      const heads = await by.predict(exam.rows);
      const scores = heads.unified ?? Object.values(heads)[0]!;
      return predictionsOf(exam, scores, samples);
    };
    fused.push({
      seed,
      late: await Promise.all([...exams, validation].map((exam) => ask(late, exam))),
      learnt: await Promise.all([exams.at(-1)!, validation].map((exam) => ask(learnt, exam))),
    });
  }
  return [...Map.groupBy(fused, ({ seed }) => seed)].toSorted(([a], [b]) => a - b)
    .map(([seed, folds]) => ({
      seed,
      late: pooled(folds.map(({ late }) => late)),
      learnt: pooled(folds.map(({ learnt }) => learnt)),
    }));
}

/** The answers of several folds to each exam as one. */
function pooled(folds: readonly (readonly Predictions[])[]): Predictions[] {
  return [...Map.groupBy(folds.flat(), ({ exam }) => exam).values()].map(joined);
}

function scoresByRow(
  exams: readonly Predictions[],
  samples: Samples,
  m: Modality,
): Map<number, number> {
  const rows = new Map(samples[m].map(({ id }, row) => [id, row]));
  return new Map(
    exams.flatMap(({ ids, scores }) => ids[m]!.map((id, i) => [rows.get(id)!, scores[i]!])),
  );
}

function predictionsOf(
  { name, rows, labels }: Exam,
  scores: ArrayLike<number>,
  samples: Samples,
): Predictions {
  const shown = modalities.filter((m) => rows[m]);
  return {
    exam: name,
    head: "unified",
    labels,
    scores: Array.from(scores),
    ids: Object.fromEntries(
      shown.map((m) => [m, Array.from(rows[m] as ArrayLike<number>, (row) => samples[m][row]!.id)]),
    ),
  };
}

/** The answers of one kind of late fusion to one exam, over seeds. */
function answersOf(fused: readonly Fused[], kind: "late" | "learnt", name: string): Answers {
  return fused.map((of) => ({
    seed: of.seed,
    predictions: of[kind].find(({ exam }) => exam === name)!,
  }));
}

const whole = subsetName(modalities);

/** Every fusion of every subset; learnt weights are for whole triples only. */
export function collateFusion(
  judged: readonly JudgedJob[],
  { samples, fused }: { readonly samples: Samples; readonly fused: readonly Fused[] },
): FusionRow[] {
  const joint = judged.filter(({ job }) => job.system === jointModel);
  const late = answersOf(fused, "late", whole);
  const rivals = {
    "Proposed on branches": answersTo(joint, whole),
    "Learnt late fusion of branches": answersOf(fused, "learnt", whole),
  };
  const names = Object.keys(rivals) as (keyof typeof rivals)[];
  const comparisons = corrected(
    names.map((name) => compare({ first: late, second: rivals[name] }, samples)),
  );
  const row = (system: FusionName, shown: string, answers: Answers): FusionRow => {
    const at = shown === whole ? names.findIndex((name) => name === system) : -1;
    const comparison = at >= 0 && { comparison: comparisons[at]! };
    return { system, shown, ...scoresOf(answers), ...comparison };
  };
  return shownSubsets.flatMap((subset) => {
    const shown = subsetName(subset);
    return [
      row("Proposed on branches", shown, answersTo(joint, shown)),
      row("Late fusion of branches", shown, answersOf(fused, "late", shown)),
      ...shown === whole
        ? [row("Learnt late fusion of branches", shown, rivals["Learnt late fusion of branches"])]
        : [],
      predictedRow(judged, subset),
    ];
  });
}

function runsOfBranch(judged: readonly JudgedJob[], m: Modality): JudgedJob[] {
  return judged.filter(({ job }) =>
    job.system === chosenBranches[m] && withoutFold(job).kind === `scratch-${m}`
  );
}

// From the AUC of each branch on its own test part, seed by seed.
function predictedRow(judged: readonly JudgedJob[], subset: readonly Modality[]): FusionRow {
  const aucs = subset.map((m) => scoresOf(answersTo(runsOfBranch(judged, m), m)).auc.seeds);
  const predicted = aucs[0]!.map((_, seed) =>
    metrics.independencePrediction({ aucs: aucs.map((own) => own[seed]!) })
  );
  return {
    system: "Predicted for independent views",
    shown: subsetName(subset),
    accuracy: overSeeds(predicted.map(({ accuracy }) => accuracy)),
    auc: overSeeds(predicted.map(({ auc }) => auc)),
  };
}

/** What a system gains by keeping silent where it is not sure. */
export interface AbstentionRow {
  /** What is judged: a branch alone, or a fusion of triples. */
  readonly judged: Modality | FusionName;
  /** The area under the risk-coverage curve on test. */
  readonly area: Score;
  /** For each share of the validation part that is to be answered: what came of its threshold on test. */
  readonly points: readonly {
    readonly wanted: number;
    readonly coverage: Score;
    readonly accuracy: Score;
  }[];
}

/** The shares of the validation part that thresholds are set to answer. */
const wantedCoverages: readonly number[] = [1, 0.9, 0.8, 0.5];

/**
 * Abstention of the branches alone and of the fusions. Scores are calibrated by Platt scaling on
 * validation, and the least confidence that is answered is chosen there too; the test part only
 * shows what comes of it.
 */
export function collateAbstention(
  judged: readonly JudgedJob[],
  fused: readonly Fused[],
): AbstentionRow[] {
  const alone = modalities.filter((m) => isJudged(judged, m)).map((m) => {
    const runs = runsOfBranch(judged, m);
    return abstention(m, answersTo(runs, m), answersTo(runs, validationExam));
  });
  const joint = judged.filter(({ job }) => job.system === jointModel);
  if (joint.length === 0) return alone;
  return [
    ...alone,
    abstention("Proposed on branches", answersTo(joint, whole), answersTo(joint, validationExam)),
    abstention(
      "Late fusion of branches",
      answersOf(fused, "late", whole),
      answersOf(fused, "late", validationExam),
    ),
  ];
}

function abstention(
  judged: AbstentionRow["judged"],
  test: Answers,
  validation: Answers,
): AbstentionRow {
  const seeds = test.map(({ seed, predictions }) => {
    const fitted = scored(validation.find((own) => own.seed === seed)!.predictions);
    const calibrated = calibration(fitted);
    return { test: calibrated(scored(predictions)), validation: calibrated(fitted) };
  });
  return {
    judged,
    area: overSeeds(seeds.map(({ test }) => metrics.areaUnderRiskCoverage(test))),
    points: wantedCoverages.map((wanted) => {
      const answered = seeds.map(({ test, validation }) =>
        answeredFrom(test, confidenceFor(validation, wanted))
      );
      return {
        wanted,
        coverage: overSeeds(answered.map(({ coverage }) => coverage)),
        accuracy: overSeeds(answered.map(({ accuracy }) => accuracy)),
      };
    }),
  };
}

/** The scores' map that Platt scaling of these makes. */
function calibration({ actual, scores }: metrics.Scored): (of: metrics.Scored) => metrics.Scored {
  const logits = Array.from(scores, logit);
  const { slope, offset } = fitPlattScaling({ logits, labels: actual });
  return (of) => ({
    ...of,
    scores: Array.from(of.scores, (score) => sigmoid(slope * logit(score) + offset)),
  });
}
