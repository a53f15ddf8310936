/** What the tables of results have in common: scores over seeds, and how they are printed. @module */

import * as metrics from "../lib/metrics/mod.ts";
import type { CoverageRow } from "../lib/figures/mod.ts";
import { dash, printNumber, printP, signed } from "../lib/numbers.ts";
import { type Corrected, correctness, type Ends } from "../lib/study/comparisons.ts";
import type { Predictions } from "../lib/study/predictions.ts";
import type { Branch } from "../lib/study/proposed_runs.ts";
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
  const { mean, sd } = metrics.meanAndDeviation(seeds);
  return { mean, sd: seeds.length > 1 ? sd : null, seeds };
}

/** Labels and scores of a test part, such as a seed's. */
type Judged = Pick<Predictions, "labels" | "scores">;

/** Predictions as metrics take them. */
export function scored({ labels, scores }: Judged): metrics.Scored {
  return { actual: labels, scores };
}

/** Accuracy over the test parts of several seeds. */
export function accuracyOver(files: readonly Judged[]): Score {
  return overSeeds(files.map((file) => average(correctness(file))));
}

/** Scores where classes may differ in their number. */
export interface BalancedScores {
  readonly accuracy: Score;
  /** The mean of both classes' recalls: one half for who can't tell, however labels are distributed. */
  readonly balancedAccuracy: Score;
  readonly auc: Score;
}

/** Accuracy, balanced accuracy and AUC over the test parts of several seeds. */
export function balancedScoresOver(files: readonly Judged[]): BalancedScores {
  const { accuracy, auc } = scoresOver(files);
  const balanced = ({ labels, scores }: Judged) =>
    metrics.balancedAccuracy({
      actual: labels,
      predicted: metrics.predictedClasses(scores),
      classes: 2,
    });
  return { accuracy, balancedAccuracy: overSeeds(files.map(balanced)), auc };
}

/** Accuracy, precision, recall, F1 and AUC over the test parts of several seeds. */
export function scoresOver(files: readonly Judged[]): Record<Measure, Score> {
  const seeds = files.map((file) => metrics.scoreBinary(scored(file)));
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
  return average(metrics.predictedClasses(scores));
}

/** The arithmetic mean. */
export function average(values: readonly number[]): number {
  return metrics.meanAndDeviation(values).mean;
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

/** A point of a figure of coverage, with the band of its accuracy. */
export function coveragePoint(system: string, coverage: number, accuracy: Score): CoverageRow {
  const { mean, ...ends } = band(accuracy);
  return { system, coverage, accuracy: mean, ...ends };
}

/** `[−0.003, +0.027]`: an interval of a difference or, with `printNumber`, of a score. */
export function printInterval(ends: Ends | null, print: (end: number) => string = signed): string {
  return ends ? `[${print(ends[0])}, ${print(ends[1])}]` : dash;
}

/** `+0.012 [−0.003, +0.027]`: a difference and its interval, if it has one. */
export function printDifference(difference: number, ends: Ends | null): string {
  return ends ? `${signed(difference)} ${printInterval(ends)}` : signed(difference);
}

/** Whether a difference is significant, and if not why, as `insignificance` has it. */
export function printSignificance(reason: string | null | undefined): string {
  return reason ? `no: ${reason}` : "yes";
}

/** A cell of a table; a score is printed with its deviation, and what is not there is left empty. */
export type Cell = string | number | Score | null | undefined;

/** A column of a table: its header, and the property of a row that it shows, or what it makes of one. */
export type Column<R> = readonly [header: string, cell: keyof R | ((row: R) => Cell)];

/** A row that may be compared with another. */
interface MaybeCompared {
  readonly comparison?: Corrected | undefined;
}

/** Two columns: the difference with its interval, and p after Holm's correction; empty without a comparison. */
export function comparisonColumns(header: string): Column<MaybeCompared>[] {
  return [
    [header, ({ comparison: c }) => c && printDifference(c.difference, c.interval)],
    ["p (Holm)", ({ comparison }) => comparison && printP(comparison.pHolm)],
  ];
}

/** Below a table with {@linkcode comparisonColumns}: why some of its differences are without a p. */
export function untestedLines(rows: readonly MaybeCompared[]): string[] {
  const reasons = rows.flatMap(({ comparison }) => comparison?.reason ?? []);
  return [...new Set(reasons)].map((reason) => `- Not tested: ${reason}.`);
}

/** In how many seeds a score is below another: `in 2 of 5 seeds`. */
export function seedsBelow(lower: Score, higher: Score): string {
  const count = lower.seeds.filter((score, i) => score < higher.seeds[i]!).length;
  return `in ${count} of ${lower.seeds.length} seeds`;
}

/** Where robustness does not hold, as a list; or that nothing of it was found. */
export function shortcomingLines(
  shortcomings: readonly string[],
  none = "Nothing that was tried did more harm than the absence of what it was done to.",
): string[] {
  if (shortcomings.length === 0) return [none];
  return shortcomings.map((sentence) => `- ${sentence}`);
}

/** Columns as a table's lines, a line per row. */
export function columnsTable<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  options: TableOptions = {},
): string[] {
  const cells = rows.map((row) =>
    columns.map(([, cell]) => typeof cell === "function" ? cell(row) : row[cell] as Cell)
  );
  return markdownTable(columns.map(([header]) => header), cells, options);
}

/** Which columns are of text: so many at the left and, with `lastIsText`, the last; all others are of numbers. */
export interface TableOptions {
  readonly text?: number;
  readonly lastIsText?: boolean;
}

/** A table's lines: the header, how its columns are aligned, and a line per row. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  { text = 1, lastIsText = false }: TableOptions = {},
): string[] {
  const line = (cells: readonly Cell[]) => `| ${cells.map(printCell).join(" | ")} |`;
  const rule = header.map((_, i) =>
    i < text || lastIsText && i === header.length - 1 ? "---" : "---:"
  );
  return [line(header), line(rule), ...rows.map(line)];
}

function printCell(cell: Cell): string {
  return typeof cell === "object" && cell !== null ? printScore(cell) : String(cell ?? "");
}

/** Paragraphs, headings and tables as lines of Markdown, with an empty line behind each. */
export function blocks(...all: readonly (string | readonly string[])[]): string[] {
  return all.filter(({ length }) => length > 0).flatMap((block) => [block, ""].flat());
}

/** What captions call a branch: `the whole model`, or such as `the text branch`. */
export function branchName(branch: Branch): string {
  return branch === "unified" ? "the whole model" : `the ${branch} branch`;
}

/** `1 head`, `2 heads`. */
export function counted(n: number, thing: string): string {
  return n === 1 ? `1 ${thing}` : `${n} ${thing}s`;
}

/** A word with a capital. */
export function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
