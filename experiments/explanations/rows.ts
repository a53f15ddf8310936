/** What tables and figures show of explained triples. @module */

import {
  completenessTolerance,
  type DeletionTest,
  type ExplainedParts,
  type Faithfulness,
  faithfulness,
  type FaithfulnessVerdict,
  faithfulnessVerdict,
  resampledCurve,
} from "../../lib/explanation/mod.ts";
import type { ContributionRow } from "../../lib/figures/contribution_boxes.ts";
import { type AttentionRow, type BandRow, type GateRow, gateRow } from "../../lib/figures/mod.ts";
import { fewestClusters, holm, meanAndDeviation } from "../../lib/metrics/mod.ts";
import { stringify } from "../../lib/deps/csv_stringify.ts";
import { modalities } from "../../lib/modality.ts";
import { average } from "../tables.ts";
import {
  type Contributions,
  type Deletions,
  type Explained,
  type ExplainedTriple,
  untrained,
} from "./explained_triples.ts";
import type { Verdicts } from "../../lib/study/job.ts";
import type { Samples } from "../../lib/study/splits.ts";

// Points of a curve: 0, 10, …, 100 % removed.
const curvePoints = 11;

/** One line of the table of faithfulness. */
export interface FaithfulnessRow extends Faithfulness {
  readonly parts: ExplainedParts;
  readonly method: Explained;
  /** Holm's correction over all lines; null where there is no test. */
  readonly pHolm: number | null;
  readonly verdict: FaithfulnessVerdict;
}

const explainedBy: readonly Explained[] = [
  "integrated gradients",
  "gradient × input",
  "occlusion",
  untrained,
];

/** Every kind of explanation against chance, corrected over all. */
export function faithfulnessRows(deletions: Deletions): FaithfulnessRow[] {
  const tested = (["segments", "tiles"] as const).flatMap((parts) =>
    explainedBy.map((method) => {
      const tests = deletions[parts].map(({ of, random }) => ({ deletion: of[method], random }));
      return { parts, method, ...faithfulness(tests) };
    })
  );
  const corrected = holm(tested.map(({ test }) => test?.p ?? null));
  return tested.map((row, i) => ({
    ...row,
    pHolm: corrected[i]!,
    verdict: faithfulnessVerdict(row, corrected[i]!),
  }));
}

/** The panels of the deletion curves. */
export const panels = [
  { parts: "segments", removed: "segments removed", inserted: "segments inserted" },
  { parts: "tiles", removed: "tiles removed", inserted: "tiles inserted" },
] as const;

// Names in the legend have room for some twenty letters.
const seriesOf = (method: Explained) => method === untrained ? "untrained model" : method;

/** Mean curves over triples, with bands of 1.96 standard errors. */
export function deletionRows(deletions: Deletions): BandRow[] {
  return panels.flatMap(({ parts, removed, inserted }) => {
    const tests = deletions[parts];
    const random = tests.map((test) => test.random.curve);
    const panel = (
      corruption: string,
      curveOf: (test: DeletionTest<Explained>, method: Explained) => readonly number[],
      chance: readonly (readonly number[])[],
    ) => [
      ...explainedBy.flatMap((method) =>
        bandRows(tests.map((test) => curveOf(test, method)), {
          corruption,
          series: seriesOf(method),
        })
      ),
      ...bandRows(chance, { corruption, series: "random order" }),
    ];
    return [
      ...panel(removed, ({ of }, method) => of[method].most, random),
      ...panel(
        inserted,
        ({ of }, method) => of[method].least.toReversed(),
        random.map((curve) => curve.toReversed()),
      ),
    ];
  });
}

// Samples have different numbers of parts: curves are compared at shares of them.
function bandRows(
  curves: readonly (readonly number[])[],
  { corruption, series }: Pick<BandRow, "corruption" | "series">,
): BandRow[] {
  const all = curves.map((curve) => resampledCurve(curve, curvePoints));
  return Array.from({ length: curvePoints }, (_, i) => {
    const { mean, sd } = meanAndDeviation(all.map((curve) => curve[i]!));
    const reach = 1.96 * sd / Math.sqrt(all.length);
    return {
      corruption,
      series,
      mean,
      level: Math.round(100 * i / (curvePoints - 1)),
      ...all.length >= fewestClusters &&
        { low: Math.max(0, mean - reach), high: Math.min(1, mean + reach) },
    };
  });
}

/** By label. */
export const classes = ["negative", "positive"] as const;

