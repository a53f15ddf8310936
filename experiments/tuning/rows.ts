/** The trials, and what came of them. @module */

import { modalities } from "../../lib/modality.ts";
import {
  type DataConfig,
  type TrainedSystem,
  trainedSystems,
  type Tuned,
} from "../../lib/study/settings.ts";
import {
  type Branch,
  kindOf,
  proposedJobs,
  trainingRecord,
} from "../../lib/study/proposed_runs.ts";
import { type Job, longestFirst, named, type Outcome } from "../../lib/study/job.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { average } from "../tables.ts";

/** What each system is tried with. */
export const trials: readonly Tuned[] = [5e-4, 1e-3, 3e-3].map((learningRate) => ({
  learningRate,
}));

/** With what each trial is made, since one seed says little of what is stable. */
export const tuningSeeds: readonly number[] = [1001, 1002];

/** Every trial of every system: alone on each modality, and on triples. */
export function planTuning(
  samples: Samples,
  { data, seeds = tuningSeeds, chosen = trials }: {
    readonly data: DataConfig;
    readonly seeds?: readonly number[];
    readonly chosen?: readonly Tuned[];
  },
): Job[] {
  const runs = seeds.flatMap((seed) =>
    tunedOn.flatMap((branch) =>
      proposedJobs(samples, branch, { seeds: [seed], data }).map((job) => ({ branch, job }))
    )
  );
  const jobs = trainedSystems.flatMap((system) =>
    chosen.flatMap((tuned, trial) =>
      runs.map(({ branch, job }): Job => {
        const kind = trialKind(trial, branch);
        return named({ ...job, system, kind, variant: { tuned }, exams: [] });
      })
    )
  );
  return longestFirst(jobs);
}

const tunedOn: readonly Branch[] = [...modalities, "unified"];

function trialKind(trial: number, branch: Branch): string {
  return `trial${trial}-${kindOf(branch)}`;
}

/** What came of one trial. */
export interface TrialRow {
  readonly system: TrainedSystem;
  readonly tuned: Tuned;
  /** Validation loss of the best epoch, by run: with each seed three alone, one on triples. */
  readonly losses: readonly number[];
  /** Their mean, by which the trial is chosen. */
  readonly loss: number;
  readonly accuracy: number;
  /** The lowest accuracy of a run: near one half, where a training came to nothing. */
  readonly worst: number;
  readonly chosen: boolean;
}

/** A row a trial; of each system the one with the lowest mean loss is chosen. */
export function collateTuning(
  outcomes: readonly Outcome[],
  tried: readonly Tuned[] = trials,
): TrialRow[] {
  return trainedSystems.flatMap((system) => {
    const rows = tried.map((tuned, trial) => {
      const kinds = tunedOn.map((branch) => trialKind(trial, branch));
      const runs = outcomes.filter(({ job }) => job.system === system && kinds.includes(job.kind));
      const best = runs.map((run) => {
        const { history, bestEpoch } = trainingRecord(run);
        return history[bestEpoch - 1]!;
      });
      const losses = best.map(({ validationLoss }) => validationLoss);
      const accuracies = best.map(({ validationAccuracy }) => validationAccuracy);
      return {
        system,
        tuned,
        losses,
        loss: average(losses),
        accuracy: average(accuracies),
        worst: Math.min(...accuracies),
      };
    });
    const lowest = Math.min(...rows.map(({ loss }) => loss));
    return rows.map((row) => ({ ...row, chosen: row.loss === lowest }));
  });
}
