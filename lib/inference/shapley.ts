/** Shapley values: a fair division of a result among those who brought it about. @module */

import { shapleyOf, subsetsOf } from "../metrics/shapley.ts";

// Sums of float64 differences: what remains beyond it is a value that is no number.
const tolerance = 1e-9;

/**
 * The exact Shapley values (Shapley 1953) of k `players` in the game `value`:
 *
 *     φ_i = Σ_{S ⊆ P∖{i}} |S|! (k - |S| - 1)! / k! · (v(S ∪ {i}) - v(S))
 *
 * `value` is asked once for each of the 2^k subsets, the empty one included,
 * with its members in the order of `players`; k is 1 to 10. The values add up
 * to v(P) - v(∅), players who change the same are given the same, and one who
 * changes nothing gets 0.
 *
 * @throws {RangeError} for another number of players, or the same player twice.
 * @throws {Error} when the values do not add up, as when some v(S) is not finite.
 */
export async function shapleyValues<Player extends string>(
  players: readonly Player[],
  value: (subset: readonly Player[]) => Promise<number>,
): Promise<{ values: Record<Player, number>; whole: number; empty: number }> {
  const k = players.length;
  if (k < 1 || k > 10 || new Set(players).size < k) {
    throw new RangeError(`Cannot divide: expected 1 to 10 different players, got [${players}]`);
  }
  const worth: number[] = [];
  for (const subset of subsetsOf(players)) worth.push(await value(subset));
  const values = shapleyOf(players, worth);
  const empty = worth[0]!, whole = worth.at(-1)!;
  assertSum(players.reduce((sum, player) => sum + values[player], 0), whole - empty);
  return { values, whole, empty };
}

function assertSum(sum: number, wanted: number): void {
  if (Math.abs(sum - wanted) <= tolerance * Math.max(1, Math.abs(wanted))) return;
  throw new Error(`Cannot divide: expected contributions that add up to ${wanted}, got ${sum}`);
}
