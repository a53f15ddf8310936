/** What a measure of verdicts needs of each group, so that groups can be drawn by adding. @module */

import { predictedLabels } from "../inference/verdict_scores.ts";
import type { Target } from "../target.ts";

/**
 * Sums over the rows of a group. Of K classes `[2K]`: right answers of each class, then rows. Of scores
 * `[6]`: rows, Σx, Σy, Σxx, Σyy, Σxy, with x the score said and y the true one.
 */
export type GroupSums = Float64Array;

/** The sums of each group, in the order in which groups come. */
export function groupSums(
  { labels, scores, groups }: {
    readonly labels: readonly number[];
    /** Verdicts, as many numbers a row as `verdictWidth` says. */
    readonly scores: Float64Array;
    /** Of each row. */
    readonly groups: readonly string[];
  },
  target: Target,
): GroupSums[] {
  const said = target.kind === "score" ? scores : predictedLabels({ labels, scores });
  return [...Map.groupBy(labels.keys(), (i) => groups[i]!).values()].map((rows) => {
    if (target.kind === "classes") {
      const count = target.classes.length;
      const sums = new Float64Array(2 * count);
      for (const i of rows) {
        sums[count + labels[i]!]!++;
        if (said[i] === labels[i]) sums[labels[i]!]!++;
      }
      return sums;
    }
    const sums = new Float64Array(6);
    for (const i of rows) {
      const x = said[i]!, y = labels[i]!;
      [1, x, y, x * x, y * y, x * y].forEach((term, k) => sums[k]! += term);
    }
    return sums;
  });
}

/** Of all these groups. */
export function summed(groups: readonly GroupSums[]): GroupSums {
  const all = new Float64Array(groups[0]!.length);
  for (const sums of groups) sums.forEach((sum, k) => all[k]! += sum);
  return all;
}

/**
 * Balanced accuracy, the mean recall of the classes that there are; of scores Pearson's r. Of fewer
 * than two classes, and of scores that do not differ, NaN.
 */
export function measureOf(target: Target): (sums: GroupSums) => number {
  if (target.kind === "score") return correlation;
  const count = target.classes.length;
  return (sums) => {
    const there = target.classes.map((_, k) => k).filter((k) => sums[count + k]! > 0);
    if (there.length < 2) return NaN;
    return there.reduce((sum, k) => sum + sums[k]! / sums[count + k]!, 0) / there.length;
  };
}

function correlation([n, x, y, xx, yy, xy]: GroupSums): number {
  const [a, b] = [xx! - x! * x! / n!, yy! - y! * y! / n!];
  return a > 0 && b > 0 ? (xy! - x! * y! / n!) / Math.sqrt(a * b) : NaN;
}
