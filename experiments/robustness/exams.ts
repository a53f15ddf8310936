/** What the models of the robustness experiments are asked, and what triples keep by chance. @module */

import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, type Key, key, uniforms } from "../../lib/tensor/random.ts";
import { correctness } from "../../lib/study/comparisons.ts";
import type { Predictions } from "../../lib/study/predictions.ts";
import { pairTriples } from "../../lib/datasets/mod.ts";
import type { NoisyRows } from "./append_points.ts";
import type { Exam } from "../../lib/study/job.ts";
import type { Samples, Splits } from "../../lib/study/splits.ts";

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

/** How likely it is that a modality is missing. */
export const missingRates: readonly number[] = Array.from({ length: 10 }, (_, i) => i / 10);

/** What gets lost: one modality, or each by itself. */
export const losses = [...modalities, "any"] as const;

export type Loss = (typeof losses)[number];

/** How often it is drawn what each triple loses. */
export const missingDraws = 20;

/**
 * The accuracy when modalities are lost: each triple is judged by the verdict on
 * what it keeps. No new verdict is needed, as all subsets of every triple are
 * judged. `kept` has the names of the subsets that the triples keep, a draw after
 * the other.
 */
export function accuracyWhenMissing(
  exams: readonly Predictions[],
  kept: readonly (readonly string[])[],
): number {
  const right = new Map(exams.map((exam) => [exam.exam, correctness(exam)]));
  const sum = kept.flatMap((draw) => draw.map((name, t) => right.get(name)![t]!))
    .reduce((a, b) => a + b, 0);
  return sum / kept.reduce((count, draw) => count + draw.length, 0);
}

/** What happens to triples. */
export interface Losing {
  /** Triples. */
  readonly count: number;
  readonly lost: Loss;
  /** How likely a loss is, from 0 to below 1. */
  readonly rate: number;
}

/** The names of the subsets that triples keep, drawn `draws` times. */
export function drawSubsets(
  key: Key,
  { draws, ...losing }: Losing & { readonly draws: number },
): string[][] {
  return Array.from(
    { length: draws },
    (_, draw) => drawKept(fold(key, draw), losing).map(subsetName),
  );
}

/**
 * What each of `count` triples keeps if the modality `lost`, or each of them by
 * itself, is missing with probability `rate`. The draw of one that would lose all
 * three is repeated, as in training. Equal keys take from a triple at a higher
 * rate what they take at a lower one, but for such repetitions.
 *
 * @throws {RangeError} The rate is below 0 or not below 1.
 */
function drawKept(key: Key, { count, lost, rate }: Losing): Modality[][] {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`Cannot lose modalities: expected a rate from 0 to below 1, got ${rate}`);
  }
  return Array.from({ length: count }, (_, t) => {
    const draw = uniforms(fold(key, t));
    for (;;) {
      const kept = modalities.filter((m) => (lost !== "any" && lost !== m) || draw() >= rate);
      if (kept.length > 0) return kept;
    }
  });
}

/** Who is asked, beside the model what is simple and what knows nothing. */
export const robustSystems = ["Proposed", "Late fusion", "Majority"] as const;

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
  const polarities = byModality((m) => samples[m].map(({ label }) => label));
  // Triples of one label, were it not that the odd modality's are told the wrong way round.
  const told = { ...polarities, [odd]: polarities[odd].map((label) => label ? 0 : 1) };
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
