/** What the verdict loses with each part alone. @module */

/**
 * Occlusion (Zeiler and Fergus, *Visualizing and understanding convolutional
 * networks*, ECCV 2014) of the parts `there`, places in a choice of `places` numbers:
 *
 *     a_i = F(all) − F(all but i)
 *
 * Needs no gradient. Parts that say the same hide each other's share, so the
 * sum need not be the whole. `run` gives F for choices of what is kept, in one
 * call; places not `there` are kept at 0.
 */
export async function occlusion(
  there: readonly number[],
  { places, run }: {
    readonly places: number;
    readonly run: (kept: readonly ArrayLike<number>[]) => Promise<ArrayLike<number>>;
  },
): Promise<number[]> {
  const all = keeping(there, places);
  const values = await run([all, ...there.map((i) => all.with(i, 0))]);
  return there.map((_, k) => values[0]! - values[k + 1]!);
}

/** A choice of `places` numbers that keeps these. */
export function keeping(kept: Iterable<number>, places: number): Float32Array {
  const choice = new Float32Array(places);
  for (const i of kept) choice[i] = 1;
  return choice;
}
