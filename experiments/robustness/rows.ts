/** What the exams of robustness come to: the rows of its tables, from saved predictions. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { answersTo } from "../../lib/study/comparisons.ts";
import type { JudgedJob, Predictions } from "../../lib/study/predictions.ts";
import type { SystemName } from "../../lib/study/systems.ts";
import { accuracyOver, type Score } from "../tables.ts";
import type { NoisyRows } from "./append_points.ts";
import { noiseName, subsetName } from "./exams.ts";

/** A system at one level of one corruption. */
export interface NoiseRow {
  readonly system: SystemName;
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

/** The rows of {@linkcode planNoise}, from saved predictions. */
export function collateNoise(
  judged: readonly JudgedJob[],
  noisy: readonly NoisyRows[],
): NoiseRow[] {
  // In the order of the plan.
  const runs = Map.groupBy(judged, ({ job }) => job.system);
  return [...runs].flatMap(([system, own]) => noiseRows(system, own, noisy));
}

function noiseRows(
  system: SystemName,
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
