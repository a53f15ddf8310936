/** Triples in which one modality is at odds with two: the exam, who wins, and what the model attends to. @module */

import { pairTriples } from "../../lib/datasets/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import type { Exam, Outcome } from "../../lib/study/job.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { subsetName, type Trial } from "../robustness/exams.ts";
import { accuracyOver, average, overSeeds, type Score } from "../tables.ts";

/** The name of the exam on triples in which `odd` is at odds. */
function conflictName(odd: Modality): string {
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
    readonly system: SystemName;
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

/** A system on triples in which one modality is at odds with two. */
export interface ConflictRow {
  readonly system: SystemName;
  readonly odd: Modality;
  /** How often the verdict is that of the odd modality. */
  readonly pull: Score;
  /** How often it is that of the two others: what `pull` leaves. */
  readonly majority: Score;
}

/** How a system's runs decide each conflict. */
export function conflictRows(system: SystemName, runs: readonly JudgedJob[]): ConflictRow[] {
  return modalities.map((odd) => {
    const majority = accuracyOver(
      answersTo(runs, conflictName(odd)).map(({ predictions }) => predictions),
    );
    return { system, odd, majority, pull: overSeeds(majority.seeds.map((share) => 1 - share)) };
  });
}

/** What the model's inside does when one modality contradicts the others, mean over triples and seeds. */
export interface Attention {
  readonly odd: Modality;
  /** The share of their attention that the two others pay to it, across segments; null without that level. */
  readonly paid: InAndOut | null;
  /** The share of the spectral path in the audio gate; null where there is no gate. */
  readonly gate: InAndOut | null;
}

/** A number on conflicting triples, and on those of one label. */
export interface InAndOut {
  readonly conflict: number;
  readonly agreement: number;
}

/** Reads off the outcomes of the model what it attends to under conflict. */
export function attentionUnderConflict(outcomes: readonly Outcome[]): Attention[] {
  const ours = outcomes.filter(({ job }) => job.system === "Proposed");
  const values = (exam: string, part: string) =>
    ours.flatMap(({ verdicts }) => {
      const inspected = verdicts.find(({ name }) => name === exam)?.inspected?.[part];
      return inspected ? [inspected] : [];
    });
  const mean = (found: ReturnType<typeof values>, columns: readonly number[]) =>
    found.length === 0 ? undefined : average(
      found.flatMap(({ width, values }) =>
        Array.from(
          { length: values.length / width },
          (_, i) => average(columns.map((column) => values[i * width + column]!)),
        )
      ),
    );
  return modalities.map((odd, at) => {
    const others = modalities.map((_, from) => from).filter((from) => from !== at);
    const inAndOut = (part: string, columns: readonly number[]): InAndOut | null => {
      const conflict = mean(values(conflictName(odd), part), columns);
      const agreement = mean(values(subsetName(modalities), part), columns);
      return conflict === undefined || agreement === undefined ? null : { conflict, agreement };
    };
    return {
      odd,
      // Row: who pays; column: to whom.
      paid: inAndOut("attention", others.map((from) => modalities.length * from + at)),
      gate: inAndOut("gate", [0]),
    };
  });
}
