/** Images that show the same picture, and the groups that follow. @module */

import { hammingDistance, type ImageBits, mirrored } from "./image_bits.ts";

/**
 * Most bits of 64 in which the hashes of near-duplicates differ, by default.
 *
 * On 2,516 photographs of FER-2013, cropped to the face and hence alike, 138 of 3.2 million pairs
 * differ in 8 bits or fewer, and in 132 of them the pictures correlate above 0.9. Copies of the same
 * photographs made for a trial stay within 8 bits always after JPEG of quality 30 or fourfold
 * enlargement, in 98 % after a change of brightness and contrast, 80 % after a border of one pixel is
 * cut off 48, and 73 % after halving. Cut by a twelfth they mostly don't.
 */
export const nearDistance = 8;

/** How {@linkcode nearDuplicates} compares. */
export interface NearDuplicateOptions {
  /** Most bits of 64 that differ, from 0 to 31. @default nearDistance */
  readonly distance?: number;
}

/**
 * Clusters of images whose hashes, or those of their mirror images, differ in `distance` bits or fewer.
 *
 * Each cluster has two indices or more, ascending; the clusters come by their first. One is as near
 * as its links: A and C are together if both are near to B. Images without a hash are in none.
 *
 * Hashes that differ in d bits agree in one of d + 1 bands of them at least, so that only those that
 * share a band are compared, and none is missed.
 *
 * @throws {RangeError} `distance` is not a whole number from 0 to 31.
 */
export function nearDuplicates(
  hashes: readonly (ImageBits | undefined)[],
  { distance = nearDistance }: NearDuplicateOptions = {},
): number[][] {
  if (!Number.isInteger(distance) || distance < 0 || distance > 31) {
    throw new RangeError(
      `Cannot compare images: expected a distance from 0 to 31, got ${distance}`,
    );
  }
  const sets = disjointSets(hashes.length);
  for (const band of bandsOf(distance + 1)) {
    const shared = new Map<number, number[]>();
    hashes.forEach((bits, i) => {
      if (bits === undefined) return;
      for (const other of [bits, mirrored(bits)]) {
        for (const j of shared.get(bandOf(other, band)) ?? []) {
          if (hammingDistance(other, hashes[j]!) <= distance) sets.join(i, j);
        }
      }
      const key = bandOf(bits, band);
      const known = shared.get(key);
      if (known === undefined) shared.set(key, [i]);
      else known.push(i);
    });
  }
  const clusters = Map.groupBy(hashes.keys(), (i) => sets.find(i));
  return [...clusters.values()].filter((cluster) => cluster.length > 1);
}

interface Band {
  readonly first: number;
  readonly width: number;
}

/** 64 bits in `count` bands, as equally wide as can be. */
function bandsOf(count: number): Band[] {
  const edge = (i: number) => Math.floor(64 * i / count);
  return Array.from({ length: count }, (_, i) => ({
    first: edge(i),
    width: edge(i + 1) - edge(i),
  }));
}

/** The bits of a band as a number; a band of more than 53 is rounded, which only adds comparisons. */
function bandOf([low, high]: ImageBits, { first, width }: Band): number {
  let value = 0;
  for (let at = first; at < first + width; at++) {
    value = 2 * value + ((at < 32 ? low >>> at : high >>> at - 32) & 1);
  }
  return value;
}

/**
 * Joins groups that share a near-duplicate: the group of each image once no cluster crosses groups.
 * Of groups that become one, the name that comes first in code-unit order stays.
 *
 * @throws {RangeError} A cluster has an index that no group is given for.
 */
export function joinGroups(
  groups: readonly string[],
  clusters: readonly (readonly number[])[],
): string[] {
  const names = [...new Set(groups)].sort();
  const place = new Map(names.map((name, i) => [name, i]));
  const sets = disjointSets(names.length);
  for (const [first, ...others] of clusters) {
    for (const other of others) sets.join(placeOf(first!), placeOf(other));
  }
  return groups.map((group) => names[sets.find(place.get(group)!)]!);

  function placeOf(image: number): number {
    const name = groups[image];
    if (name !== undefined) return place.get(name)!;
    throw new RangeError(
      `Cannot join groups: expected indices from 0 to ${groups.length - 1}, got ${image}`,
    );
  }
}

/** Sets of numbers below `count`, at first one each; the smallest number stands for its set. */
function disjointSets(count: number) {
  const parents = Uint32Array.from({ length: count }, (_, i) => i);
  const find = (i: number): number => {
    while (parents[i] !== i) {
      parents[i] = parents[parents[i]!]!;
      i = parents[i]!;
    }
    return i;
  };
  return {
    find,
    join(a: number, b: number): void {
      const [x, y] = [find(a), find(b)];
      parents[Math.max(x, y)] = Math.min(x, y);
    },
  };
}
