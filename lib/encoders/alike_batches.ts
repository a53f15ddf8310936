/** Which inputs go through a network together: none of them changes what becomes of another. @module */

/**
 * The places of inputs in batches of one length, the shortest first, each of at most `most`. Without
 * padding the states of an input are the same bytes whatever is encoded beside it, on this machine or
 * on another.
 */
export function alikeBatches(lengths: readonly number[], most: number): number[][] {
  const byLength = [...Map.groupBy(lengths.keys(), (i) => lengths[i]!)].sort(([a], [b]) => a - b);
  return byLength.flatMap(([, places]) =>
    Array.from(
      { length: Math.ceil(places.length / most) },
      (_, batch) => places.slice(batch * most, (batch + 1) * most),
    )
  );
}

/**
 * Runs a batch whose network ends in the product of a matrix with a row an input, for a result each. One
 * that is alone goes twice: a matrix of one row is multiplied in another order, and so rounded otherwise.
 */
export async function runTogether<Input, Result>(
  batch: readonly Input[],
  most: number,
  run: (batch: readonly Input[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  if (batch.length !== 1 || most === 1) return await run(batch);
  return (await run([batch[0]!, batch[0]!])).slice(0, 1);
}
