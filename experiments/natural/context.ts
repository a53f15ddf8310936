/** What a row's neighbours add, and what reading out the row itself matters beside them. @module */

import type { LeadingScore } from "../../lib/inference/verdict_scores.ts";
import { byModality } from "../../lib/modality.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { CorpusFeatures, ModalityFeatures } from "../../lib/systems/features.ts";
import { type ComparedSystem, systemOfJob } from "../compare/plan.ts";
import type { CompareRow, RowComparison } from "../compare/rows.ts";
import { compared, correctedByName, groupsOf, type Said, saidOf } from "../compare/said.ts";

/** A row of the experiment. */
export interface NaturalRow extends CompareRow {
  /** With context less without it, on the same test rows. */
  readonly contextAdds?: RowComparison;
  /** With context, less the same system to which the row is a segment like its neighbours. */
  readonly readoutAdds?: RowComparison;
}

/** Features in context without the table by which a row is told from its neighbours. */
export function heardAlike(features: CorpusFeatures): CorpusFeatures {
  return byModality((m): ModalityFeatures => {
    const { target: _, ...tables } = features[m].tables;
    return { ...features[m], tables };
  });
}

/**
 * The rows of a section with context, each with what it adds; the jobs of all three are on the same
 * test rows. Each kind of difference has its own correction.
 */
export function withContextAdds(
  rows: readonly CompareRow[],
  { judged, without, alike, samples, lead }: {
    readonly judged: readonly JudgedJob[];
    readonly without: readonly JudgedJob[];
    readonly alike: readonly JudgedJob[];
    readonly samples: Samples;
    readonly lead: LeadingScore;
  },
): NaturalRow[] {
  const own = saidBySystem(judged, samples);
  const less = (others: ReadonlyMap<ComparedSystem, readonly Said[]>) =>
    correctedByName(
      new Map([...own].flatMap(([system, said]) => {
        const other = others.get(system);
        return other ? [[system, compared(said, other, lead)] as const] : [];
      })),
    );
  const context = less(saidBySystem(without, samples));
  const readout = less(saidBySystem(alike, samples));
  return rows.map((row) => {
    const [contextAdds, readoutAdds] = row.modality === "rows"
      ? [context.get(row.system), readout.get(row.system)]
      : [];
    return { ...row, ...contextAdds && { contextAdds }, ...readoutAdds && { readoutAdds } };
  });
}

/** What systems say of rows as they are, in the order of seeds. */
function saidBySystem(
  judged: readonly JudgedJob[],
  samples: Samples,
): Map<ComparedSystem, readonly Said[]> {
  const groups = groupsOf(samples);
  const ofRows = judged.filter(({ job }) => job.protocol === "natural");
  return new Map(
    [...Map.groupBy(ofRows, ({ job }) => systemOfJob(job))].map(([system, jobs]) => [
      system,
      jobs.map((one) => saidOf(one, groups)!).toSorted((a, b) => a.seed - b.seed),
    ]),
  );
}
