/** Jobs on rows whose samples belong together, and on each modality of them alone. @module */

import type { LeakChoice, PairedCorpora, SplitReport } from "../datasets/mod.ts";
import { learntOf } from "../datasets/paired.ts";
import { parts as partNames } from "../datasets/parts.ts";
import { byModality, modalities, type Modality } from "../modality.ts";
import type { Target } from "../target.ts";
import { type Exam, type Job, named } from "./job.ts";
import { testExams } from "./run.ts";
import type { DataConfig } from "./settings.ts";
import { divideRows } from "./splits.ts";

/**
 * Refuses scores where classes are to count alike.
 *
 * @throws {RangeError} Scores are learnt.
 */
export function assertClasses(target: Target | undefined): void {
  if (target?.kind !== "score") return;
  throw new RangeError("Cannot weigh by class: expected classes to be learnt, got scores");
}

/** The name of the exam that shows one modality of rows to a model that has learnt whole ones. */
function partOfRows(modality: Modality): string {
  return `${modality} of rows`;
}

/**
 * The proposed model with every seed, on each modality alone and on rows. All are divided alike:
 * no group of rows is in two parts. A model that has learnt rows is also asked of one
 * modality of them at a time.
 *
 * @throws {Error} A split that leaks, or a part of one class.
 */
export function planNatural(
  paired: PairedCorpora,
  { seeds, target, leaks, onSplit, data }: {
    readonly seeds: readonly number[];
    readonly target?: Target | undefined;
    /** Of parts that the rows give; see `useGivenSplit`. */
    readonly leaks?: LeakChoice | undefined;
    /** Told of each seed's division. */
    readonly onSplit?: (report: SplitReport) => void;
    readonly data: DataConfig;
  },
): Job[] {
  const { corpora, pairs } = paired;
  const { testFraction, validationFraction, unbalanced } = data;
  if (unbalanced) assertClasses(target);
  const labels = byModality((m) => ({ labels: corpora[m].samples.map((s) => s.label) }));
  return seeds.flatMap((seed) => {
    const { split, report } = divideRows(paired, {
      ...{ seed, testFraction, validationFraction, target, leaks },
    });
    onSplit?.(report);
    const run = {
      ...{ system: "Proposed", seed, split } as const,
      ...target && { target },
      ...unbalanced && { classesAlike: true },
    };
    const rows = { ...run, protocol: "natural", present: modalities, pairs } as const;
    const there = learntOf(split);
    // Rows of one modality alone are their only part.
    const shown = there.filter((m) => split[m].test.length > 0);
    const parts = (there.length > 1 ? shown : []).map((m): Exam => ({
      name: partOfRows(m),
      head: "unified",
      rows: { [m]: split[m].test },
      labels: split[m].test.map((i) => labels[m].labels[i]!),
    }));
    return [
      named({ ...rows, kind: "natural-rows", exams: [...testExams(rows, labels), ...parts] }),
      ...there.filter((m) => partNames.every((part) => split[m][part].length > 0)).map((m): Job =>
        named({ ...run, kind: `natural-${m}`, protocol: "single", present: [m] })
      ),
    ];
  });
}
