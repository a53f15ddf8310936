/** What the models of the robustness experiments are asked. @module */

import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import type { NoisyRows } from "./append_points.ts";
import type { Exam } from "../../lib/study/job.ts";
import type { Splits } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";

/** Everything that can be shown: one, two or all three modalities. */
export const shownSubsets: readonly (readonly Modality[])[] = [
  ["text"],
  ["image"],
  ["audio"],
  ["text", "image"],
  ["text", "audio"],
  ["image", "audio"],
  modalities,
];

/** The name of the exam that shows these modalities. */
export function subsetName(shown: readonly Modality[]): string {
  return shown.join("+");
}

/** A seed's test triples. */
export interface Trial {
  readonly seed: number;
  readonly split: Splits;
  /** Triple t is `rows.text[t]`, `rows.image[t]`, `rows.audio[t]`. */
  readonly rows: Readonly<Record<Modality, readonly number[]>>;
  readonly labels: readonly number[];
}

/** The exam that shows these modalities of a trial's triples. */
export function subsetExam(
  { rows, labels }: Trial,
  { shown, system }: { readonly shown: readonly Modality[]; readonly system: SystemName },
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

const fusions: readonly SystemName[] = [
  "Late fusion",
  "Learnt late fusion",
  "Residual fusion (ours)",
];

// With one modality there is nothing for a late fusion to fuse: its branch answers.
function headFor(system: SystemName, shown: readonly Modality[]): Exam["head"] {
  return fusions.includes(system) && shown.length === 1 ? shown[0]! : "unified";
}

/** Where a noisy sample is shown: without company, or with the two other samples, clean. */
export type Company = "alone" | "in the triple";

/** The name of the exam on a point's noisy samples. */
export function noiseName({ modality, corruption, level }: NoisyRows, company: Company): string {
  return `${modality}: ${corruption.name} ${level}, ${company}`;
}

/** The name of the exam on the samples that noise is done to, as they are. */
export function cleanName(modality: Modality): string {
  return `${modality}: clean, alone`;
}

/** The samples of the first `count` triples, each once and alone. */
export function cleanExam(
  trial: Trial,
  { modality, system, count }: {
    readonly modality: Modality;
    readonly system: SystemName;
    readonly count: number;
  },
): Exam {
  const places = firstOfEach(trial.rows[modality].slice(0, count));
  return {
    name: cleanName(modality),
    head: headFor(system, [modality]),
    rows: { [modality]: places.map((t) => trial.rows[modality][t]!) },
    labels: places.map((t) => trial.labels[t]!),
  };
}

function firstOfEach(rows: readonly number[]): number[] {
  const known = new Set<number>();
  return [...rows.keys()].filter((t) => {
    const isNew = !known.has(rows[t]!);
    known.add(rows[t]!);
    return isNew;
  });
}

/** A point's noisy samples, each once alone, and in their triples. */
export function noiseExams(
  { rows, labels }: Trial,
  { point, system, count }: {
    readonly point: NoisyRows;
    readonly system: SystemName;
    readonly count: number;
  },
): Exam[] {
  const { modality, rowOf } = point;
  const first = byModality((m) => rows[m].slice(0, count));
  const noisy = first[modality].map((row) => rowOf.get(row)!);
  const places = firstOfEach(first[modality]);
  return [{
    name: noiseName(point, "alone"),
    head: headFor(system, [modality]),
    rows: { [modality]: places.map((t) => noisy[t]!) },
    labels: places.map((t) => labels[t]!),
  }, {
    name: noiseName(point, "in the triple"),
    head: headFor(system, modalities),
    rows: { ...first, [modality]: noisy },
    labels: labels.slice(0, count),
    // How far each modality is believed, where a system says so.
    inspect: system === "Residual fusion (ours)" && [`reliability of ${modality}`],
  }];
}
