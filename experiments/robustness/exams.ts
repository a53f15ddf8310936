/**
 * Robustness: what the model still knows when modalities are missing, noisy or
 * at odds with each other.
 *
 *     deno task reproduce robustness_missing robustness_noise
 *
 * One model a seed, trained as for Table 1, answers everything; nothing is
 * trained on noise. The paper's abstract speaks of missing and noisy
 * modalities; it has no test of them.
 *
 * @module
 */

import { pairTriples } from "../../lib/datasets/mod.ts";
import { holm } from "../../lib/metrics/mod.ts";
import { byModality, modalities, type Modality } from "../../lib/modality.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { answersTo, compare, type Comparison, correctness } from "../../lib/study/comparisons.ts";
import type { DataConfig } from "../../lib/study/settings.ts";
import type { NoisyRows } from "./corrupted_samples.ts";
import {
  accuracyWhenMissing,
  drawSubsets,
  type Loss,
  losses,
  missingDraws,
  missingRates,
  shownSubsets,
  subsetName,
} from "./missing_modalities.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import { testExams } from "../../lib/study/run.ts";
import { type Exam, type Job, named, type Outcome } from "../../lib/study/job.ts";
import { divideAll, type Samples, type Splits } from "../../lib/study/splits.ts";
import { overSeeds, type Score } from "../tables.ts";

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

/** The test triples of Table 1's unified rows. */
export function planTrials(
  samples: Samples,
  { seeds, data }: { readonly seeds: readonly number[]; readonly data: DataConfig },
): Trial[] {
  const labels = byModality((m) => ({ labels: samples[m].map(({ polarity }) => polarity) }));
  return seeds.map((seed) => {
    const { split } = divideAll(samples, { seed, data });
    const job = { protocol: "label", present: modalities, split, seed } as const;
    const [exam] = testExams(job, labels);
    const rows = byModality((m) => Array.from(exam!.rows[m]!));
    return { seed, split, rows, labels: exam!.labels };
  });
}

/** A job a system and seed: the seven subsets and the conflicts are its exams. */
export function planMissing(trials: readonly Trial[], samples: Samples): Job[] {
  return robustSystems.flatMap((system) =>
    trials.map((trial) =>
      robustJob(trial, system, "missing", [
        ...shownSubsets.map((shown) => subsetExam(trial, { shown, system })),
        ...modalities.map((odd) => conflictExam(trial, { odd, system, samples })),
      ])
    )
  );
}

/** The systems that are asked about noisy samples. */
export const noisySystems = ["Proposed", "Late fusion"] as const;

/** A job a system and seed: the noise, and what it is compared with, are its exams. */
export function planNoise(
  trials: readonly Trial[],
  { noisy, noisyTriples }: {
    readonly noisy: readonly NoisyRows[];
    /** How many of a trial's triples meet noise: the first. */
    readonly noisyTriples: number;
  },
): Job[] {
  return noisySystems.flatMap((system) =>
    trials.map((trial) =>
      robustJob(trial, system, "noise", [
        ...shownSubsets.map((shown) => subsetExam(trial, { shown, system })),
        ...noisy.filter(({ seed }) => seed === trial.seed)
          .flatMap((point) => noiseExams(trial, { point, system, count: noisyTriples })),
      ])
    )
  );
}

function robustJob(
  { seed, split }: Trial,
  system: RobustSystem,
  kind: "missing" | "noise",
  exams: readonly Exam[],
): Job {
  const place = { system, kind: `robustness-${kind}`, seed } as const;
  return named({ ...place, protocol: "label", present: modalities, split, exams });
}

