/** Images that show the same picture, and the groups that follow. @module */

import { type ImageBits, mirrored, onesOf } from "./image_bits.ts";

/**
 * Most bits of 64 in which the hashes of near-duplicates differ, by default.
 *
 * On 2,516 photographs of FER-2013, cropped to the face and hence alike, 138 of 3.2 million pairs
 * differ in 8 bits or fewer, and in 132 of them the pictures correlate above 0.9. Copies of the same
 * photographs made for a trial stay within 8 bits always after JPEG of quality 30 or fourfold
 * enlargement, in 98 % after a change of brightness and contrast, 80 % after a border of one pixel is
 * cut off 48, and 73 % after halving.
 */
export const nearDistance = 8;

/**
 * Most bits of 64 in which an image differs from a crop of its near-duplicate, by default.
 *
 * Of those photographs, 51 of 6.3 million ordered pairs, further apart as they are, differ in 6 bits or
 * fewer from a crop of the other, and in 45 of them the picture correlates above 0.9 with the crop. On
 * 1,100 pictures of MVSA-Single there are 2. Of copies that were cropped and compressed as JPEG, 97 %
 * are found with 3 % off each edge, 95 % with 5 %, 99 % with 8 %, and 99 % with a tenth off one; with a
 * twelfth off two edges that meet, few.
 */
export const nearCropDistance = 6;

/** How {@linkcode nearDuplicates} compares. */
export interface NearDuplicateOptions {
  /** Most bits of 64 that differ, from 0 to 31. @default nearDistance */
  readonly distance?: number;
  /**
   * What each image would look like cropped: one that differs from a crop of another in
   * {@linkcode nearCropDistance} bits or fewer, and no more than `distance`, is near to it.
   */
  readonly crops?: readonly (readonly ImageBits[] | undefined)[];
}

/**
 * Clusters of images whose hashes, or those of their mirror images, differ in `distance` bits or fewer.
 *
 * Each cluster has two indices or more, ascending; the clusters come by their first. One is as near
 * as its links: A and C are together if both are near to B. Images without a hash are in none.
 *
 * Of hashes that differ in d bits, four quarters can't all differ in more than r₀ … r₃ bits where
 * Σ (r + 1) = d + 1, so that only those with such a quarter are compared, and none is missed.
 *
 * @throws {RangeError} `distance` is not a whole number from 0 to 31.
 */
export function nearDuplicates(
  hashes: readonly (ImageBits | undefined)[],
  { distance = nearDistance, crops = [] }: NearDuplicateOptions = {},
): number[][] {
  if (!Number.isInteger(distance) || distance < 0 || distance > 31) {
    throw new RangeError(
      `Cannot compare images: expected a distance from 0 to 31, got ${distance}`,
    );
  }
  const sets = disjointSets(hashes.length);
  const link = linker(hashes, sets.join);
  hashes.forEach((bits, i) => bits && link(i, bits, distance));
  const ofCrops = Math.min(nearCropDistance, distance);
  crops.forEach((all, i) => all?.forEach((bits) => link(i, bits, ofCrops)));
  const clusters = Map.groupBy(hashes.keys(), (i) => sets.find(i));
  return [...clusters.values()].filter((cluster) => cluster.length > 1);
}

const quarters = [0, 1, 2, 3] as const;

// With more changed bits in a quarter, or of fewer images, comparing with all is less work.
const mostChanges = 3, fewestIndexed = 500;

/**
 * A function that joins image i, of these bits, with all others whose hashes or those of their mirror
 * images are near to them. Hundreds of millions of hashes are compared: in plain arrays of numbers.
 */
function linker(
  hashes: readonly (ImageBits | undefined)[],
  join: (i: number, j: number) => void,
): (i: number, bits: ImageBits, distance: number) => void {
  const there = Uint32Array.from(hashes.keys()).filter((i) => hashes[i] !== undefined);
  const lows = Int32Array.from(there, (i) => hashes[i]![0]);
  const highs = Int32Array.from(there, (i) => hashes[i]![1]);
  const isIndexed = there.length >= fewestIndexed;
  const tables = isIndexed ? quarters.map((q) => byQuarter(lows, highs, q)) : [];
  const masks = Array.from(
    { length: isIndexed ? mostChanges + 1 : 0 },
    (_, most) => masksOfBits(most),
  );
  return (i, bits, distance) => {
    const changesOf = (q: number) => (distance - q >> 2);
    for (const [low, high] of [bits, mirrored(bits)]) {
      const compare = (at: number) => {
        const j = there[at]!;
        if (j !== i && onesOf(low ^ lows[at]!) + onesOf(high ^ highs[at]!) <= distance) join(i, j);
      };
      if (!isIndexed || changesOf(0) > mostChanges) {
        for (let at = 0; at < there.length; at++) compare(at);
        continue;
      }
      for (const q of quarters) {
        const { starts, items } = tables[q]!;
        const value = quarterOf(low, high, q);
        for (const mask of masks[changesOf(q)] ?? []) {
          const end = starts[(value ^ mask) + 1]!;
          for (let at = starts[value ^ mask]!; at < end; at++) compare(items[at]!);
        }
      }
    }
  };
}

/**
 * Places of hashes by the value of a quarter: those of value v are `items` from `starts[v]` to
 * `starts[v + 1]`.
 */
function byQuarter(lows: Int32Array, highs: Int32Array, q: number) {
  const values = lows.map((low, at) => quarterOf(low, highs[at]!, q));
  const starts = new Uint32Array(2 ** 16 + 1);
  for (const value of values) starts[value + 1]!++;
  for (let value = 0; value < 2 ** 16; value++) starts[value + 1]! += starts[value]!;
  const free = starts.slice();
  const items = new Uint32Array(values.length);
  values.forEach((value, at) => items[free[value]!++] = at);
  return { starts, items };
}

/** Every fourth bit from `q`, so that each quarter has frequencies high and low. */
function quarterOf(low: number, high: number, q: number): number {
  return everyFourth(low >>> q) | everyFourth(high >>> q) << 8;
}

function everyFourth(x: number): number {
  x &= 0x11111111;
  x = (x | x >>> 3) & 0x03030303;
  x = (x | x >>> 6) & 0x000f000f;
  return (x | x >>> 12) & 0xff;
}

/** All numbers of 16 bits that have `most` ones or fewer. */
function masksOfBits(most: number): Uint16Array {
  return Uint16Array.from({ length: 2 ** 16 }, (_, i) => i).filter((i) => onesOf(i) <= most);
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
