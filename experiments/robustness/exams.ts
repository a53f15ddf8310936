/** What the models of the robustness experiments are asked. @module */

import { pairTriples } from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import type { NoisyRows } from "./append_points.ts";
import { subsetName } from "./missing_modalities.ts";
import type { Exam } from "../../lib/study/job.ts";
import type { Samples, Splits } from "../../lib/study/splits.ts";

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

export function subsetExam(
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
