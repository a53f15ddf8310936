/** What the tables of results have in common: scores over seeds, and how they are printed. @module */

import {
  balancedAccuracy,
  meanAndDeviation,
  predictedClasses,
  scoreBinary,
} from "../lib/metrics/mod.ts";
import { dash, printNumber, printP, signed } from "../lib/numbers.ts";
import { type Corrected, correctness, type Ends } from "../lib/study/comparisons.ts";
import type { Predictions } from "../lib/study/predictions.ts";
import type { Measure } from "./paper.ts";

/** A score over seeds. */
export interface Score {
  readonly mean: number;
  /** Sample standard deviation over seeds; null with one seed. */
  readonly sd: number | null;
  readonly seeds: readonly number[];
}

/** The score of runs that differ in their seed. */
export function overSeeds(seeds: readonly number[]): Score {
  const { mean, sd } = meanAndDeviation(seeds);
  return { mean, sd: seeds.length > 1 ? sd : null, seeds };
}

/** Labels and scores of a test part, such as a seed's. */
type Judged = Pick<Predictions, "labels" | "scores">;

/** Accuracy over the test parts of several seeds. */
export function accuracyOver(files: readonly Judged[]): Score {
  return overSeeds(files.map((file) => average(correctness(file))));
}

/** The mean of both classes' recalls over the test parts of several seeds. */
export function balancedAccuracyOver(files: readonly Judged[]): Score {
  return overSeeds(
    files.map(({ labels, scores }) =>
      balancedAccuracy({ actual: labels, predicted: predictedClasses(scores), classes: 2 })
    ),
  );
}

/** Accuracy, precision, recall, F1 and AUC over the test parts of several seeds. */
export function scoresOver(files: readonly Judged[]): Record<Measure, Score> {
  const seeds = files.map(({ labels, scores }) => scoreBinary({ actual: labels, scores }));
  const over = (measure: Measure) => overSeeds(seeds.map((scores) => scores[measure]));
  return {
    accuracy: over("accuracy"),
    precision: over("precision"),
    recall: over("recall"),
    f1: over("f1"),
    auc: over("auc"),
  };
}

/** The share of samples called positive. */
export function shareCalledPositive({ scores }: Pick<Predictions, "scores">): number {
  return average(predictedClasses(scores));
}

/** The arithmetic mean. */
export function average(values: readonly number[]): number {
  return meanAndDeviation(values).mean;
}

/** `0.912 ± 0.010`; a single seed has no deviation. */
export function printScore({ mean, sd }: Pick<Score, "mean" | "sd">, digits = 3): string {
  const text = printNumber(mean, digits);
  return sd === null || Number.isNaN(sd) ? text : `${text} ± ${printNumber(sd, digits)}`;
}

/** What a caption says of deviations: over how many seeds they are, or that there is one seed. */
export function spreadCaption(seeds: number): string {
  return seeds === 1 ? "One seed" : `Mean ± standard deviation over ${seeds} seeds`;
}

/** A score, from 0 to 1, with a band of one deviation to each side for a figure; without one of a single seed. */
export function band({ mean, sd }: Score): { mean: number; low?: number; high?: number } {
  return sd === null
    ? { mean }
    : { mean, low: Math.max(0, mean - sd), high: Math.min(1, mean + sd) };
}

/** `[−0.003, +0.027]`: an interval of a difference or, with `printNumber`, of a score. */
export function printInterval(ends: Ends | null, print: (end: number) => string = signed): string {
  return ends ? `[${print(ends[0])}, ${print(ends[1])}]` : dash;
}

/** `+0.012 [−0.003, +0.027]`: a difference and its interval, if it has one. */
export function printDifference(difference: number, ends: Ends | null): string {
  return ends ? `${signed(difference)} ${printInterval(ends)}` : signed(difference);
}

/** A comparison's p after Holm's correction, or a dash and why there is none. */
export function printCorrected({ pHolm, reason }: Pick<Corrected, "pHolm" | "reason">): string {
  return pHolm === null && reason ? `${dash} (${reason})` : printP(pHolm);
}

/** Two cells: the difference with its interval, and p after Holm's correction; empty without a comparison. */
export function comparisonCells(comparison: Corrected | undefined): string[] {
  if (!comparison) return ["", ""];
  const { difference, interval } = comparison;
  return [printDifference(difference, interval), printCorrected(comparison)];
}

/** A cell of a table; a score is printed with its deviation, and what is not there is left empty. */
export type Cell = string | number | Score | undefined;

/** A table's lines: the header, how its columns are aligned, and a line per row. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  /** Columns of text: so many at the left and, with `lastIsText`, the last; all others are of numbers. */
  { text = 1, lastIsText = false }: { readonly text?: number; readonly lastIsText?: boolean } = {},
): string[] {
  const line = (cells: readonly Cell[]) => `| ${cells.map(printCell).join(" | ")} |`;
  const rule = header.map((_, i) =>
    i < text || lastIsText && i === header.length - 1 ? "---" : "---:"
  );
  return [line(header), line(rule), ...rows.map(line)];
}

function printCell(cell: Cell = ""): string {
  return typeof cell === "object" ? printScore(cell) : String(cell);
}

/** Paragraphs, headings and tables as lines of Markdown, with an empty line behind each. */
export function blocks(...all: readonly (string | readonly string[])[]): string[] {
  return all.filter(({ length }) => length > 0).flatMap((block) => [block, ""].flat());
}

/** A word with a capital. */
export function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
