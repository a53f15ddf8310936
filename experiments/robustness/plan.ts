/** The jobs of the robustness experiments, and what their captions share. @module */

import { byModality, modalities } from "../../lib/modality.ts";
import { significanceRule } from "../../lib/study/comparisons.ts";
import { dataCaption, type Study } from "../../lib/study/study.ts";
import { counted } from "../tables.ts";
import type { NoisyRows } from "./append_points.ts";
import { shownSubsets } from "./exams.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { divideAll, type Draws, type Samples } from "../../lib/study/splits.ts";
import type { NoisyCopies } from "../../lib/study/noisy_copies.ts";
import { cleanExam, noiseExams, subsetExam, type Trial } from "./exams.ts";

/** What captions say of data, seeds and training. */
export function robustCaption(study: Study, seeds: readonly number[]): string {
  return `${dataCaption(study)} ${counted(seeds.length, "seed")}, ` +
    `each with its own split. One model a seed, trained on clean triples of one label with ` +
    `modality dropout, answers everything. ${significanceRule}`;
}

/** The same, of systems of which some are trained on noise. */
export function noiseCaption(study: Study, seeds: readonly number[]): string {
  return `${dataCaption(study)} ${
    counted(seeds.length, "seed")
  }, each with its own split. Two models a ` +
    `system and seed, one trained on clean triples of one label, one on them and on noisy copies, answer ` +
    `everything.`;
}

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

/** Who meets noise, and whether training has met some. */
export const noiseSystems = [
  { system: "Proposed", noisy: false },
  { system: "Proposed", noisy: true },
  { system: "Late fusion", noisy: false },
  { system: "Late fusion", noisy: true },
  { system: "Residual fusion (ours)", noisy: false },
  { system: "Residual fusion (ours)", noisy: true },
] as const satisfies readonly { readonly system: SystemName; readonly noisy: boolean }[];

/** What tables call a system. */
export function noiseSystemName(
  { system, noisy }: { readonly system: SystemName; readonly noisy: boolean },
): string {
  return noisy ? `${system}, trained on noise` : system;
}

/**
 * A job a system of a trial: the noise, and what it is compared with, are its exams. Jobs that train on
 * noise have the copies.
 */
export function planNoise(
  trial: Trial,
  { noisy, copies, noisyTriples: count }: {
    readonly noisy: readonly NoisyRows[];
    readonly copies: NoisyCopies;
    /** How many of the triples meet noise: the first. */
    readonly noisyTriples: number;
  },
): Job[] {
  return noiseSystems.map(({ system, noisy: isTrained }) => {
    const { seed, split } = trial;
    const kind = isTrained ? "robustness-noise-trained" : "robustness-noise";
    const exams = [
      ...shownSubsets.map((shown) => subsetExam(trial, { shown, system })),
      ...modalities.map((modality) => cleanExam(trial, { modality, system, count })),
      ...noisy.flatMap((point) => noiseExams(trial, { point, system, count })),
    ];
    return named({
      ...{ system, kind, seed, split, protocol: "label", present: modalities, exams } as const,
      ...isTrained && { noisy: copies },
    });
  });
}

/** A job a system and trial, whose exams are the seven subsets and those of `examsBeside`. */
export function robustJobs(
  kind: string,
  { systems, trials }: {
    readonly systems: readonly SystemName[];
    readonly trials: readonly Trial[];
  },
  examsBeside: (trial: Trial, system: SystemName) => readonly Exam[],
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
