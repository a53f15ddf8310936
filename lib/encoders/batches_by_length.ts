/** Which rows share a batch, so that little of it is padding. @module */

/** What batches may be. */
export interface BatchLimits {
  /** Rows of one. */
  readonly most: number;
  /** What a batch costs besides its rows, in steps of a row: without it, each length had its own. */
  readonly fixed: number;
}

/**
 * Rows of these lengths in batches, each padded to its longest row, so that
 *
 *     Σ over batches of (rows · longest + fixed)
 *
 * is least. Gives the indices of each batch, from the shortest row to the longest; rows of one length
 * stay in their order.
 */
export function batchesByLength(
  lengths: readonly number[],
  { most, fixed }: BatchLimits,
): number[][] {
  const order = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  // Of the first `end` rows: the least cost, and where the last batch of it begins.
  const costs = new Float64Array(order.length + 1);
  const starts = new Uint32Array(order.length + 1);
  for (let end = 1; end <= order.length; end++) {
    costs[end] = Infinity;
    for (let start = end - 1; start >= Math.max(0, end - most); start--) {
      const cost = costs[start]! + (end - start) * lengths[order[end - 1]!]! + fixed;
      if (cost < costs[end]!) [costs[end], starts[end]] = [cost, start];
    }
  }
  const batches: number[][] = [];
  for (let end = order.length; end > 0; end = starts[end]!) {
    batches.push(order.slice(starts[end], end));
  }
  return batches.reverse();
}
