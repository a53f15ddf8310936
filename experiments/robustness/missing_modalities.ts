/** Missing modalities: what triples keep by chance, and how well they are judged then. @module */

import { modalities, type Modality } from "../../lib/modality.ts";
import { fold, type Key, uniforms } from "../../lib/tensor/random.ts";
import { correctness } from "../../lib/study/comparisons.ts";
import type { Predictions } from "../../lib/study/predictions.ts";

/** Everything that can be shown: one, two or all three modalities. */
export const shownSubsets: readonly (readonly Modality[])[] = [
  ["text"],
  ["image"],
  ["audio"],
  ["text", "image"],
  ["text", "audio"],
  ["image", "audio"],
  modalities,
];

/** The name of the exam that shows these modalities. */
export function subsetName(shown: readonly Modality[]): string {
  return shown.join("+");
}

/** How likely it is that a modality is missing. */
export const missingRates: readonly number[] = Array.from({ length: 10 }, (_, i) => i / 10);

/** What gets lost: one modality, or each by itself. */
export const losses = [...modalities, "any"] as const;

/** One of {@linkcode losses}. */
export type Loss = (typeof losses)[number];

/** How often it is drawn what each triple loses. */
export const missingDraws = 20;

/**
 * The accuracy when modalities are lost: each triple is judged by the verdict on
 * what it keeps. No new verdict is needed, as all subsets of every triple are
 * judged. `kept` has the names of the subsets that the triples keep, a draw after
 * the other.
 */
export function accuracyWhenMissing(
  exams: readonly Predictions[],
  kept: readonly (readonly string[])[],
): number {
  const right = new Map(exams.map((exam) => [exam.exam, correctness(exam)]));
  const sum = kept.flatMap((draw) => draw.map((name, t) => right.get(name)![t]!))
    .reduce((a, b) => a + b, 0);
  return sum / kept.reduce((count, draw) => count + draw.length, 0);
}

/** What happens to triples. */
export interface Losing {
  /** Triples. */
  readonly count: number;
  readonly lost: Loss;
  /** How likely a loss is, from 0 to below 1. */
  readonly rate: number;
}

/** The names of the subsets that triples keep, drawn `draws` times. */
export function drawSubsets(
  key: Key,
  { draws, ...losing }: Losing & { readonly draws: number },
): string[][] {
  return Array.from(
    { length: draws },
    (_, draw) => drawKept(fold(key, draw), losing).map(subsetName),
  );
}

/**
 * What each of `count` triples keeps if the modality `lost`, or each of them by
 * itself, is missing with probability `rate`. The draw of one that would lose all
 * three is repeated, as in training. Equal keys take from a triple at a higher
 * rate what they take at a lower one, but for such repetitions.
 *
 * @throws {RangeError} The rate is below 0 or not below 1.
 */
function drawKept(
  key: Key,
  { count, lost, rate }: Losing,
): Modality[][] {
  if (!(rate >= 0 && rate < 1)) {
    throw new RangeError(`Cannot lose modalities: expected a rate from 0 to below 1, got ${rate}`);
  }
  return Array.from({ length: count }, (_, t) => {
    const draw = uniforms(fold(key, t));
    for (;;) {
      const kept = modalities.filter((m) => (lost !== "any" && lost !== m) || draw() >= rate);
      if (kept.length > 0) return kept;
    }
  });
}
