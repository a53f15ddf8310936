/** The paper's balanced subset of a corpus. @module */

import { fold, type Key, permutation } from "../tensor/random.ts";
import type { Sample } from "./sample.ts";

/**
 * Draws equally many samples of both polarities, at most `cap` in all, and keeps their order.
 *
 * The paper takes "10,000 samples from each modality" to balance the classes, and says no more. RAVDESS
 * has 2,452 clips, so to us 10,000 is a limit and never a target: no sample is taken twice. The draw
 * looks at polarity alone, not at groups or emotions.
 *
 * @throws {RangeError} `cap` is no integer from 2 nor infinite, or a polarity has no sample.
 */
export function balancedSubset(
  samples: readonly Sample[],
  { cap = 10_000, key }: { readonly cap?: number; readonly key: Key },
): Sample[] {
  checkCap(cap);
  const pools = ([0, 1] as const).map((polarity) => indicesOf(samples, polarity));
  const [negative, positive] = pools.map((pool) => pool.length) as [number, number];
  const each = Math.min(Math.floor(cap / 2), negative, positive);
  if (each === 0) {
    throw new RangeError(
      `Cannot draw a subset: expected both polarities, got ${positive} positive and ${negative} negative`,
    );
  }
  return pools
    .flatMap((pool, polarity) =>
      permutation(fold(key, polarity), pool.length).slice(0, each).map((i) => pool[i]!)
    )
    .sort((a, b) => a - b)
    .map((i) => samples[i]!);
}

/**
 * Draws at most `cap` samples whatever their labels, each with the same chance, and keeps their order:
 * classes stay about as frequent as they are.
 *
 * @throws {RangeError} `cap` is no integer from 2 nor infinite.
 */
export function naturalSubset(
  samples: readonly Sample[],
  { cap, key }: { readonly cap: number; readonly key: Key },
): Sample[] {
  checkCap(cap);
  if (samples.length <= cap) return [...samples];
  return [...permutation(fold(key, "natural"), samples.length).slice(0, cap)]
    .sort((a, b) => a - b)
    .map((i) => samples[i]!);
}

function checkCap(cap: number): void {
  if (cap === Infinity || Number.isSafeInteger(cap) && cap >= 2) return;
  throw new RangeError(`Cannot draw a subset: expected a cap from 2, got ${cap}`);
}

function indicesOf(samples: readonly Sample[], label: number): number[] {
  return samples.flatMap((sample, i) => (sample.label === label ? [i] : []));
}
