/** Labels by what they mean: places among classes, or scores. @module */

import { median } from "../metrics/median.ts";
import { isBinary, type Target, verdictWidth } from "../target.ts";

/**
 * Refuses labels that the target has not; `action` is what they are for.
 *
 * @throws {RangeError} A label that is no place among the classes, or a score that is not finite.
 */
export function checkLabels(action: string, labels: ArrayLike<number>, target: Target): void {
  const classes = target.kind === "classes" ? target.classes.length : undefined;
  const wanted = classes === undefined
    ? "a finite score"
    : isBinary(target)
    ? "0 or 1"
    : `a whole number from 0 to ${classes - 1}`;
  for (let n = 0; n < labels.length; n++) {
    const label = labels[n]!;
    const fits = classes === undefined
      ? Number.isFinite(label)
      : Number.isInteger(label) && label >= 0 && label < classes;
    if (!fits) {
      throw new RangeError(`Cannot ${action}: expected ${wanted} in labels[${n}], got ${label}`);
    }
  }
}

/** How many labels there are of each of `classes` classes. */
export function countsOf(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let n = 0; n < labels.length; n++) counts[labels[n]!]!++;
  return counts;
}

/**
 * A verdict that rests on labels alone, `[verdictWidth]`: the share of each class (of two classes the
 * second's), or the median score.
 *
 * A class without a label has the share 1 / (n + K), so that its logarithm is finite, and the others
 * have the rest in proportion. With `plain` it has 0.
 *
 * @throws {RangeError} No labels, or one that the target has not.
 */
export function verdictOfLabels(
  labels: ArrayLike<number>,
  target: Target,
  { action = "tell the usual label", plain = false }: {
    readonly action?: string;
    readonly plain?: boolean;
  } = {},
): Float64Array {
  if (labels.length === 0) {
    throw new RangeError(`Cannot ${action}: expected at least one label, got none`);
  }
  checkLabels(action, labels, target);
  if (target.kind === "score") return Float64Array.of(median(labels));
  const counts = countsOf(labels, target.classes.length);
  const shares = Float64Array.from(counts, (count) => count / labels.length);
  const all = plain ? shares : withUnseen(shares, counts);
  return verdictWidth(target) === 1 ? all.slice(1) : all;
}

/** The same verdict `count` times. */
export function repeated(row: Float64Array, count: number): Float64Array {
  return Float64Array.from({ length: row.length * count }, (_, i) => row[i % row.length]!);
}

/**
 * Probabilities `[K]` of the classes of `counts` labels each, from those that know only classes that
 * have labels: each of the others gets 1 / (n + K).
 */
export function withUnseen(
  probabilities: Float64Array,
  counts: readonly number[],
): Float64Array {
  const unseen = counts.filter((count) => count === 0).length;
  if (unseen === 0) return probabilities;
  const each = 1 / (counts.reduce((a, b) => a + b, 0) + counts.length);
  return probabilities.map((p, k) => counts[k] === 0 ? each : p * (1 - unseen * each));
}
