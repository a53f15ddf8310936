/** What the exams of robustness come to: the rows of its tables, from saved predictions. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { answersTo, compare, type Corrected, corrected } from "../../lib/study/comparisons.ts";
import type { Outcome } from "../../lib/study/job.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { fold, key } from "../../lib/tensor/random.ts";
import { accuracyOver, average, overSeeds, type Score } from "../tables.ts";
import type { NoisyRows } from "./append_points.ts";
import { conflictName, noiseName, type RobustSystem, robustSystems } from "./exams.ts";
import { noisySystems } from "./plan.ts";
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

/** A system shown some modalities. */
export interface SubsetRow {
  readonly system: RobustSystem;
  readonly shown: readonly Modality[];
  readonly accuracy: Score;
  /** The model less late fusion, in the model's own rows; Holm's correction is over the subsets. */
  readonly comparison?: Corrected;
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
  const comparisons = corrected(
    shownSubsets.map((shown) =>
      compare({ first: answers("Proposed", shown), second: answers("Late fusion", shown) }, samples)
    ),
  );
  return robustSystems.flatMap((system) =>
    shownSubsets.map((shown, i) => ({
      system,
      shown,
      accuracy: accuracyOf(runs.get(system)!, subsetName(shown)),
      ...system === "Proposed" && { comparison: comparisons[i]! },
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
function accuracyOf(runs: readonly JudgedJob[], exam: string, count?: number): Score {
  return accuracyOver(
    answersTo(runs, exam).map(({ predictions: { labels, scores } }) => ({
      labels: labels.slice(0, count),
      scores: scores.slice(0, count),
    })),
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
