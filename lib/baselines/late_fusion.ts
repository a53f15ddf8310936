/** Late fusion: what independent verdicts say together, without any model of how they interact. @module */

import type { Modality } from "../modality.ts";
import { isBinary, polarities, type ScoreTarget, verdictWidth } from "../target.ts";
import type { Problem, System } from "../systems/system.ts";
import { type Branches, type BranchEvidence, type FitFusion, joined } from "./branches.ts";
import { probeBranches } from "./branches.ts";
import { evidenceOf, verdictsOfEvidence } from "./evidence.ts";
import { repeated, verdictOfLabels } from "./labels.ts";
import { learntModalities, trainingRows } from "./natural_rows.ts";
import { fitPlattScaling } from "./platt_scaling.ts";
import { shownIn } from "./shown_modalities.ts";

/** Options of {@linkcode lateFusion}. */
export interface LateFusionOptions {
  /**
   * Whether the branches' logits are made to fit the validation labels first, by
   * Platt scaling. `none` takes their probabilities at their word, as those of linear probes
   * deserve: their strength is chosen by log loss on validation, which asks for honest ones.
   * `platt` is of two classes.
   *
   * @default "none"
   */
  readonly calibration?: "platt" | "none";
}

const name = "Late fusion";

/**
 * Late fusion of three systems by Bayes' rule, as if the samples of a triple
 * were independent given its label, which under `label` they are:
 *
 *     logit p(1 | triple) = Σ_m (z_m − logit π_m) + logit π
 *
 * z_m is the calibrated logit of modality m, π_m the share of positive samples
 * in the part that z_m was calibrated on (validation, or training without
 * calibration), and π = ½ that of triples, which are balanced. With one prior for
 * all, this is the sum of k logits less k − 1 times the prior's. Of several classes
 *
 *     log p(k | row) = Σ_m (log p_m(k) − log π_m(k)) + log π(k) + constant
 *
 * Under `natural` the sum is over the modalities that a row shows, one alone included, and π is the
 * share of each class among the training rows; a modality without training samples is passed
 * over. Scores are averaged, each branch with the weight 1 / (its mean squared error on the validation
 * samples); without such samples the error is the variance of its training labels, that of a
 * branch that knows nothing, and a row of which nothing is known has the median of the training rows.
 * Rows of a table need not be independent given their label; `learntLateFusion` learns whether they
 * are.
 *
 * The branches are fitted under `single`. Under `single` and `random` they
 * answer for themselves, uncalibrated. A triple may lack a modality. The paper
 * speaks of late fusion as averaging predictions; sums of logits are what
 * independence calls for.
 *
 * The branches are linear probes by default. A fusion that learns interactions has to beat this
 * row, since label-paired triples hold none.
 *
 * The fit throws a RangeError with `platt` of other targets than two classes, and if a modality has
 * validation samples of one label only; under `natural` such a modality is left uncalibrated.
 */
export function lateFusion(
  branches: Branches = probeBranches(),
  { calibration = "none" }: LateFusionOptions = {},
): System {
  return joined(name, branches, async (problem, evidenceFrom) => {
    const { target = polarities } = problem;
    if (calibration === "platt" && !isBinary(target)) {
      const got = verdictWidth(target) > 1 ? verdictWidth(target) : "scores";
      throw new RangeError(
        `Cannot calibrate ${name} by Platt scaling: expected two classes, got ${got}`,
      );
    }
    return target.kind === "score"
      ? await scoreFusion(problem, target, evidenceFrom)
      : await bayesFusion(problem, calibration, evidenceFrom);
  });
}

interface Term {
  readonly slope: number;
  readonly offset: number;
  /** The share of positive samples, or of each class. */
  readonly prior: number | readonly number[];
}

async function bayesFusion(
  problem: Problem,
  calibration: "platt" | "none",
  evidenceFrom: EvidenceFrom,
) {
  const { features, train, validation, present, protocol, target = polarities } = problem;
  const isNatural = protocol === "natural";
  const shares = (labels: readonly number[]) => {
    const [first, ...rest] = verdictOfLabels(labels, target);
    return rest.length > 0 ? [first!, ...rest] : first!;
  };
  const terms: Partial<Record<Modality, Term>> = {};
  for (const m of isNatural ? learntModalities(problem) : present) {
    const labels = validation[m].map((i) => features[m].labels[i]!);
    if (calibration === "none" || isNatural && new Set(labels).size < 2) {
      const prior = shares(train[m].map((i) => features[m].labels[i]!));
      terms[m] = { slope: 1, offset: 0, prior };
      continue;
    }
    const logits = (await evidenceFrom({ [m]: validation[m] }))[m]!;
    terms[m] = { ...fitPlattScaling({ logits, labels }), prior: shares(labels) };
  }
  const prior = isNatural ? shares(trainingRows(name, problem).labels) : undefined;
  const evidence = (shares: Term["prior"]) => evidenceOf(target, [shares].flat());
  const base = prior === undefined ? new Float64Array(verdictWidth(target)) : evidence(prior);
  const priors = Object.fromEntries(
    Object.entries(terms).map(([m, { prior }]) => [m, evidence(prior)]),
  );
  const fuse = (evidence: BranchEvidence, count: number) => {
    const sum = repeated(base, count);
    for (const m of shownIn(evidence)) {
      const { slope, offset } = terms[m]!, subtracted = priors[m]!;
      evidence[m]!.forEach((z, i) => {
        sum[i]! += slope * z + offset - subtracted[i % base.length]!;
      });
    }
    return verdictsOfEvidence(target, sum);
  };
  const record = { calibration, ...terms, ...prior !== undefined && { prior } };
  return { fuse, record };
}

type EvidenceFrom = Parameters<FitFusion>[1];

async function scoreFusion(problem: Problem, target: ScoreTarget, evidenceFrom: EvidenceFrom) {
  const { features, train, validation } = problem;
  const usual = verdictOfLabels(trainingRows(name, problem).labels, target);
  const errors: { [M in Modality]?: number } = {};
  for (const m of learntModalities(problem)) {
    const labelsOf = (rows: readonly number[]) => rows.map((i) => features[m].labels[i]!);
    const actual = labelsOf(validation[m].length > 0 ? validation[m] : train[m]);
    const mean = actual.reduce((a, b) => a + b, 0) / actual.length;
    const scores = validation[m].length > 0
      ? (await evidenceFrom({ [m]: validation[m] }))[m]!
      : actual.map(() => mean);
    const squares = actual.reduce((sum, y, i) => sum + (scores[i]! - y) ** 2, 0);
    errors[m] = squares / actual.length;
  }
  // A branch that never errs weighs a million times as much as one that is off by a thousandth of the range.
  const least = (1e-6 * (target.high - target.low)) ** 2;
  const weights = Object.fromEntries(
    Object.entries(errors).map(([m, error]) => [m, 1 / Math.max(error, least)]),
  );
  const fuse = (evidence: BranchEvidence, count: number) => {
    const shown = shownIn(evidence);
    if (shown.length === 0) return repeated(usual, count);
    const total = shown.reduce((sum, m) => sum + weights[m]!, 0);
    const mean = Float64Array.from(
      { length: count },
      (_, i) => shown.reduce((sum, m) => sum + weights[m]! * evidence[m]![i]!, 0) / total,
    );
    return verdictsOfEvidence(target, mean);
  };
  return { fuse, record: { validationSquaredErrors: errors } };
}
