/** Noisy copies of samples in training: which belong to a part, and what an epoch draws. @module */

import { modalities, type Modality } from "../modality.ts";
import { fold, type Key, uniforms } from "../tensor/random.ts";
import type { Problem, Rows } from "./system.ts";

/** The copies of the samples at `rows`: no other, so that none of a sample of another part. */
export function copiesOfRows(
  noisy: Problem["noisy"],
  modality: Modality,
  rows: readonly number[],
): number[] {
  const own = noisy?.[modality];
  if (own === undefined) return [];
  const known = new Set(rows);
  return own.filter(({ of }) => known.has(of)).map(({ row }) => row);
}

// Half of what an epoch shows of a modality is clean, however many copies there are.
const noisyShare = 0.5;

/** Rows of samples that belong together, each of which may be a copy. */
export function drawRows(noisy: Problem["noisy"], rows: Rows, key: Key): Rows {
  const draw = drawCopies(noisy);
  return Object.fromEntries(
    modalities.filter((m) => rows[m]).map((m) => [m, draw(m, rows[m]!, fold(key, m))]),
  );
}

/** Replaces rows by copies of them. */
export type DrawCopies = (
  modality: Modality,
  rows: ArrayLike<number>,
  key: Key,
) => Uint32Array;

/**
 * Draws for each row the sample as it is or, as likely, one of its copies, all alike. Samples
 * without copies stay.
 */
export function drawCopies(noisy: Problem["noisy"]): DrawCopies {
  const copies = new Map(
    Object.entries(noisy ?? {}).map(([m, own]) => [m, Map.groupBy(own, ({ of }) => of)]),
  );
  return (modality, rows, key) => {
    const own = copies.get(modality);
    if (own === undefined) return Uint32Array.from(rows);
    const draw = uniforms(key);
    return Uint32Array.from(rows, (row) => {
      // Two draws a row, needed or not, so that a row's copy does not depend on the others'.
      const [isNoisy, which] = [draw() < noisyShare, draw()];
      const some = own.get(row);
      return some && isNoisy ? some[Math.floor(which * some.length)]!.row : row;
    });
  };
}
