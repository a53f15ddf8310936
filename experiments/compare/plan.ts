/** The runs of a comparison on rows: every system that fits them, with every seed. @module */

import * as datasets from "../../lib/datasets/mod.ts";
import { learntOf } from "../../lib/datasets/paired.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { type Control, type Job, longestFirst, named, type Outcome } from "../../lib/study/job.ts";
import { foldOf, inFold, withoutFold } from "../../lib/study/folds.ts";
import { assertClasses } from "../../lib/study/natural_rows.ts";
import { poolVerdicts } from "../../lib/study/pool_verdicts.ts";
import { testExams } from "../../lib/study/run.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import { divideRows, type Splits } from "../../lib/study/splits.ts";
import type { GivenTables } from "../../lib/study/row_features.ts";
import { answers, type RowSystem, rowSystems, type TableSystem } from "../../lib/study/systems.ts";
import * as random from "../../lib/tensor/random.ts";
import { otherThanPolarities, type Target } from "../../lib/target.ts";
import { tableSystems } from "../table_1/rows.ts";

/** What is judged: rows as they are, or one modality of them alone. */
export type Compared = "rows" | Modality;

/** A system of the tables or of rows, or the proposed model without any of its attention. */
export type ComparedSystem = TableSystem | RowSystem | "Proposed without attention";

/** The kind of jobs that have no attention. */
const noAttention = "no-attention";

// What is a sum of verdicts or of numbers by its form has no interaction to be told apart.
const sums: readonly ComparedSystem[] = [
  "Concatenation regression",
  "Late fusion",
  "Learnt late fusion",
];
// What does not fuse, or only to have something to compare with.
const uncontrolled: readonly ComparedSystem[] = [
  "Late fusion of Proposed",
  "Best single modality",
  "Linear probe",
  "TF-IDF regression",
  "MFCC regression",
  "Majority",
  "Shuffled labels",
];

/** The controls of a system on rows that show several modalities. */
function controlsOf(system: ComparedSystem): readonly Control[] {
  if (uncontrolled.includes(system)) return [];
  return sums.includes(system) ? ["label-paired"] : ["additive", "label-paired"];
}

const fusions: readonly string[] = [
  ...["Late fusion", "Learnt late fusion", "Best single modality"],
  "Residual fusion (ours)",
];

// Those that read CLIP's embeddings, which are made for corpora alone.
const clipSystems = ["CLIP", "CLIP zero-shot", "CLIP+BERT"];

/** The systems of a comparison, in the order of its table. */
export const comparedSystems: readonly ComparedSystem[] = [
  "Proposed",
  "Proposed without attention",
  ...rowSystems,
  ...(tableSystems as readonly TableSystem[]).filter((system) =>
    system !== "Proposed" && !clipSystems.includes(system)
  ),
];

/** The runs, and what the audit of each seed's split found. */
export interface ComparePlan {
  readonly jobs: readonly Job[];
  readonly audits: readonly datasets.SplitReport[];
  /** The split of the first seed, of folds the first. */
  readonly split: Splits;
}

/**
 * Every system on rows, and on each modality of them alone where there are several. A seed draws the
 * split, which is by group, the initial parameters and the batches; a split that is given stays.
 *
 * @throws {Error} A split that leaks, or a part that lacks a class.
 */
export function planCompare(
  paired: datasets.PairedCorpora,
  { seeds, target, data, leaks, folds, features = {}, drawn, context = 0 }: {
    readonly seeds: readonly number[];
    readonly target: Target;
    /** Of parts that the rows give; see `useGivenSplit`. */
    readonly leaks?: datasets.LeakChoice | undefined;
    /** How many folds, or each group by itself, in place of one split a seed. */
    readonly folds?: number | "groups" | undefined;
    /** Whether parts that the rows give are drawn anew. */
    readonly drawn?: boolean | undefined;
    readonly data: DataConfig;
    /** Of data that came with them: systems that need others are left out. */
    readonly features?: GivenTables | undefined;
    /** Neighbours on each side that are further segments of a row: clips then have no spectrogram. */
    readonly context?: number | undefined;
  },
): ComparePlan {
  if (data.unbalanced) assertClasses(target);
  const learnt = otherThanPolarities(target);
  const labels = byModality((m) => ({
    labels: paired.corpora[m].samples.map(({ label }) => label),
  }));
  const audits: datasets.SplitReport[] = [];
  const splits: Splits[] = [];
  const jobs = seeds.flatMap((seed) =>
    divisionsOf(paired, { seed, target, data, leaks, folds, drawn }).flatMap(
      ({ split, report }, at) => {
        audits.push(report);
        splits.push(split);
        const there = learntOf(split);
        const run: Run = {
          ...{ seed, split, ...folds !== undefined && { fold: at + 1 } },
          ...learnt && { target: learnt },
          ...data.unbalanced && { classesAlike: true },
        };
        const alone = there.length > 1 ? there : [];
        return comparedSystems.filter((system) => !lacks(features, system, context)).flatMap((
          system,
        ) => [
          ...rowsJob(system, { ...run, pairs: paired.pairs, there, labels }),
          ...alone.flatMap((m) => aloneJob(system, { ...run, modality: m })),
        ]);
      },
    )
  );
  return { jobs: longestFirst(jobs), audits, split: splits[0]! };
}

