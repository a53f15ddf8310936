/** Images that show the same picture, and the groups that follow. @module */

import { type ImageBits, mirrored } from "./image_bits.ts";
import { type DisjointSets, disjointSets, type Hashed, nearIndex } from "./near_index.ts";

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
 * Equal hashes are joined first, and one of each kind is compared with those that can be near to it
 * ({@linkcode nearIndex}); none is missed.
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
  const kinds = joinAlike(hashes, sets);
  const ofCrops = Math.min(nearCropDistance, distance);
  const link = nearIndex(kinds, { sets, usual: crops.length > 0 ? ofCrops : distance });
  const linkBoth = (image: number, bits: ImageBits, distance: number) => {
    for (const side of [bits, mirrored(bits)]) link(image, side, distance);
  };
  for (const image of kinds.images) linkBoth(image, hashes[image]!, distance);
  crops.forEach((all, image) => all?.forEach((bits) => linkBoth(image, bits, ofCrops)));
  return clustersOf(hashes.length, sets);
}

/** Joins images whose hash, or that of their mirror image, is equal, and returns the first of each. */
function joinAlike(
  hashes: readonly (ImageBits | undefined)[],
  { join }: DisjointSets,
): Hashed {
  const images: number[] = [], lows: number[] = [], highs: number[] = [];
  const firsts = new Map<bigint, number>();
  hashes.forEach((bits, image) => {
    if (bits === undefined) return;
    // Of an image and its mirror image one stands for both.
    const [low, high] = (bits[0] & 1) === 0 ? bits : mirrored(bits);
    const name = BigInt(high) << 32n | BigInt(low >>> 0);
    const first = firsts.get(name);
    if (first !== undefined) return join(first, image);
    firsts.set(name, image);
    images.push(image);
    lows.push(low);
    highs.push(high);
  });
  return {
    images: Uint32Array.from(images),
    lows: Int32Array.from(lows),
    highs: Int32Array.from(highs),
  };
}

/** The sets of two images or more. */
function clustersOf(count: number, { find }: DisjointSets): number[][] {
  const clusters = new Map<number, number[]>();
  // Most images are in none, and are given no list of their own.
  for (let image = 0; image < count; image++) {
    const first = find(image);
    if (first === image) continue;
    const cluster = clusters.get(first);
    if (cluster === undefined) clusters.set(first, [first, image]);
    else cluster.push(image);
  }
  return [...clusters.values()].sort(([a], [b]) => a! - b!);
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
