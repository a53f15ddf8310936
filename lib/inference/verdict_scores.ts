/** The scores of verdicts, by what was learnt. @module */

import * as metrics from "../metrics/mod.ts";
import { key } from "../tensor/random.ts";
import { isBinary, polarities, type Target } from "../target.ts";

/** Scores of classes; precision, recall and F1 are macro averages, AUC of one class against the rest. */
export type ClassScoreName =
  | "accuracy"
  | "balancedAccuracy"
  | "precision"
  | "recall"
  | "f1"
  | "f1Weighted"
  | "auc"
  | "logLoss";

/** Scores of scores: which there are depends on the scale; see `metrics.scoreRegression`. */
export type RegressionScoreName =
  | Exclude<keyof metrics.MosiScores, "zeroTruths">
  | keyof metrics.SimsScores
  | Exclude<keyof metrics.GeneralScores, "middleTruths">;

/** The name of a score. */
export type ScoreName = ClassScoreName | RegressionScoreName;

/** Labels and the verdicts on them. */
export interface JudgedLabels {
  /** Places among the classes, or scores, `[N]`. */
  readonly labels: ArrayLike<number>;
  /** `[N, w]`, as `verdictWidth` says. */
  readonly scores: ArrayLike<number>;
}

/** One score: what tables call it, and how it comes about. */
export interface VerdictScore {
  /** Its property in results. */
  readonly name: ScoreName;
  /** As tables have it. */
  readonly title: string;
  /** NaN where these verdicts have none, such as an AUC of one class. */
  readonly of: (judged: JudgedLabels) => number;
}

/** The score by which systems are compared. */
export interface LeadingScore extends VerdictScore {
  /** 1 where more is better, −1 where less is. */
  readonly sign: 1 | -1;
}

/** A score with its interval. */
export interface Estimate {
  /** Of the samples as they are. */
  readonly value: number;
  /** Of 95 %, by resampling clusters whole; null where there is none. */
  readonly interval: readonly [low: number, high: number] | null;
  /** Why there is no interval. */
  readonly reason?: string;
}

/**
 * The scores that verdicts on a target have: of two classes those of the paper's tables, of more
 * their averages over classes, of scores those that the field reports on their scale.
 */
export function verdictScores(target: Target = polarities): readonly VerdictScore[] {
  if (isBinary(target)) return binaryScores;
  return target.kind === "classes" ? classScores(target.classes.length) : scaleScores(target);
}

/** The score by which systems are compared: balanced accuracy, or the mean absolute error. */
export function leadingScore(target: Target): LeadingScore {
  const [name, sign] = target.kind === "classes"
    ? ["balancedAccuracy", 1] as const
    : ["mae", -1] as const;
  return { ...verdictScores(target).find((score) => score.name === name)!, sign };
}

/** The class of each verdict on classes: its place among them, `[N]`. */
export function predictedLabels({ labels, scores }: JudgedLabels): number[] {
  const width = scores.length / labels.length;
  return width === 1
    ? metrics.predictedClasses(scores)
    : metrics.mostProbableClasses({ scores, classes: width });
}

/** All scores of verdicts by name. */
export function scoreVerdicts(
  judged: JudgedLabels,
  target: Target = polarities,
): { readonly [S in ScoreName]?: number } {
  return Object.fromEntries(verdictScores(target).map(({ name, of }) => [name, of(judged)]));
}

/** The verdicts at some rows. */
export function verdictsAt(
  { labels, scores }: JudgedLabels,
  rows: Iterable<number>,
): { readonly labels: number[]; readonly scores: number[] } {
  const width = scores.length / labels.length;
  const list = Array.from(rows);
  return {
    labels: list.map((i) => labels[i]!),
    scores: list.flatMap((i) => Array.from({ length: width }, (_, k) => scores[i * width + k]!)),
  };
}

/**
 * A score with the percentile bootstrap's interval over clusters, 1000 resamples; with fewer than six
 * clusters there is none, and `reason` says so.
 */
export function estimate(
  of: VerdictScore["of"],
  judged: JudgedLabels,
  clusters: readonly string[],
): Estimate {
  const at = (rows: Iterable<number>) => of(verdictsAt(judged, rows));
  const value = of(judged);
  const none = !Number.isFinite(value)
    ? "the score is not defined on these samples"
    : metrics.tooFew(new Set(clusters).size, "groups");
  if (none) return { value, interval: null, reason: none };
  try {
    const drawn = { count: judged.labels.length, clusters, key: key(0) };
    const { low, high } = metrics.bootstrapInterval({ ...drawn, statistic: at });
    return { value, interval: [low, high] };
  } catch (error) {
    // Such as an AUC where most resamples are of one class.
    return { value, interval: null, reason: (error as Error).message };
  }
}

