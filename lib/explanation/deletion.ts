/** Whether an explanation is faithful: what becomes of the verdict as parts are removed in its order. @module */

import { fewestClusters, meanAndDeviation, type PairedTTest, pairedTTest } from "../metrics/mod.ts";
import { fold, type Key, permutation } from "../tensor/random.ts";

/** The probability of the class that is followed, for each choice of the parts that are still there. */
export type PartsProbability = (kept: readonly Uint8Array[]) => Promise<ArrayLike<number>>;

/** What one explanation's order does. */
export interface Deletion {
  /** The probability after 0, 1, …, n removals, the most important part first. */
  readonly most: readonly number[];
  /** The same, the least important part first. */
  readonly least: readonly number[];
  /** Area under `most`, in [0, 1]: low where the explanation finds what the verdict rests on. */
  readonly deletion: number;
  /** Area under the curve as parts are inserted, the most important first; high is good. */
  readonly insertion: number;
  /** `insertion − deletion`, in [−1, 1]. */
  readonly between: number;
}

/** The orders that know nothing. */
export interface RandomDeletion {
  /** Mean over the orders, after 0, 1, …, n removals. */
  readonly curve: readonly number[];
  /** Mean area. */
  readonly deletion: number;
}

/**
 * The deletion and insertion tests (Petsiuk, Das and Saenko, *RISE*, BMVC 2018)
 * of explanations of one sample, whose `scores` say for each of its n parts how
 * much it speaks for the class that `probability` follows:
 *
 *     area = Σ_k (y_k + y_{k+1}) / 2n,   k = 0 … n − 1
 *
 * with y_k the probability after k removals. Insertion of the most important
 * part first passes the states of deletion of the least important first, from
 * the last to the first, so its area is that under `least`. Parts of one score
 * keep their order. All explanations are held against the same `randomOrders`
 * random orders, 20 by default.
 *
 * @throws {RangeError} No parts, a score that is not finite, or scores of different lengths.
 */
export async function deletionInsertion<Name extends string>(
  scores: Readonly<Record<Name, readonly number[]>>,
  probability: PartsProbability,
  { key, randomOrders = 20 }: { readonly key: Key; readonly randomOrders?: number },
): Promise<{ readonly of: Readonly<Record<Name, Deletion>>; readonly random: RandomDeletion }> {
  const entries = Object.entries(scores) as [Name, readonly number[]][];
  const count = entries[0]?.[1].length ?? 0;
  for (const [name, own] of entries) checkScores(name, own, count);
  const random = Array.from({ length: randomOrders }, (_, i) => permutation(fold(key, i), count));
  const told = entries.flatMap(([, own]) => [mostFirst(own), mostFirst(own).toReversed()]);
  const curves = await deletionCurves([...told, ...random], probability);
  const found = entries.map(([name], i): [Name, Deletion] => {
    const [most, least] = [curves[2 * i]!, curves[2 * i + 1]!];
    const deletion = area(most), insertion = area(least);
    return [name, { most, least, deletion, insertion, between: insertion - deletion }];
  });
  const blind = curves.slice(told.length);
  return {
    of: Object.fromEntries(found) as Record<Name, Deletion>,
    random: { curve: meanCurve(blind), deletion: meanOf(blind.map(area)) },
  };
}

/** The probability after 0, 1, …, n removals, for each order of the n parts. */
export async function deletionCurves(
  orders: readonly (readonly number[])[],
  probability: PartsProbability,
): Promise<number[][]> {
  const states = orders.flatMap((order) => {
    const kept = new Uint8Array(order.length).fill(1);
    return [
      kept.slice(),
      ...order.map((part) => {
        kept[part] = 0;
        return kept.slice();
      }),
    ];
  });
  const values = Array.from(await probability(states));
  return orders.map(({ length }, i) => values.slice(i * (length + 1), (i + 1) * (length + 1)));
}

// The parts from the highest score to the lowest; equal scores keep their order.
function mostFirst(scores: readonly number[]): number[] {
  return scores.map((_, i) => i).toSorted((a, b) => scores[b]! - scores[a]! || a - b);
}

/** The area under a curve over equal steps from 0 to 1, by the trapezoid rule. */
export function area(curve: readonly number[]): number {
  const steps = curve.length - 1;
  let sum = 0;
  for (let k = 0; k < steps; k++) sum += (curve[k]! + curve[k + 1]!) / 2;
  return sum / steps;
}

/** A curve of any number of steps at `points` equal distances from 0 to 1, by linear interpolation. */
export function resampledCurve(curve: readonly number[], points: number): number[] {
  return Array.from({ length: points }, (_, i) => {
    const at = i * (curve.length - 1) / (points - 1);
    const before = Math.min(Math.floor(at), curve.length - 2);
    return curve[before]! + (at - before) * (curve[before + 1]! - curve[before]!);
  });
}

/** Explanations of many samples against orders that know nothing. */
export interface Faithfulness {
  /** How many there are, from 1. */
  readonly samples: number;
  /** Mean areas. */
  readonly deletion: number;
  /** Mean area as the parts return, the highest score first, in [0, 1]; higher is better. */
  readonly insertion: number;
  /** Mean of insertion less deletion, in [-1, 1]; 0 for random orders on average. */
  readonly between: number;
  /** Mean deletion area of random orders, in [0, 1]. */
  readonly random: number;
  /** Of the deletion area less that of random orders, a pair a sample; null with fewer than six. */
  readonly test: PairedTTest | null;
}

/** What a test says of explanations. */
export type FaithfulnessVerdict =
  | "faithful"
  | "no better than chance"
  | "worse than chance"
  | "too few to tell";

/**
 * The areas of one kind of explanation over samples, and Student's paired
 * t-test of the deletion area against the mean of the same sample's random
 * orders, which needs six samples.
 *
 * @throws {RangeError} No samples.
 */
export function faithfulness(
  found: readonly { readonly deletion: Deletion; readonly random: RandomDeletion }[],
): Faithfulness {
  const first = found.map(({ deletion }) => deletion.deletion);
  const second = found.map(({ random }) => random.deletion);
  return {
    samples: found.length,
    deletion: meanOf(first),
    insertion: meanOf(found.map(({ deletion }) => deletion.insertion)),
    between: meanOf(found.map(({ deletion }) => deletion.between)),
    random: meanOf(second),
    test: found.length < fewestClusters ? null : pairedTTest({ first, second }),
  };
}

/** Faithful if the deletion area is below that of random orders and `p`, corrected where many are tested, is below 0.05. */
export function faithfulnessVerdict(
  { test }: Faithfulness,
  p: number | null,
): FaithfulnessVerdict {
  if (test === null || p === null) return "too few to tell";
  if (!(p < 0.05)) return "no better than chance";
  return test.difference < 0 ? "faithful" : "worse than chance";
}

function meanCurve(curves: readonly (readonly number[])[]): number[] {
  return (curves[0] ?? []).map((_, k) => meanOf(curves.map((curve) => curve[k]!)));
}

function meanOf(values: readonly number[]): number {
  return meanAndDeviation(values).mean;
}

function checkScores(name: string, scores: readonly number[], count: number): void {
  if (count === 0 || scores.length !== count) {
    throw new RangeError(
      `Cannot remove parts by ${name}: expected ${count || "some"} scores, got ${scores.length}`,
    );
  }
  const wrong = scores.find((score) => !Number.isFinite(score));
  if (wrong !== undefined) {
    throw new RangeError(`Cannot remove parts by ${name}: expected finite scores, got ${wrong}`);
  }
}
