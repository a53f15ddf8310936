/** What the exams of robustness come to: the rows of its tables, from saved predictions. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { accuracyOver, overSeeds, type Score } from "../tables.ts";
import { isTrained, type NoisyRows } from "./append_points.ts";
import { cleanName, noiseName, subsetName } from "./exams.ts";
import { noiseSystemName } from "./plan.ts";

/** A system at one level of one corruption. */
export interface NoiseRow {
  /** As {@linkcode noiseSystemName} has it. */
  readonly system: string;
  readonly modality: Modality;
  readonly corruption: string;
  /** Whether training on noise meets the kind; otherwise it is held out. */
  readonly isTrained: boolean;
  /** What a level is. */
  readonly unit: string;
  readonly level: number | "clean";
  readonly alone: Score;
  readonly inTriple: Score;
  /** The other two modalities without this one: below it, noise does more harm than absence. */
  readonly without: Score;
}

/** The rows of {@linkcode planNoise}, from saved predictions. */
export function collateNoise(
  judged: readonly JudgedJob[],
  noisy: readonly NoisyRows[],
): NoiseRow[] {
  // In the order of the plan.
  const runs = Map.groupBy(
    judged,
    ({ job: { system, kind } }) =>
      noiseSystemName({ system, noisy: kind === "robustness-noise-trained" }),
  );
  return [...runs].flatMap(([system, own]) => noiseRows(system, own, noisy));
}

function noiseRows(
  system: string,
  own: readonly JudgedJob[],
  noisy: readonly NoisyRows[],
): NoiseRow[] {
  const points = noisy.filter(({ seed }) => seed === noisy[0]?.seed);
  const kinds = Map.groupBy(points, ({ modality, corruption }) => `${modality} ${corruption.name}`);
  return [...kinds.values()].flatMap((levels) => {
    const { modality, corruption } = levels[0]!;
    const count = examOf(own[0]!, noiseName(levels[0]!, "in the triple")).labels.length;
    const score = (exam: string) => accuracyOf(own, exam, count);
    const common = {
      system,
      modality,
      corruption: corruption.name,
      isTrained: isTrained(modality, corruption.name),
      unit: corruption.unit,
      without: score(subsetName(modalities.filter((m) => m !== modality))),
    };
    return [
      {
        ...common,
        level: "clean" as const,
        alone: score(cleanName(modality)),
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

/** A system that trains on noise, under noise, against itself without the noisy modality. */
export interface HarmRow extends
  Pick<
    NoiseRow,
    "system" | "modality" | "corruption" | "isTrained" | "level"
  > {
  /** Accuracy with the noisy modality less that without; mean over seeds, and in each. */
  readonly difference: Score;
  /** The least difference that we want. */
  readonly goal: number;
}

/** What we want at every level: no more harm than a point on kinds that training meets, three on others. */
export const harmGoals = { trained: -0.01, heldOut: -0.03, clean: -0.005 } as const;

/** Every level of every kind, of systems that train on noise. */
export function harmRows(rows: readonly NoiseRow[]): HarmRow[] {
  return rows.filter(({ system, level }) => isNoiseTrained(system) && level !== "clean")
    .map(({ system, modality, corruption, isTrained, level, inTriple, without }) => ({
      ...{ system, modality, corruption, isTrained, level },
      difference: less(inTriple, without),
      goal: isTrained ? harmGoals.trained : harmGoals.heldOut,
    }));
}

/** What training on noise costs where there is none. */
export interface CleanRow {
  readonly system: string;
  readonly clean: Score;
  readonly trained: Score;
  readonly difference: Score;
}

/** Each system on clean triples, without noise in training and with it. */
export function cleanRows(rows: readonly NoiseRow[]): CleanRow[] {
  const ofSystem = new Map(
    rows.filter(({ level }) => level === "clean").map(({ system, inTriple }) => [system, inTriple]),
  );
  return [...ofSystem].filter(([system]) => !isNoiseTrained(system)).flatMap(([system, clean]) => {
    const trained = ofSystem.get(noiseSystemName({ system: system as SystemName, noisy: true }));
    return trained ? [{ system, clean, trained, difference: less(trained, clean) }] : [];
  });
}

function isNoiseTrained(system: string): boolean {
  return system.endsWith(", trained on noise");
}

function less(first: Score, second: Score): Score {
  return overSeeds(first.seeds.map((score, i) => score - second.seeds[i]!));
}
