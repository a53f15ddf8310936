/** Noise for pictures and sound, drawn once and read many times. @module */

import { fold, key, normals } from "../../tensor/random.ts";

/** How many values {@linkcode noiseTable} holds: a power of two, so that `& (noiseSize - 1)` wraps. */
export const noiseSize = 2 ** 17;

let table: Float32Array | undefined;

/**
 * Standard normal numbers, the same in every run; made on first use.
 *
 * One picture or clip takes some 100,000 of them, and drawing each afresh would
 * take longer than all other work on it. A reader starts at a place that its
 * own generator names.
 */
export function noiseTable(): Float32Array {
  table ??= Float32Array.from({ length: noiseSize }, normals(fold(key(0), "noise")));
  return table;
}
