/** Who is asked when modalities are missing, and the jobs. @module */

import { modalities } from "../../lib/modality.ts";
import { type Job, named } from "../../lib/study/job.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { subsetExam, type Trial } from "../robustness/exams.ts";
import { robustJobs } from "../robustness/plan.ts";
import { conflictExam } from "./conflicts.ts";

/** Who is asked: what fuses, and what knows nothing. */
export const missingSystems = [
  "Proposed",
  "Residual fusion (ours)",
  "Late fusion",
  "Learnt late fusion",
  "Majority",
] as const satisfies readonly SystemName[];

/** Who is held against late fusion. */
export const comparedSystems = [
  "Proposed",
  "Residual fusion (ours)",
] as const satisfies readonly MissingSystem[];

// Networks that say which of their modules are a modality's own.
const learningSystems = [
  "Proposed",
  "Residual fusion (ours)",
  "MISA",
] as const satisfies readonly SystemName[];

/** One of {@linkcode missingSystems}. */
export type MissingSystem = (typeof missingSystems)[number];

/** A network whose training is watched. */
export type LearningSystem = (typeof learningSystems)[number];

/** A job a system and seed: the seven subsets and the conflicts are its exams. */
export function planMissing(trials: readonly Trial[], samples: Samples): Job[] {
  return robustJobs(
    "missing",
    { systems: missingSystems, trials },
    (trial, system) => modalities.map((odd) => conflictExam(trial, { odd, system, samples })),
  );
}

/** A job a network and seed, which keeps the gradients of each modality's modules. */
export function planLearning(trials: readonly Trial[]): Job[] {
  return learningSystems.flatMap((system) =>
    trials.map((trial) => {
      const { seed, split } = trial;
      const { inspect: _, ...whole } = subsetExam(trial, { shown: modalities, system });
      return named({
        ...{ system, kind: "robustness-learning", seed, split, protocol: "label" } as const,
        ...{ present: modalities, gradients: true, exams: [whole] } as const,
      });
    })
  );
}