function binary(name: "accuracy" | "precision" | "recall" | "f1" | "auc") {
  return ({ labels, scores }: JudgedLabels) =>
    metrics.scoreBinary({ actual: labels, scores })[name];
}

const binaryScores: readonly VerdictScore[] = [
  { name: "accuracy", title: "accuracy", of: binary("accuracy") },
  {
    name: "balancedAccuracy",
    title: "balanced accuracy",
    of: ({ labels, scores }) =>
      metrics.balancedAccuracy({
        actual: labels,
        predicted: metrics.predictedClasses(scores),
        classes: 2,
      }),
  },
  { name: "precision", title: "precision (macro)", of: binary("precision") },
  { name: "recall", title: "recall (macro)", of: binary("recall") },
  { name: "f1", title: "F1 (macro)", of: binary("f1") },
  { name: "auc", title: "AUC", of: binary("auc") },
];

function classScores(classes: number): VerdictScore[] {
  const labelled = (of: (labels: metrics.Labels) => number) => ({ labels, scores }: JudgedLabels) =>
    of({ actual: labels, predicted: metrics.mostProbableClasses({ scores, classes }) });
  const probable =
    (of: (given: metrics.ClassProbabilities) => number) => ({ labels, scores }: JudgedLabels) =>
      of({ actual: labels, scores: normalised(scores, classes), classes });
  return [
    { name: "accuracy", title: "accuracy", of: labelled(metrics.accuracy) },
    {
      name: "balancedAccuracy",
      title: "balanced accuracy",
      of: labelled(metrics.balancedAccuracy),
    },
    { name: "precision", title: "precision (macro)", of: labelled(metrics.precisionMacro) },
    { name: "recall", title: "recall (macro)", of: labelled(metrics.recallMacro) },
    { name: "f1", title: "F1 (macro)", of: labelled(metrics.f1Macro) },
    { name: "f1Weighted", title: "F1 (weighted)", of: labelled(metrics.f1Weighted) },
    { name: "auc", title: "AUC (one against rest)", of: probable(metrics.aucOneVsRestMacro) },
    { name: "logLoss", title: "log loss", of: probable(metrics.logLoss) },
  ];
}

// float32 probabilities add up to 1 but for rounding.
function normalised(scores: ArrayLike<number>, classes: number): Float64Array {
  const all = Float64Array.from(scores);
  for (let at = 0; at < all.length; at += classes) {
    const row = all.subarray(at, at + classes);
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((p, k) => row[k] = p / sum);
  }
  return all;
}

const regressionTitles: Readonly<Record<RegressionScoreName, string>> = {
  mae: "MAE",
  pearson: "Pearson r",
  spearman: "Spearman ρ",
  acc2NegativeNonNegative: "Acc-2 (negative, non-negative)",
  f1WeightedNegativeNonNegative: "weighted F1 (negative, non-negative)",
  acc2NegativePositive: "Acc-2 (negative, positive)",
  f1WeightedNegativePositive: "weighted F1 (negative, positive)",
  acc5Rounded: "Acc-5 (rounded)",
  acc7Rounded: "Acc-7 (rounded)",
  maeClipped: "MAE (clipped)",
  pearsonClipped: "Pearson r (clipped)",
  acc2NonPositivePositive: "Acc-2 (non-positive, positive)",
  f1WeightedNonPositivePositive: "weighted F1 (non-positive, positive)",
  acc3Sims: "Acc-3 (cuts of CH-SIMS)",
  acc5Sims: "Acc-5 (cuts of CH-SIMS)",
  acc2BelowAboveMiddle: "Acc-2 (below, above the middle)",
  f1WeightedBelowAboveMiddle: "weighted F1 (below, above the middle)",
};

function scaleScores(range: { readonly low: number; readonly high: number }): VerdictScore[] {
  const measures = metrics.regressionMeasures(metrics.regressionScale(range));
  return Object.entries<(pairs: metrics.ScorePairs) => number>(measures)
    .filter((entry): entry is [RegressionScoreName, typeof entry[1]] =>
      entry[0] in regressionTitles
    )
    .map(([name, measure]) => ({
      name,
      title: regressionTitles[name],
      of: ({ labels, scores }) => measure({ actual: labels, predicted: scores }),
    }));
}
