/** The rows of a comparison, from saved predictions. @module */

import * as metrics from "../../lib/metrics/mod.ts";
import {
  leadingScore,
  predictedLabels,
  type ScoreName,
  verdictsAt,
  verdictScores,
} from "../../lib/inference/verdict_scores.ts";
import { modalities } from "../../lib/modality.ts";
import { type Corrected, corrected, type Ends, pOverSeeds } from "../../lib/study/comparisons.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import type { Target } from "../../lib/target.ts";
import { key } from "../../lib/tensor/random.ts";
import { overSeeds, type Score } from "../tables.ts";
import {
  type Compared,
  comparedOf,
  type ComparedSystem,
  comparedSystems,
  systemOfJob,
} from "./plan.ts";

/** How the proposed model differs from another system by the leading score; above 0 it is better. */
export type RowComparison = Pick<
  Corrected,
  "difference" | "interval" | "p" | "pHolm" | "seeds" | "pOverSeeds" | "clusters" | "reason"
>;

/** One system on rows, or on one modality of them. Scores by the names of `verdictScores`. */
export type CompareRow = { readonly [S in ScoreName]?: Score } & {
  readonly system: ComparedSystem;
  readonly modality: Compared;
  readonly protocol: "natural" | "single";
  /** Whether its clips were normalised by their speakers. */
  readonly bySpeaker?: true;
  /** Test rows by seed. */
  readonly tested: readonly number[];
  /** Of the leading score, by resampling groups whole, all seeds pooled; null with fewer than six. */
  readonly interval: Ends | null;
  /** Of classes, row = actual, summed over seeds. */
  readonly confusion?: readonly (readonly number[])[];
  /** Proposed less this system, on the rows that both judge; not in Proposed's own rows. */
  readonly comparison?: RowComparison;
};

const deaf: readonly ComparedSystem[] = ["TF-IDF regression", "Majority"];

/** Says whether what is compared may hear clips. */
export function hearsClips({ system, modality }: Pick<CompareRow, "system" | "modality">): boolean {
  return (modality === "rows" || modality === "audio") && !deaf.includes(system);
}

/** The system, and whether it is of another protocol. */
export function nameOfRow({ system, bySpeaker }: Pick<CompareRow, "system" | "bySpeaker">): string {
  return bySpeaker ? `${system}, by speaker` : system;
}

/** What a system said of the test rows of a seed. */
interface Said {
  readonly seed: number;
  /** A name of each row. */
  readonly names: readonly string[];
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly clusters: readonly string[];
}

const resamples = 2000;

/** The rows, rows as they are first, in the order of systems. */
export function collateCompare(
  judged: readonly JudgedJob[],
  { samples, target }: { readonly samples: Samples; readonly target: Target },
): CompareRow[] {
  const groups = groupsOf(samples);
  const cells = Map.groupBy(judged, ({ job }) => `${comparedOf(job)}|${systemOfJob(job)}`);
  return (["rows", ...modalities] as const).flatMap((modality) => {
    const judgedHere = comparedSystems.flatMap((system) => {
      const cell = cells.get(`${modality}|${system}`);
      return cell ? [{ system, said: cell.map((one) => saidOf(one, groups)).sort(bySeed) }] : [];
    });
    const proposed = judgedHere.find(({ system }) => system === "Proposed")?.said;
    const others = judgedHere.filter(({ system }) => proposed && system !== "Proposed");
    const comparisons = corrected(
      others.map(({ said }) => compared(proposed!, said, target)) as Corrected[],
    );
    return judgedHere.map(({ system, said }) => {
      const at = others.findIndex((other) => other.system === system);
      return {
        ...rowOf({ system, modality, said }, target),
        ...at >= 0 && { comparison: comparisons[at]! },
      };
    });
  });
}

function bySeed(a: Said, b: Said): number {
  return a.seed - b.seed;
}

/** The group of each sample by modality and id. */
function groupsOf(samples: Samples): ReadonlyMap<string, string> {
  return new Map(
    modalities.flatMap((m) => samples[m].map(({ id, group }) => [`${m} ${id}`, group] as const)),
  );
}

function saidOf({ job, exams }: JudgedJob, groups: ReadonlyMap<string, string>): Said {
  const places = exams.flatMap(({ ids, labels }) =>
    labels.map((_, i) => modalities.flatMap((m) => ids[m] ? [`${m} ${ids[m][i]}`] : []))
  );
  return {
    seed: job.seed,
    names: places.map((ofRow) => ofRow.join("\n")),
    labels: exams.flatMap(({ labels }) => labels),
    scores: exams.flatMap(({ scores }) => scores),
    clusters: places.map(([first]) => groups.get(first!) ?? first!),
  };
}

function rowOf(
  { system, modality, said }: {
    readonly system: ComparedSystem;
    readonly modality: Compared;
    readonly said: readonly Said[];
  },
  target: Target,
): CompareRow {
  const scores = verdictScores(target).map(({ name, of }) => [name, overSeeds(said.map(of))]);
  const pooled = pool(said);
  const { of: lead } = leadingScore(target);
  const count = pooled.labels.length;
  const few = metrics.tooFew(new Set(pooled.clusters).size, "groups");
  const drawn = few === undefined && metrics.bootstrapInterval({
    ...{ count, clusters: pooled.clusters, key: key(0) },
    statistic: (rows) => lead(verdictsAt(pooled, rows)),
  });
  return {
    ...{ system, modality, protocol: modality === "rows" ? "natural" : "single" },
    ...Object.fromEntries(scores),
    tested: said.map(({ labels }) => labels.length),
    interval: drawn ? [drawn.low, drawn.high] : null,
    ...target.kind === "classes" && {
      confusion: metrics.confusionMatrix({
        ...{ actual: pooled.labels, predicted: predictedLabels(pooled) },
        classes: target.classes.length,
      }),
    },
  };
}

function pool(said: readonly Said[]): Omit<Said, "seed" | "names"> {
  return {
    labels: said.flatMap(({ labels }) => labels),
    scores: said.flatMap(({ scores }) => scores),
    clusters: said.flatMap(({ clusters }) => clusters),
  };
}

// On the rows that both judge, each group resampled with its rows under every seed.
function compared(
  first: readonly Said[],
  second: readonly Said[],
  target: Target,
): Omit<RowComparison, "pHolm"> {
  const { of: lead, sign } = leadingScore(target);
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
