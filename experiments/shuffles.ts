/** What labels without meaning score by chance: its runs, its rows and its sentences. @module */

import * as metrics from "../lib/metrics/mod.ts";
import { modalities, type Modality } from "../lib/modality.ts";
import { printNumber } from "../lib/numbers.ts";
import { type Job, named } from "../lib/study/job.ts";
import type { JudgedJob, Predictions } from "../lib/study/predictions.ts";
import { divideBy, type Protocol, usualProtocol } from "../lib/study/protocol.ts";
import type { Draws, Samples } from "../lib/study/splits.ts";
import { blocks, columnsTable, printInterval } from "./tables.ts";

const system = "Shuffled probes";

/** The null distribution of one modality alone, or of triples. */
export interface ShuffleRow {
  readonly judged: Modality | "unified";
  /** Fits on labels shuffled anew, over all seeds. */
  readonly shuffles: number;
  /** Balanced accuracy on true test labels: its mean, and 95 % of the fits. */
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
  /** Whether the interval holds what guessing has, one half. */
  readonly holdsChance: boolean;
}

/**
 * The first division of each seed: each modality alone, and, where all are present, triples of one
 * label. Folds of speech would add shuffles, and no other null.
 */
export function planShuffles(
  samples: Samples,
  { seeds, data, protocol = usualProtocol }: Draws & { readonly protocol?: Protocol | undefined },
): Job[] {
  const { present } = protocol;
  return seeds.flatMap((seed) => {
    const { split } = divideBy(samples, { seed, data, protocol })[0]!;
    return [
      ...present.map((m): Job =>
        named({ system, kind: `single-${m}`, seed, split, protocol: "single", present: [m] })
      ),
      ...present.length === modalities.length
        ? [named({ system, kind: "label", seed, split, protocol: "label", present } as const)]
        : [],
    ];
  });
}

/** A row for each modality, and one for triples; no other runs are looked at. */
export function collateShuffles(judged: readonly JudgedJob[]): ShuffleRow[] {
  const runs = judged.filter(({ job }) => job.system === system);
  return ([...modalities, "unified"] as const).flatMap((of) => {
    const scores = runs.flatMap(({ exams }) => exams)
      .filter(({ head }) => head === of).flatMap(scoresOf);
    return scores.length === 0 ? [] : [rowOf(of, scores)];
  });
}

function rowOf(judged: ShuffleRow["judged"], scores: readonly number[]): ShuffleRow {
  const rising = scores.toSorted((a, b) => a - b);
  const low = metrics.quantile(rising, 0.025), high = metrics.quantile(rising, 0.975);
  return {
    judged,
    shuffles: scores.length,
    mean: metrics.meanAndDeviation(scores).mean,
    interval: [low, high],
    holdsChance: low <= 0.5 && 0.5 <= high,
  };
}

// A verdict has a probability of each fit.
function scoresOf({ labels, scores }: Predictions): number[] {
  const fits = scores.length / labels.length;
  return Array.from({ length: fits }, (_, fit) =>
    metrics.balancedAccuracy({
      actual: labels,
      predicted: metrics.predictedClasses(labels.map((_, i) => scores[i * fits + fit]!)),
      classes: 2,
    }));
}

/** The rows as Markdown, and what they say. */
export function shuffleLines(rows: readonly ShuffleRow[]): string[] {
  if (rows.length === 0) return [];
  return blocks(
    "### Shuffled labels, many times",
    "Linear probes, of triples late fusion of three, fitted on labels that were shuffled within the " +
      "training and validation parts and asked about true test labels. What a single shuffle scores " +
      "is read by this interval.",
    columnsTable(rows, [
      ["judged", "judged"],
      ["shuffles", ({ shuffles }) => String(shuffles)],
      ["balanced accuracy", ({ mean }) => printNumber(mean)],
      ["95 % of them", ({ interval }) => printInterval(interval, printNumber)],
    ]),
    verdictOf(rows),
  );
}

function verdictOf(rows: readonly ShuffleRow[]): string {
  const without = rows.filter(({ holdsChance }) => !holdsChance).map(({ judged }) => judged);
  return without.length === 0
    ? "Every interval holds the chance level, .500."
    : `The interval of ${
      without.join(" and ")
    } does not hold the chance level, .500: something of ` +
      "the labels leaks, or the test part is too small to tell.";
}
