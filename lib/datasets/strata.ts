/** What a division keeps in the same share in all parts: classes, or thirds of the scores. @module */

import { polarities, type Target } from "../target.ts";

/** Which samples are alike in what is learnt of them. */
export interface Strata {
  /** For errors and reports: the classes, or the scores of a third, such as `-3 to -0.8`. */
  readonly names: readonly string[];
  /** The place among `names` of each sample. */
  readonly of: readonly number[];
  /** Whether each part needs some of each: classes, since one that is lacking can't be scored. */
  readonly areNeeded: boolean;
}

/**
 * The strata of labels: classes as they are, and of scores three, cut at a third and two thirds of
 * the sorted scores; equal scores are in one, so that there may be fewer.
 *
 * @throws {RangeError} A label is no place among the classes.
 */
export function strataOf(labels: readonly number[], target: Target = polarities): Strata {
  if (target.kind === "classes") {
    const other = labels.find((label) => target.classes[label] === undefined);
    if (other === undefined) return { names: target.classes, of: labels, areNeeded: true };
    const last = target.classes.length - 1;
    throw new RangeError(`Cannot split: expected labels from 0 to ${last}, got ${other}`);
  }
  const sorted = labels.toSorted((a, b) => a - b);
  const cuts = [1, 2].map((third) => sorted[Math.ceil(third * sorted.length / 3) - 1]!);
  const thirds = labels.map((label) => cuts.filter((cut) => label > cut).length);
  const there = [...new Set(thirds)].sort();
  const names = there.map((third) => {
    const within = sorted.filter((label) => cuts.filter((cut) => label > cut).length === third);
    return `${round(within[0]!)} to ${round(within.at(-1)!)}`;
  });
  return { names, of: thirds.map((third) => there.indexOf(third)), areNeeded: false };
}

function round(score: number): string {
  return String(Number(score.toPrecision(3)));
}
