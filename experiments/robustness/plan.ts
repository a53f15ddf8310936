/** What the models of the robustness experiments are asked, and the jobs that ask it. @module */

import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { NoisyRows } from "./corrupted_samples.ts";
import { shownSubsets, subsetName } from "./missing_modalities.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named } from "../../lib/study/job.ts";
import { divideAll, type Draws, type Samples, type Splits } from "../../lib/study/splits.ts";
import { pairTriples } from "../../lib/datasets/mod.ts";
import { fold, key } from "../../lib/tensor/random.ts";

/** The test triples of Table 1's unified rows. */
export function planTrials(samples: Samples, { seeds, data }: Draws): Trial[] {
  const labels = byModality((m) => ({ labels: samples[m].map(({ polarity }) => polarity) }));
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
  return robustSystems.flatMap((system) =>
    trials.map((trial) =>
      robustJob(trial, system, "missing", [
        ...shownSubsets.map((shown) => subsetExam(trial, { shown, system })),
        ...modalities.map((odd) => conflictExam(trial, { odd, system, samples })),
      ])
    )
  );
}

/** The systems that are asked about noisy samples. */
export const noisySystems = ["Proposed", "Late fusion"] as const;

/** A job a system and seed: the noise, and what it is compared with, are its exams. */
export function planNoise(
  trials: readonly Trial[],
  { noisy, noisyTriples }: {
    readonly noisy: readonly NoisyRows[];
    /** How many of a trial's triples meet noise: the first. */
    readonly noisyTriples: number;
  },
): Job[] {
  return noisySystems.flatMap((system) =>
    trials.map((trial) =>
      robustJob(trial, system, "noise", [
        ...shownSubsets.map((shown) => subsetExam(trial, { shown, system })),
        ...noisy.filter(({ seed }) => seed === trial.seed)
          .flatMap((point) => noiseExams(trial, { point, system, count: noisyTriples })),
      ])
    )
  );
}

function robustJob(
  { seed, split }: Trial,
  system: RobustSystem,
  kind: "missing" | "noise",
  exams: readonly Exam[],
): Job {
  const place = { system, kind: `robustness-${kind}`, seed } as const;
  return named({ ...place, protocol: "label", present: modalities, split, exams });
}

/** Who is asked, beside the model what is simple and what knows nothing. */
export const robustSystems = ["Proposed", "Late fusion", "Majority"] as const;

/** One of {@linkcode robustSystems}. */
export type RobustSystem = (typeof robustSystems)[number];

/** A seed's test triples. */
export interface Trial {
  readonly seed: number;
  readonly split: Splits;
  /** Triple t is `rows.text[t]`, `rows.image[t]`, `rows.audio[t]`. */
  readonly rows: Readonly<Record<Modality, readonly number[]>>;
  readonly labels: readonly number[];
}

function subsetExam(
  { rows, labels }: Trial,
  { shown, system }: { readonly shown: readonly Modality[]; readonly system: RobustSystem },
): Exam {
  return {
    name: subsetName(shown),
    head: headFor(system, shown),
    rows: Object.fromEntries(shown.map((m) => [m, rows[m]])),
    labels,
    // What a conflict is compared with.
    inspect: system === "Proposed" && shown.length === modalities.length,
  };
}

// With one modality there is nothing for late fusion to fuse: its branch answers.
function headFor(system: RobustSystem, shown: readonly Modality[]): Exam["head"] {
  return system === "Late fusion" && shown.length === 1 ? shown[0]! : "unified";
}

/** The name of the exam on triples in which `odd` is at odds. */
export function conflictName(odd: Modality): string {
  return `${odd} in conflict`;
}

/**
 * Test triples in which the sample of modality `odd` has the opposite label of the
 * other two; the label is that of the two. As many as other test triples.
 */
export function conflictExam(
  { seed, split, labels }: Pick<Trial, "seed" | "split" | "labels">,
  { odd, system, samples }: {
    readonly odd: Modality;
    readonly system: RobustSystem;
    readonly samples: Samples;
  },
): Exam {
  const polarities = byModality((m) => samples[m].map(({ polarity }) => polarity));
  // Triples of one label, were it not that the odd modality's are told the wrong way round.
  const told = { ...polarities, [odd]: polarities[odd].map((polarity) => polarity ? 0 : 1) };
  const triples = pairTriples({
    indices: byModality((m) => split[m].test),
    labels: told,
    protocol: "label",
    count: labels.length,
    key: fold(key(seed), "conflict", odd),
  });
  return {
    name: conflictName(odd),
    head: "unified",
    rows: byModality((m) => Array.from(triples[m])),
    labels: Array.from(triples.unified!),
    inspect: system === "Proposed",
  };
}

/** Where a noisy sample is shown: without company, or with the two other samples, clean. */
export type Company = "alone" | "in the triple";

/** The name of the exam on a point's noisy samples. */
export function noiseName({ modality, corruption, level }: NoisyRows, company: Company): string {
  return `${modality}: ${corruption.name} ${level}, ${company}`;
}

/** A point's noisy samples, alone and in their triples. */
export function noiseExams(
  { rows, labels }: Trial,
  { point, system, count }: {
    readonly point: NoisyRows;
    readonly system: RobustSystem;
    readonly count: number;
  },
): Exam[] {
  const { modality, rowOf } = point;
  const first = byModality((m) => rows[m].slice(0, count));
  const changed = { [modality]: first[modality].map((row) => rowOf.get(row)!) };
  const exam = (company: Company, rows: Exam["rows"]): Exam => ({
    name: noiseName(point, company),
    head: headFor(system, modalities.filter((m) => rows[m])),
    rows,
    labels: labels.slice(0, count),
  });
  return [exam("alone", changed), exam("in the triple", { ...first, ...changed })];
}