/** Attention among modalities: a heat map a level and class. */
export function attentionRows({ inspected, labels }: Verdicts): AttentionRow[] {
  const levels = [["level 2", inspected?.attention], ["level 3", inspected?.summaries]] as const;
  return levels.flatMap(([level, found]) =>
    found === undefined ? [] : classes.flatMap((name, c) => {
      const own = labels.flatMap((label, i) => label === c ? [i] : []);
      if (own.length === 0) return [];
      return modalities.flatMap((from, f) =>
        modalities.map((to, t) => ({
          panel: `${level}, ${name}`,
          from: { modality: from },
          to: { modality: to },
          weight: average(own.map((i) => found.values[9 * i + 3 * f + t]!)),
        }))
      );
    })
  );
}

/** The gate over the clips of a class, and of an emotion. */
export function gateRows({ inspected, labels, rows }: Verdicts, samples: Samples): GateRow[] {
  const gates = labels.map((_, i) => inspected!.gate!.values[2 * i]!);
  const byName = (nameOf: (i: number) => string) =>
    [...Map.groupBy(gates.keys(), nameOf)].toSorted(([a], [b]) => a < b ? -1 : 1);
  return [
    ...byName((i) => `${classes[labels[i]!]} triples`),
    ...byName((i) => samples.audio[rows.audio![i]!]!.emotion),
  ].map(([emotion, clips]) => gateRow(emotion, clips.map((i) => gates[i]!)));
}

/** Shapley values by true class and modality. */
export function contributionRows(found: readonly Contributions[]): ContributionRow[] {
  return classes.flatMap((panel, c) =>
    modalities.flatMap((modality) => {
      const own = found.filter(({ label }) => label === c).map(({ values }) => values[modality]);
      if (own.length === 0) return [];
      const { quantiles, mean } = gateRow(panel, own);
      return { panel, modality, quantiles, mean };
    })
  );
}

/** The largest errors of what has to hold. */
export interface Checks {
  /** |Σ φ − (v(all) − v(none))|, in log-odds. */
  readonly shapleySum: number;
  /** Between the log-odds that were divided and those of the verdict, where that is not saturated. */
  readonly shapleyVerdict: number;
  /** {@linkcode completenessError} of integrated gradients: the largest, the median, and the share within the tolerance. */
  readonly completeness: {
    readonly largest: number;
    readonly median: number;
    readonly within: number;
    readonly tolerance: number;
  };
}

/** Checks that what is divided adds up. */
export function checksOf(
  contributions: readonly Contributions[],
  { scores }: Verdicts,
  explained: readonly ExplainedTriple[],
): Checks {
  const sums = contributions.map(({ values, logOdds, baseline }) =>
    Math.abs(modalities.reduce((sum, m) => sum + values[m], 0) - (logOdds - baseline))
  );
  // A probability in float32 next to 1 has lost the digits of its log-odds.
  const verdicts = contributions.flatMap(({ triple, logOdds }) => {
    const p = scores[triple]!;
    return p > 0.001 && p < 0.999 ? [Math.abs(Math.log(p / (1 - p)) - logOdds)] : [];
  });
  const errors = explained.map(({ explanation }) => explanation.completeness)
    .toSorted((a, b) => a - b);
  const within = errors.filter((error) => error <= completenessTolerance).length / errors.length;
  return {
    shapleySum: Math.max(...sums),
    shapleyVerdict: Math.max(0, ...verdicts),
    completeness: {
      largest: errors.at(-1)!,
      median: errors[Math.floor(errors.length / 2)]!,
      within,
      tolerance: completenessTolerance,
    },
  };
}

/**
 * A line a triple: ids, label, each modality's contribution, log-odds and baseline, the gate's mean
 * and deviation within the clip, and the attention that modalities pay to each other on level 2.
 */
export function triplesToCsv(
  found: readonly Contributions[],
  { rows, inspected }: Verdicts,
  samples: Samples,
): string {
  const header = [
    ...modalities,
    "label",
    ...modalities.map((m) => `${m}_contribution`),
    "log_odds",
    "baseline",
    "gate",
    "gate_deviation",
    ...modalities.flatMap((from) => modalities.map((to) => `attention_${from}_to_${to}`)),
  ];
  // What a model without gate or attention does not have is left empty.
  const inside = (name: string, triple: number, width: number) =>
    Array.from({ length: width }, (_, i) => inspected?.[name]?.values[width * triple + i]);
  const lines = found.map(({ triple, label, values, logOdds, baseline }) => [
    ...modalities.map((m) => samples[m][rows[m]![triple]!]!.id),
    label,
    ...modalities.map((m) => values[m]),
    logOdds,
    baseline,
    ...inside("gate", triple, 2),
    ...inside("attention", triple, 9),
  ]);
  return stringify([header, ...lines]);
}
