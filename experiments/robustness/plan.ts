/** The jobs of the robustness experiments. @module */

import { byModality, modalities } from "../../lib/modality.ts";
import type { NoisyRows } from "./append_points.ts";
import { shownSubsets } from "./exams.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import { divideAll, type Draws, type Samples } from "../../lib/study/splits.ts";
import {
  conflictExam,
  noiseExams,
  type RobustSystem,
  robustSystems,
  subsetExam,
  type Trial,
} from "./exams.ts";

/** The test triples of Table 1's unified rows. */
export function planTrials(samples: Samples, { seeds, data }: Draws): Trial[] {
  const labels = byModality((m) => ({ labels: samples[m].map(({ label }) => label) }));
  return seeds.map((seed) => {
    const { split } = divideAll(samples, { seed, data });
    const job = { protocol: "label", present: modalities, split, seed } as const;
    const [exam] = testExams(job, labels);
    const rows = byModality((m) => Array.from(exam!.rows[m]!));
    return { seed, split, rows, labels: exam!.labels };
  });
}

/** A job a system and seed: the seven subsets and the conflicts are its exams. */
export function planMissing(trials: readonly Trial[], samples: Samples): Job[] {
  return robustJobs(
    "missing",
    { systems: robustSystems, trials },
    (trial, system) => modalities.map((odd) => conflictExam(trial, { odd, system, samples })),
  );
}

/** A job a system and seed: the noise, and what it is compared with, are its exams. */
export function planNoise(
  trials: readonly Trial[],
  { noisy, noisyTriples: count }: {
    readonly noisy: readonly NoisyRows[];
    /** How many of a trial's triples meet noise: the first. */
    readonly noisyTriples: number;
  },
): Job[] {
  return robustJobs(
    "noise",
    { systems: ["Proposed", "Late fusion"], trials },
    (trial, system) =>
      noisy.filter(({ seed }) => seed === trial.seed)
        .flatMap((point) => noiseExams(trial, { point, system, count })),
  );
}

function robustJobs(
  kind: "missing" | "noise",
  { systems, trials }: {
    readonly systems: readonly RobustSystem[];
    readonly trials: readonly Trial[];
  },
  examsBeside: (trial: Trial, system: RobustSystem) => readonly Exam[],
): Job[] {
  return systems.flatMap((system) =>
    trials.map((trial) => {
      const subsets = shownSubsets.map((shown) => subsetExam(trial, { shown, system }));
      const { seed, split } = trial;
      const place = { system, kind: `robustness-${kind}`, seed, split } as const;
      const exams = [...subsets, ...examsBeside(trial, system)];
      return named({ ...place, protocol: "label", present: modalities, exams });
    })
  );
}
