/** The proposed model's runs of Table 1: other tables and figures show more of the same. @module */

import { modalities, type Modality } from "../modality.ts";
import type { Epoch } from "../training/train.ts";
import { type Job, named, type Outcome } from "./job.ts";
import { perClassifier } from "./per_classifier.ts";
import { divideAll, type Draws, type Samples, type Splits } from "./splits.ts";
import type { Study } from "./study.ts";

/** What a run learnt from: one modality alone, or triples. */
export type Branch = Modality | "unified";

/** In the order of the paper's figures. */
export const branches: readonly Branch[] = ["unified", "image", "text", "audio"];

/** The kind of a branch's jobs, whatever the system. */
export function kindOf(branch: Branch): string {
  return branch === "unified" ? "label" : `single-${branch}`;
}

/** The jobs of one branch, one per seed, as Table 1 has them, unless divided otherwise. */
export function proposedJobs(
  samples: Samples,
  branch: Branch,
  { seeds, data, divide = divideAll }: Draws & {
    readonly divide?: (
      samples: Samples,
      options: { readonly seed: number; readonly data: Draws["data"] },
    ) => { readonly split: Splits };
  },
): Job[] {
  const alone = branch !== "unified";
  return seeds.map((seed): Job =>
    named({
      system: "Proposed",
      kind: kindOf(branch),
      seed,
      protocol: alone ? "single" : "label",
      present: alone ? [branch] : modalities,
      split: divide(samples, { seed, data }).split,
    })
  );
}

/** The runs of a branch; those that Table 1 has made are found, not run again. */
export function proposedRunsOf(study: Study, branch: Branch): Promise<Outcome[]> {
  const { samples, options: { seeds, config: { data } } } = study;
  return study.run(proposedJobs(samples, branch, { seeds, data }));
}

/** The runs of every branch. */
export async function proposedRuns(study: Study): Promise<Record<Branch, Outcome[]>> {
  const { samples, options: { seeds, config: { data } } } = study;
  const jobs = branches.flatMap((branch) => proposedJobs(samples, branch, { seeds, data }));
  const outcomes = await study.run(jobs);
  const runs = branches.map((branch, i) => [
    branch,
    outcomes.slice(i * seeds.length, (i + 1) * seeds.length),
  ]);
  return Object.fromEntries(runs) as Record<Branch, Outcome[]>;
}

/** What the record of a trained run tells. */
export interface TrainingRecord {
  /** Trainable numbers. */
  readonly parameters: number;
  readonly bestEpoch: number;
  readonly stepsPerEpoch: number;
  readonly history: readonly Epoch[];
}

/**
 * The record of a run of a system that trains by epochs. With `headWeight` λ, of the proposed
 * model, the training loss is divided by the 1 + λ M classifiers whose cross-entropies it sums, of
 * M modalities, each a mean over views: then it is in the unit of the validation loss.
 */
export function trainingRecord(
  { job, record }: Pick<Outcome, "record"> & { readonly job: Pick<Job, "present"> },
  { headWeight }: { readonly headWeight?: number } = {},
): TrainingRecord {
  const told = record as unknown as TrainingRecord;
  if (headWeight === undefined) return told;
  return { ...told, history: told.history.map(perClassifier(job, headWeight)) };
}

/** What the two losses of a run are, for captions. */
export const lossCaption =
  "Losses are cross-entropies in nats: in training the mean over all classifiers, with dropout and, " +
  "of triples, with modalities masked; on validation that of the classifier that answers, without either.";
