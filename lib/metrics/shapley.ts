/** Shapley values of a game whose every subset is known. @module */

/**
 * The exact Shapley values (Shapley 1953) of k `players`:
 *
 *     φ_i = Σ_{S ⊆ P∖{i}} |S|! (k - |S| - 1)! / k! · (v(S ∪ {i}) - v(S))
 *
 * `worth` has the 2^k values v(S): subset s has player i where bit i of s is set, so that the first is
 * v(∅) and the last v(P). The values add up to v(P) - v(∅).
 */
export function shapleyOf<Player extends string>(
  players: readonly Player[],
  worth: readonly number[],
): Record<Player, number> {
  const k = players.length;
  const weight = (size: number) => factorial(size) * factorial(k - size - 1) / factorial(k);
  const shares = players.map((player, i) => {
    let share = 0;
    for (let s = 0; s < worth.length; s++) {
      if (s & 1 << i) continue;
      share += weight(bitCount(s)) * (worth[s | 1 << i]! - worth[s]!);
    }
    return [player, share] as const;
  });
  return Object.fromEntries(shares) as Record<Player, number>;
}

/** The 2^k subsets of k players, each in their order: subset s has player i where bit i of s is set. */
export function subsetsOf<Player>(players: readonly Player[]): Player[][] {
  return Array.from(
    { length: 2 ** players.length },
    (_, s) => players.filter((_, i) => s & 1 << i),
  );
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}

function bitCount(n: number): number {
  return n === 0 ? 0 : (n & 1) + bitCount(n >> 1);
}