/** One division of a seed, or one a fold. */
function divisionsOf(
  paired: datasets.PairedCorpora,
  { seed, target, data, leaks, folds, drawn = false }:
    & Pick<Parameters<typeof planCompare>[1], "target" | "data" | "leaks" | "folds" | "drawn">
    & { readonly seed: number },
): datasets.DividedRows[] {
  if (folds !== undefined) {
    return datasets.foldPairs(paired, {
      folds,
      target,
      key: random.fold(random.key(seed), "natural folds"),
    });
  }
  const { testFraction, validationFraction } = data;
  const fractions = { testFraction, validationFraction };
  return [divideRows(paired, { seed, ...fractions, target, leaks, drawn })];
}

/** The outcomes of the folds of one system and seed as one, in the order in which they come first. */
export function poolFolds(outcomes: readonly Outcome[]): Outcome[] {
  const whole = ({ job }: Outcome) => withoutFold(job);
  const bySystem = Map.groupBy(outcomes, (outcome) => whole(outcome).name);
  return [...bySystem.values()].map((folds): Outcome => {
    const [first] = folds as [Outcome, ...Outcome[]];
    if (whole(first).name === first.job.name) return first;
    const byFold = folds.toSorted((a, b) => foldOf(a.job)! - foldOf(b.job)!);
    return {
      job: whole(first),
      verdicts: poolVerdicts(byFold.map(({ verdicts }) => verdicts)),
      record: { folds: byFold.map(({ record }) => record) },
    };
  });
}

function lacks({ audio, text }: GivenTables, system: ComparedSystem, context: number): boolean {
  const hasSpectra = context === 0 && (audio === undefined || audio.tables.logMel !== undefined);
  return system === "MFCC regression" && !hasSpectra ||
    system === "TF-IDF regression" && text !== undefined && text.texts === undefined;
}

type Run = Pick<Job, "seed" | "split" | "target" | "classesAlike"> & {
  /** Of its jobs, where there are folds. */
  readonly fold?: number;
};

function rowsJob(
  name: ComparedSystem,
  { pairs, there, labels, fold, ...run }: Run & {
    readonly pairs: readonly datasets.Pair[];
    readonly there: readonly Modality[];
    readonly labels: Readonly<Record<Modality, { readonly labels: readonly number[] }>>;
  },
): Job[] {
  const { system, kind, variant } = partsOf(name, inFold("rows", fold));
  // Of one modality there is nothing to fuse, or to choose.
  if (there.length === 1 && fusions.includes(name)) return [];
  if (!answers(system, "natural", there, run.target)) return [];
  const rows = { ...run, system, protocol: "natural", present: modalities, pairs } as const;
  const exams = testExams(rows, labels).filter((exam) => {
    const shown = modalities.filter((m) => exam.rows[m] !== undefined);
    return answers(system, "natural", shown, run.target);
  });
  if (exams.length === 0) return [];
  const controls = there.length > 1 ? controlsOf(name) : [];
  // Of what fuses: how evenly its modalities contribute.
  const asked = { exams, ...controls.length > 0 && { controls, parts: true } as const };
  return [named({ ...rows, kind, ...variant && { variant }, ...asked })];
}

function aloneJob(
  name: ComparedSystem,
  { modality, fold, ...run }: Run & { readonly modality: Modality },
): Job[] {
  const { system, kind, variant } = partsOf(name, inFold(`single-${modality}`, fold));
  const there = run.split[modality] as Splits[Modality];
  const isThere = there.train.length > 0 && there.validation.length > 0 && there.test.length > 0;
  if (!isThere || !answers(system, "single", [modality], run.target)) return [];
  const job = { ...run, system, kind, protocol: "single", present: [modality] } as const;
  return [named({ ...job, ...variant && { variant } })];
}

function partsOf(name: ComparedSystem, kind: string) {
  if (name !== "Proposed without attention") return { system: name, kind };
  const levels = { within: false, across: false, summaries: false };
  return {
    system: "Proposed" as const,
    kind: `${kind}-${noAttention}`,
    variant: { model: { levels } },
  };
}

/** What a job judges. */
export function comparedOf({ protocol, present }: Job): Compared {
  return protocol === "natural" ? "rows" : present[0]!;
}

/** The system of a job, as the table calls it. */
export function systemOfJob({ system, kind }: Job): ComparedSystem {
  return kind.endsWith(noAttention)
    ? "Proposed without attention"
    : system as TableSystem | RowSystem;
}
