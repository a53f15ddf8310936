/** Controls of a fused verdict: what else the fitted system is asked about the same test rows. @module */

import { evidenceOf, verdictsOfEvidence } from "../baselines/evidence.ts";
import { additiveProjection } from "../explanation/additive_projection.ts";
import { modalities } from "../modality.ts";
import type { Fitted, Rows } from "../systems/system.ts";
import { polarities, type Target } from "../target.ts";
import { fold, key, permutation } from "../tensor/random.ts";
import { type Control, controls, type Exam, type Job } from "./job.ts";

function nameOf(exam: string, control: Control): string {
  return `${exam}, ${control}`;
}

/** The control of an exam of this name; undefined of one that asks of rows as they are. */
export function controlOf(exam: string): Control | undefined {
  return controls.find((control) => exam.endsWith(nameOf("", control)));
}

/** The exams of a job's controls, one for each of its `exams` and controls. */
export function controlExams(
  { controls: asked = [], target = polarities, seed }: Pick<Job, "controls" | "target" | "seed">,
  exams: readonly Exam[],
): Exam[] {
  return asked.flatMap((control) =>
    exams.map(({ name, head, rows, labels }): Exam => ({
      ...{ name: nameOf(name, control), head, labels },
      rows: control === "additive" ? rows : pairedByLabel(rows, { name, labels, target, seed }),
    }))
  );
}

/** The samples of rows, paired anew within each label; the same for every system. */
function pairedByLabel(
  rows: Rows,
  { name, labels, target, seed }: {
    readonly name: string;
    readonly labels: readonly number[];
    readonly target: Target;
    readonly seed: number;
  },
): Rows {
  const [kept, ...others] = modalities.filter((m) => rows[m] !== undefined);
  const classOf = (label: number) => target.kind === "score" ? Math.round(label) : label;
  const alike = [...Map.groupBy(labels.keys(), (i) => classOf(labels[i]!))];
  const permuted = others.map((m) => {
    const own = Array.from(rows[m]!);
    for (const [label, places] of alike) {
      const order = permutation(fold(key(seed), "paired by label", name, m, label), places.length);
      places.forEach((place, i) => own[place] = rows[m]![places[order[i]!]!]!);
    }
    return [m, own];
  });
  return { [kept!]: rows[kept!], ...Object.fromEntries(permuted) };
}

/** What was judged for the additive control of an exam. */
export interface AdditiveRecord {
  /** Combinations of the rows' samples that were judged. */
  readonly combinations: number;
  /** All that there are; the projection is exact where they are as many. */
  readonly of: number;
}

/** The verdicts of an exam's additive projection. */
export async function judgeAdditive(
  fitted: Pick<Fitted, "predict">,
  { name, head, rows }: Exam,
  { target = polarities, seed }: Pick<Job, "target" | "seed">,
): Promise<{ readonly scores: Float64Array; readonly record: AdditiveRecord }> {
  const judge = async (rows: Rows) => evidenceOf(target, (await fitted.predict(rows))[head]!);
  const { evidence, ...record } = await additiveProjection(judge, rows, {
    key: fold(key(seed), "additive", name),
  });
  return { scores: verdictsOfEvidence(target, evidence), record };
}
