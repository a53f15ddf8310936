/** Calibrated late fusion in evidence: what the modalities of a row say together, one by one. @module */

import type { BranchEvidence } from "../baselines/branches.ts";
import { evidenceOf } from "../baselines/evidence.ts";
import { verdictOfLabels } from "../baselines/labels.ts";
import { learntModalities, trainingRows } from "../baselines/natural_rows.ts";
import { shownIn } from "../baselines/shown_modalities.ts";
import type { Modality } from "../modality.ts";
import type { CorpusFeatures } from "../systems/features.ts";
import type { Problem, Rows } from "../systems/system.ts";
import { polarities, verdictWidth } from "../target.ts";
import {
  fitModalityEvidence,
  type ModalityEvidence,
  type ModalityEvidenceOptions,
  type ScorePrecision,
} from "./modality_evidence.ts";

/** What rows are known to be before anything is shown, and how evidence of modalities adds up. */
export interface LatePrior {
  /** `[w]`: log-odds, log-probabilities or a score. */
  readonly prior: Float64Array;
  /** Of scores 1 over the variance of the prior. */
  readonly precision?: number;
  /** Of scores by modality. */
  readonly scores: { readonly [M in Modality]?: ScorePrecision };
}

/** The evidence of each modality that can be learnt. */
export interface LateEvidence extends LatePrior {
  /** By modality; of those that the training part has. */
  readonly learnt: { readonly [M in Modality]?: ModalityEvidence };
  /** Calibrated evidence of what rows show, as far as it was learnt. */
  of(rows: Rows, features?: CorpusFeatures): Promise<BranchEvidence>;
  /** z_late, `[count, w]`, of such evidence. */
  fuse(evidence: BranchEvidence, count: number): Float64Array;
  /** By modality, and the prior. JSON. */
  readonly record: Readonly<Record<string, unknown>>;
  /** Frees the probes. */
  dispose(): Promise<void>;
}

/**
 * Fits the evidence of each modality (`fitModalityEvidence`) and the prior of rows:
 *
 *     z_late = z_π + Σ_m e_m
 *
 * over the modalities that a row shows, as if they were independent given its label. z_π is that of the
 * share of each class among the training rows; under `label` triples are balanced, and it is 0. Scores
 * are taken as normal, each with the precision that its errors show, the prior's counted once:
 *
 *     y_late = μ + Σ_m λ_m e_m / (λ_π + Σ_m (λ_m − λ_π,m))
 *
 * λ_m is 1 over the mean squared error of μ_m + e_m, λ_π,m 1 over the variance of the labels, and μ and
 * λ_π the same of the training rows: a modality that knows nothing has λ_m = λ_π,m, and no say.
 *
 * @throws {RangeError} `natural` without training rows, or a modality with a single one.
 */
export async function fitLateEvidence(
  problem: Problem,
  options: ModalityEvidenceOptions = {},
): Promise<LateEvidence> {
  const { present, protocol } = problem;
  const prior = priorOf(problem);
  const learnt: { [M in Modality]?: ModalityEvidence } = {};
  const dispose = async () => {
    for (const evidence of Object.values(learnt)) await evidence.dispose();
  };
  try {
    for (const m of protocol === "natural" ? learntModalities(problem) : present) {
      learnt[m] = await fitModalityEvidence(problem, m, options);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  const each = Object.entries(learnt) as [Modality, ModalityEvidence][];
  const scores = Object.fromEntries(each.flatMap(([m, { score }]) => score ? [[m, score]] : []));
  const latePrior: LatePrior = { ...prior, scores };
  return {
    ...latePrior,
    learnt,
    async of(rows, features) {
      const evidence: { [M in Modality]?: Float64Array } = {};
      for (const m of shownIn(rows)) {
        if (learnt[m]) evidence[m] = await learnt[m].of(rows[m]!, features);
      }
      return evidence;
    },
    fuse: (evidence, count) => fuseEvidence(latePrior, evidence, count),
    record: {
      modalities: Object.fromEntries(each.map(([m, { record }]) => [m, record])),
      prior: [...prior.prior],
    },
    dispose,
  };
}

/** z_late `[count, w]` of evidence `[count, w]` a modality. */
function fuseEvidence(
  { prior, precision, scores }: LatePrior,
  evidence: BranchEvidence,
  count: number,
): Float64Array {
  const sum = new Float64Array(count * prior.length);
  let known = precision ?? 1;
  for (const m of shownIn(evidence)) {
    const told = scores[m]?.told ?? 1;
    evidence[m]!.forEach((e, i) => sum[i]! += told * e);
    if (scores[m]) known += scores[m].told - scores[m].prior;
  }
  return sum.map((e, i) => prior[i % prior.length]! + e / known);
}

function priorOf(problem: Problem): Omit<LatePrior, "scores"> {
  const { target = polarities, protocol } = problem;
  // Of what is alone or shares no label the prior is its modality's own.
  if (protocol !== "natural") return { prior: new Float64Array(verdictWidth(target)) };
  const { labels } = trainingRows("calibrated late fusion", problem);
  if (target.kind !== "score") {
    return { prior: evidenceOf(target, verdictOfLabels(labels, target)) };
  }
  const mean = labels.reduce((a, b) => a + b, 0) / labels.length;
  const variance = labels.reduce((sum, y) => sum + (y - mean) ** 2, 0) / labels.length;
  return { prior: Float64Array.of(mean), precision: 1 / (variance || 1) };
}
