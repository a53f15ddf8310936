/** What the tables of results have in common: scores over seeds, and how they are printed. @module */

import { meanAndDeviation } from "../lib/metrics/mod.ts";
import { printNumber, signed } from "../lib/numbers.ts";

/** A score over seeds. */
export interface Score {
  readonly mean: number;
  /** Sample standard deviation over seeds. */
  readonly sd: number;
  readonly seeds: readonly number[];
}

/** The score of runs that differ in their seed. */
export function overSeeds(seeds: readonly number[]): Score {
  return { ...meanAndDeviation(seeds), seeds };
}

/** `0.912 ± 0.010`; a single seed has no deviation. */
export function printScore({ mean, sd, seeds }: Score, digits = 3): string {
  const text = printNumber(mean, digits);
  return seeds.length > 1 ? `${text} ± ${printNumber(sd, digits)}` : text;
}

/** `+0.012 [−0.003, +0.027]`: a difference and its interval. */
export function printDifference(
  difference: number,
  [low, high]: readonly [low: number, high: number],
): string {
  return `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
}

/** A table's lines: the header, how its columns are aligned, and a line per row. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  /** Columns of text, on the left; all others are of numbers. */
  { text = 1 }: { readonly text?: number } = {},
): string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, i) => i < text ? "---" : "---:")), ...rows.map(line)];
}
