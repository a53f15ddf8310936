/** What systems said of test rows, and how the verdicts of two differ. @module */

import * as metrics from "../../lib/metrics/mod.ts";
import { type LeadingScore, verdictsAt } from "../../lib/inference/verdict_scores.ts";
import { modalities } from "../../lib/modality.ts";
import { type Corrected, corrected, type Ends, pOverSeeds } from "../../lib/study/comparisons.ts";
import { controlOf } from "../../lib/study/controls.ts";
import type { Control } from "../../lib/study/job.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { shownOfWholeRows } from "../../lib/study/whole_rows.ts";
import { key } from "../../lib/tensor/random.ts";

/** How one system differs from another by the leading score; above 0 it is better. */
export type RowComparison = Pick<
  Corrected,
  "difference" | "interval" | "p" | "pHolm" | "seeds" | "pOverSeeds" | "clusters" | "reason"
>;

/** What a system said of the test rows of a seed. */
export interface Said {
  readonly seed: number;
  /** A name of each row: its first sample, which no other row has. */
  readonly names: readonly string[];
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly clusters: readonly string[];
}

/** The group of each sample by modality and id. */
export function groupsOf(samples: Samples): ReadonlyMap<string, string> {
  return new Map(
    modalities.flatMap((m) => samples[m].map(({ id, group }) => [`${m} ${id}`, group] as const)),
  );
}

/** What a job said of rows as they are, or of a control of them; undefined where that was not asked. */
export function saidOf(
  { job, exams }: JudgedJob,
  groups: ReadonlyMap<string, string>,
  control?: Control,
): Said | undefined {
  const asked = exams.filter(({ exam }) =>
    controlOf(exam) === control && shownOfWholeRows(exam) === undefined
  );
  if (asked.length === 0) return undefined;
  const names = asked.flatMap(({ ids }) => {
    const m = modalities.find((m) => ids[m])!;
    return ids[m]!.map((id) => `${m} ${id}`);
  });
  return {
    seed: job.seed,
    names,
    labels: asked.flatMap(({ labels }) => labels),
    scores: asked.flatMap(({ scores }) => scores),
    clusters: names.map((name) => groups.get(name) ?? name),
  };
}

/** The verdicts of all seeds together. */
export function pool(said: readonly Said[]): Omit<Said, "seed" | "names"> {
  return {
    labels: said.flatMap(({ labels }) => labels),
    scores: said.flatMap(({ scores }) => scores),
    clusters: said.flatMap(({ clusters }) => clusters),
  };
}

const resamples = 2000;

/**
 * The first's score less the second's on the rows that the second judges, all of which the first has
 * to judge; each group is resampled with its rows under every seed.
 */
export function compared(
  first: readonly Said[],
  second: readonly Said[],
  { of: lead, sign }: LeadingScore,
): Omit<RowComparison, "pHolm"> {
  const pairs = second.map((theirs) => {
    const ours = first.find(({ seed }) => seed === theirs.seed)!;
    const places = new Map(ours.names.map((name, i) => [name, i]));
    return { ours: at(ours, theirs.names.map((name) => places.get(name)!)), theirs };
  });
  const ours = pool(pairs.map(({ ours }) => ours)), theirs = pool(second);
  const values = {
    first: pairs.map(({ ours }) => sign * lead(ours)),
    second: pairs.map(({ theirs }) => sign * lead(theirs)),
  };
  const seeds = values.first.map((value, i) => value - values.second[i]!);
  const clusters = new Set(theirs.clusters).size;
  const reason = metrics.tooFew(clusters, "groups");
  const drawn = reason === undefined && metrics.pairedBootstrap({
    ...{ count: theirs.labels.length, clusters: theirs.clusters, key: key(0), resamples },
    first: (rows) => sign * lead(verdictsAt(ours, rows)),
    second: (rows) => sign * lead(verdictsAt(theirs, rows)),
  });
  return {
    difference: metrics.meanAndDeviation(seeds).mean,
    interval: drawn ? [drawn.low, drawn.high] : null,
    p: drawn ? drawn.p : null,
    ...reason !== undefined && { reason },
    clusters,
    seeds,
    pOverSeeds: pOverSeeds(values),
  };
}

function at(said: Said, rows: readonly number[]): Said {
  const pick = <T>(of: readonly T[]) => rows.map((row) => of[row]!);
  return {
    seed: said.seed,
    names: pick(said.names),
    clusters: pick(said.clusters),
    ...verdictsAt(said, rows),
  };
}

/** The second's score less the first's. */
export function turned<Of extends Omit<RowComparison, "pHolm">>(comparison: Of): Of {
  const { difference, interval, seeds } = comparison;
  return {
    ...comparison,
    difference: -difference,
    interval: interval && [-interval[1], -interval[0]] satisfies Ends,
    seeds: seeds.map((own) => -own),
  };
}

/** Comparisons by name among which a reader looks for the smallest p, each with Holm's correction. */
export function correctedByName<Name>(
  comparisons: ReadonlyMap<Name, Omit<RowComparison, "pHolm">>,
): Map<Name, RowComparison> {
  const all = corrected([...comparisons.values()] as Corrected[]);
  return new Map([...comparisons.keys()].map((name, i) => [name, all[i]!]));
}
