/** How few clusters say nothing of others. @module */

/**
 * With fewer clusters there is neither interval nor p. Where k clusters all differ in one direction,
 * flipping their signs gives p = 2 / 2^k: with five clusters it is 0.0625, whatever they hold.
 */
export const fewestClusters = 6;

/** Why there is neither interval nor p, such as `too few speakers (2) for an interval`; undefined if there are enough. */
export function tooFew(count: number, clusters: string): string | undefined {
  return count < fewestClusters ? `too few ${clusters} (${count}) for an interval` : undefined;
}
