/** Shapley values: a fair division of a result among those who brought it about. @module */

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
  // Subset s has player i where bit i of s is set.
  const worth: number[] = [];
  for (let s = 0; s < 2 ** k; s++) worth.push(await value(players.filter((_, i) => s & 1 << i)));
  const weight = (size: number) => factorial(size) * factorial(k - size - 1) / factorial(k);
  const shares = players.map((player, i) => {
    let share = 0;
    for (let s = 0; s < worth.length; s++) {
      if (s & 1 << i) continue;
      share += weight(bitCount(s)) * (worth[s | 1 << i]! - worth[s]!);
    }
    return [player, share] as const;
  });
  const empty = worth[0]!, whole = worth.at(-1)!;
  assertSum(shares.reduce((sum, [, share]) => sum + share, 0), whole - empty);
  return { values: Object.fromEntries(shares) as Record<Player, number>, whole, empty };
}

function assertSum(sum: number, wanted: number): void {
  if (Math.abs(sum - wanted) <= tolerance * Math.max(1, Math.abs(wanted))) return;
  throw new Error(`Cannot divide: expected contributions that add up to ${wanted}, got ${sum}`);
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function bitCount(n: number): number {
  return n === 0 ? 0 : (n & 1) + bitCount(n >> 1);
}