function subsetExam(
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

function noiseName({ modality, corruption, level }: NoisyRows, company: Company): string {
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

/** A system shown some modalities. */
export interface SubsetRow {
  readonly system: RobustSystem;
  readonly shown: readonly Modality[];
  readonly accuracy: Score;
  /** The model less late fusion, in the model's own rows; Holm's correction is over the subsets. */
  readonly comparison?: Comparison & { readonly pHolm: number };
}

/** A system that misses modalities at a rate. */
export interface MissingRow {
  readonly system: RobustSystem;
  readonly lost: Loss;
  readonly rate: number;
  /** Mean over draws, by seed. */
  readonly accuracy: Score;
}

/** A system at one level of one corruption. */
export interface NoiseRow {
  readonly system: RobustSystem;
  readonly modality: Modality;
  readonly corruption: string;
  /** What a level is. */
  readonly unit: string;
  readonly level: number | "clean";
  readonly alone: Score;
  readonly inTriple: Score;
  /** The other two modalities without this one: below it, noise does more harm than absence. */
  readonly without: Score;
}

/** A system on triples in which one modality is at odds with two. */
export interface ConflictRow {
  readonly system: RobustSystem;
  readonly odd: Modality;
  /** How often the verdict is that of the odd modality. */
  readonly pull: Score;
  /** How often it is that of the two others: what `pull` leaves. */
  readonly majority: Score;
}

/** What {@linkcode planMissing} finds. */
export interface MissingRows {
  readonly subsets: readonly SubsetRow[];
  readonly missing: readonly MissingRow[];
  readonly conflicts: readonly ConflictRow[];
}

/** The rows of all systems, from saved predictions. */
export function collateMissing(
  judged: readonly JudgedJob[],
  { samples, draws = missingDraws }: { readonly samples: Samples; readonly draws?: number },
): MissingRows {
  const runs = runsBySystem(judged, robustSystems);
  return {
    subsets: compareSubsets(runs, samples),
    missing: missingRows(runs, draws),
    conflicts: [...runs].flatMap(([system, own]) =>
      modalities.map((odd) => {
        const majority = accuracyOf(own, conflictName(odd));
        return { system, odd, majority, pull: overSeeds(majority.seeds.map((share) => 1 - share)) };
      })
    ),
  };
}

/** The rows of {@linkcode planNoise}, from saved predictions. */
export function collateNoise(
  judged: readonly JudgedJob[],
  noisy: readonly NoisyRows[],
): NoiseRow[] {
  return [...runsBySystem(judged, noisySystems)].flatMap(([system, own]) =>
    noiseRows(system, own, noisy)
  );
}

function runsBySystem(
  judged: readonly JudgedJob[],
  systems: readonly RobustSystem[],
): ReadonlyMap<RobustSystem, readonly JudgedJob[]> {
  return new Map(
    systems.map((system) => [system, judged.filter(({ job }) => job.system === system)]),
  );
}

function compareSubsets(
  runs: ReadonlyMap<RobustSystem, readonly JudgedJob[]>,
  samples: Samples,
): SubsetRow[] {
  const answers = (system: RobustSystem, shown: readonly Modality[]) =>
    answersTo(runs.get(system)!, subsetName(shown));
  const comparisons = shownSubsets.map((shown) =>
    compare({ first: answers("Proposed", shown), second: answers("Late fusion", shown) }, samples)
  );
  const corrected = holm(comparisons.map(({ p }) => p));
  return robustSystems.flatMap((system) =>
    shownSubsets.map((shown, i) => ({
      system,
      shown,
      accuracy: accuracyOf(runs.get(system)!, subsetName(shown)),
      ...system === "Proposed" &&
        { comparison: { ...comparisons[i]!, pHolm: corrected[i]! } },
    }))
  );
}

function missingRows(
  runs: ReadonlyMap<RobustSystem, readonly JudgedJob[]>,
  draws: number,
): MissingRow[] {
  return losses.flatMap((lost) =>
    missingRates.flatMap((rate) => {
      // All systems lose the same.
      const keptBySeed = runs.get("Proposed")!.map((run) => {
        const count = examOf(run, subsetName(modalities)).labels.length;
        return drawSubsets(fold(key(run.job.seed), "missing", lost), { count, lost, rate, draws });
      });
      return [...runs].map(([system, own]) => ({
        system,
        lost,
        rate,
        accuracy: overSeeds(own.map(({ exams }, i) => accuracyWhenMissing(exams, keptBySeed[i]!))),
      }));
    })
  );
}

function noiseRows(
  system: RobustSystem,
  own: readonly JudgedJob[],
  noisy: readonly NoisyRows[],
): NoiseRow[] {
  const points = noisy.filter(({ seed }) => seed === noisy[0]?.seed);
  const kinds = Map.groupBy(points, ({ modality, corruption }) => `${modality} ${corruption.name}`);
  return [...kinds.values()].flatMap((levels) => {
    const { modality, corruption } = levels[0]!;
    const count = examOf(own[0]!, noiseName(levels[0]!, "alone")).labels.length;
    const score = (exam: string) => accuracyOf(own, exam, count);
    const common = {
      system,
      modality,
      corruption: corruption.name,
      unit: corruption.unit,
      without: score(subsetName(modalities.filter((m) => m !== modality))),
    };
    return [
      {
        ...common,
        level: "clean" as const,
        alone: score(subsetName([modality])),
        inTriple: score(subsetName(modalities)),
      },
      ...levels.map((point) => ({
        ...common,
        level: point.level,
        alone: score(noiseName(point, "alone")),
        inTriple: score(noiseName(point, "in the triple")),
      })),
    ];
  });
}

function examOf({ exams }: JudgedJob, name: string): Predictions {
  return exams.find(({ exam }) => exam === name)!;
}

// Of the first `count` samples, which are the same in every exam that starts from the test triples.
function accuracyOf(own: readonly JudgedJob[], exam: string, count?: number): Score {
  return overSeeds(
    answersTo(own, exam).map(({ predictions }) => {
      const right = correctness(predictions).slice(0, count);
      return right.reduce((a, b) => a + b, 0) / right.length;
    }),
  );
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

function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
