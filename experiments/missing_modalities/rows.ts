/** What is made of the exams on missing modalities: the rows of its tables, from saved predictions. @module */

import { modalityEquity } from "../../lib/metrics/mod.ts";
import { byModality, type Modality } from "../../lib/modality.ts";
import {
  answersTo,
  compare,
  type Corrected,
  corrected,
  type Ends,
} from "../../lib/study/comparisons.ts";
import type { JudgedJob } from "../../lib/study/predictions.ts";
import type { Samples } from "../../lib/study/splits.ts";
import { polarityJudgements, scoreByGroup } from "../by_group.ts";
import { shownSubsets, subsetName } from "../robustness/exams.ts";
import { accuracyOver, overSeeds, type Score } from "../tables.ts";
import { type ConflictRow, conflictRows } from "./conflicts.ts";
import { comparedSystems, type MissingSystem, missingSystems } from "./plan.ts";
import { accuracyWhenMissing, imbalancedRates, type Rates, shared, sharedRates } from "./rates.ts";

/** A system shown some modalities. */
export interface SubsetRow {
  readonly system: MissingSystem;
  readonly shown: readonly Modality[];
  readonly accuracy: Score;
  /** 95 %, all seeds pooled, by resampling groups whole; null with too few. */
  readonly interval: Ends | null;
  /**
   * The system less late fusion, in the rows of those that are held against it; Holm's correction is over
   * all of these.
   */
  readonly comparison?: Corrected;
}

/** A system that misses modalities. */
export interface MissingRow {
  readonly system: MissingSystem;
  readonly protocol: "shared" | "imbalanced";
  readonly rates: Rates;
  readonly accuracy: Score;
}

/** How evenly modalities contribute to what a system gets right: `modalityEquity` of its accuracies. */
export interface EquityRow {
  readonly system: MissingSystem;
  /** NaN for a system to which none contributes. */
  readonly equity: Score;
  readonly contributions: Readonly<Record<Modality, Score>>;
}

/** The rows of all tables but that of learning. */
export interface MissingRows {
  readonly subsets: readonly SubsetRow[];
  readonly missing: readonly MissingRow[];
  readonly equity: readonly EquityRow[];
  readonly conflicts: readonly ConflictRow[];
}

type Runs = ReadonlyMap<MissingSystem, readonly JudgedJob[]>;

/** The rows of all systems, from saved predictions. */
export function collateMissing(judged: readonly JudgedJob[], samples: Samples): MissingRows {
  const runs: Runs = Map.groupBy(judged, ({ job }) => job.system as MissingSystem);
  const subsets = subsetRows(runs, samples);
  const rowsOf = (system: MissingSystem) => subsets.filter((row) => row.system === system);
  const chance = rowsOf("Majority").at(-1)!.accuracy;
  return {
    subsets,
    missing: missingSystems.flatMap((system) => missingRows(system, rowsOf(system))),
    equity: missingSystems.filter((system) => system !== "Majority")
      .map((system) => equityRow(system, rowsOf(system), chance)),
    conflicts: [...runs].flatMap(([system, own]) => conflictRows(system, own)),
  };
}

function subsetRows(runs: Runs, samples: Samples): SubsetRow[] {
  const answers = (system: MissingSystem, shown: readonly Modality[]) =>
    answersTo(runs.get(system)!, subsetName(shown));
  const pairs = comparedSystems.flatMap((system) =>
    shownSubsets.map((shown) => ({ system, shown }))
  );
  const comparisons = corrected(
    pairs.map(({ system, shown }) =>
      compare({ first: answers(system, shown), second: answers("Late fusion", shown) }, samples)
    ),
  );
  return missingSystems.flatMap((system) =>
    shownSubsets.map((shown): SubsetRow => {
      const own = answers(system, shown);
      const at = pairs.findIndex((pair) => pair.system === system && pair.shown === shown);
      return {
        system,
        shown,
        accuracy: accuracyOver(own.map(({ predictions }) => predictions)),
        interval: scoreByGroup(polarityJudgements(own, samples), "accuracy").interval,
        ...at >= 0 && { comparison: comparisons[at]! },
      };
    })
  );
}

function missingRows(system: MissingSystem, subsets: readonly SubsetRow[]): MissingRow[] {
  const bySeed = subsets[0]!.accuracy.seeds
    .map((_, seed) => subsets.map(({ accuracy }) => accuracy.seeds[seed]!));
  const row = (protocol: MissingRow["protocol"], rates: Rates): MissingRow => ({
    system,
    protocol,
    rates,
    accuracy: overSeeds(bySeed.map((own) => accuracyWhenMissing(own, rates))),
  });
  return [
    ...sharedRates.map((rate) => row("shared", shared(rate))),
    ...imbalancedRates.map((rates) => row("imbalanced", rates)),
  ];
}

function equityRow(
  system: MissingSystem,
  subsets: readonly SubsetRow[],
  chance: Score,
): EquityRow {
  const bySeed = chance.seeds.map((chance, seed) =>
    modalityEquity(
      subsets.map(({ shown, accuracy }) => ({ shown, score: accuracy.seeds[seed]! })),
      { chance },
    )
  );
  return {
    system,
    equity: overSeeds(bySeed.map(({ equity }) => equity)),
    contributions: byModality((m) =>
      overSeeds(bySeed.map(({ contributions }) => contributions[m]!))
    ),
  };
}
