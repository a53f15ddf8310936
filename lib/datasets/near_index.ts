/** Hashes of 64 bits that are near to another, found among a million without comparing all with all. @module */

import { onesOf } from "./image_bits.ts";

/** Sets of numbers below a count. */
export interface DisjointSets {
  /** The smallest number of a number's set. */
  find(i: number): number;
  /** Makes the sets of two numbers one. */
  join(a: number, b: number): void;
}

/** Sets of numbers below `count`, at first one each; the smallest number stands for its set. */
export function disjointSets(count: number): DisjointSets {
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
    join(a, b) {
      const [x, y] = [find(a), find(b)];
      parents[Math.max(x, y)] = Math.min(x, y);
    },
  };
}

/** Hashes and the images that they are of. */
export interface Hashed {
  /** The image of each hash. */
  readonly images: Uint32Array;
  readonly lows: Int32Array;
  readonly highs: Int32Array;
}

/** Bits that no two near hashes differ in by much, and the places of hashes by what these bits are. */
interface Block {
  readonly bits: readonly number[];
  /** Those of value v are at `starts[v]` up to `starts[v + 1]` of the three lists. */
  readonly starts: Uint32Array;
  readonly images: Uint32Array;
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  /** How many of the first of value v are of one set. */
  readonly same: Uint32Array;
  readonly scans: Uint32Array;
}

// Fewer are all compared with all; buckets of fewer are not put in order.
const fewestIndexed = 500, fewestGrouped = 8;
// What a look into a bucket costs beside a comparison in it: it is somewhere else in memory.
const lookCost = 3;

/** Bits of an image that are compared. */
interface Asked {
  readonly image: number;
  readonly low: number;
  readonly high: number;
  readonly distance: number;
}

/**
 * A function that joins an image of some bits with all images whose hash differs from them in
 * `distance` bits or fewer. `usual` is the distance that is mostly asked for.
 *
 * Of hashes that differ in d bits, m blocks can't all differ in more than r₀ … r₍ₘ₋₁₎ bits where
 * Σ (r + 1) = d + 1, so that only those with such a block are compared, and none is missed. Blocks are
 * of those bits that are 0 and 1 about equally often, and as many as make the fewest comparisons, so
 * that bits that are alike in all hashes are in none. N hashes of 64 bits that say something are N
 * times some hundred looks into buckets of N / 2¹⁶ or N / 2²⁰.
 *
 * Where many are alike, buckets are large; but then most of a bucket are of one set before long. They
 * are put first in it, and an image of the same set passes them over. So the time for N pictures of
 * which some are near to many grows with N. It grows with N² where many that are not joined share
 * blocks all the same, such as two families of pictures that differ within a family by a few bits, and
 * between the two in a block alone: then each pair is compared, once a block.
 */
export function nearIndex(
  hashed: Hashed,
  { sets: { find, join }, usual }: { readonly sets: DisjointSets; readonly usual: number },
): (image: number, bits: readonly [low: number, high: number], distance: number) => void {
  const blocks = planBlocks(hashed, usual).map((bits) => blockOf(hashed, bits));
  const masks = new Map<number, Uint32Array[]>();
  const masksFor = (distance: number) => {
    const known = masks.get(distance) ??
      blocks.map(({ bits }, b) =>
        masksOfBits(bits.length, changesIn(b, { distance, blocks: blocks.length }))
      );
    masks.set(distance, known);
    return known;
  };

  return (image, [low, high], distance) => {
    const all = masksFor(distance);
    blocks.forEach((block, b) => lookInto(block, all[b]!, { image, low, high, distance }));
  };

  // Called hundreds of millions of times: what it reads is in variables of its own.
  function lookInto(
    block: Block,
    masks: Uint32Array,
    { image, low, high, distance }: Asked,
  ): void {
    const { starts, images, lows, highs, same } = block;
    const value = valueOf(block.bits, low, high);
    for (let m = 0; m < masks.length; m++) {
      const bucket = value ^ masks[m]!;
      const start = starts[bucket]!, end = starts[bucket + 1]!;
      if (start === end) continue;
      const known = same[bucket]!;
      let at = known > 0 && find(images[start]!) === find(image) ? start + known : start;
      for (; at < end; at++) {
        const ones = onesOf(low ^ lows[at]!);
        if (ones <= distance && ones + onesOf(high ^ highs[at]!) <= distance) {
          join(image, images[at]!);
        }
      }
      if (end - start >= fewestGrouped && isPowerOfTwo(++block.scans[bucket]!)) {
        group(block, bucket, image);
      }
    }
  }

  /** Puts those of a bucket that are of an image's set first, if they are more than those that are. */
  function group({ starts, same, images, lows, highs }: Block, value: number, image: number): void {
    const start = starts[value]!, end = starts[value + 1]!;
    const root = find(image);
    let count = 0;
    for (let at = start; at < end; at++) if (find(images[at]!) === root) count++;
    if (count <= same[value]!) return;
    for (let at = start, front = start; at < end; at++) {
      if (find(images[at]!) !== root) continue;
      for (const list of [images, lows, highs]) {
        [list[front], list[at]] = [list[at]!, list[front]!];
      }
      front++;
    }
    same[value] = count;
  }
}

function isPowerOfTwo(n: number): boolean {
  return (n & n - 1) === 0;
}

/** Most bits in which block b may differ. */
function changesIn(
  b: number,
  { distance, blocks }: { readonly distance: number; readonly blocks: number },
): number {
  return Math.floor((distance - b) / blocks);
}

/** The bits of each block; one of no bits, where all are in a bucket, if that is less work. */
function planBlocks({ lows, highs }: Hashed, distance: number): number[][] {
  const count = lows.length;
  if (count < fewestIndexed) return [[]];
  const told = informationOf(lows, highs);
  const best = told.map((_, bit) => bit).sort((a, b) => told[b]! - told[a]! || a - b);
  let least = count, plan: number[][] = [[]];
  for (const [blocks, width] of [[4, 16], [3, 20], [3, 16], [2, 20], [2, 16]] as const) {
    const dealt = Array.from(
      { length: blocks },
      (_, b) => best.slice(0, blocks * width).filter((_, i) => i % blocks === b),
    );
    const cost = dealt.reduce((sum, bits, b) => {
      const looks = countMasks(width, changesIn(b, { distance, blocks }));
      const bucket = count * 2 ** -bits.reduce((sum, bit) => sum + told[bit]!, 0);
      return sum + looks * (lookCost + bucket);
    }, 0);
    if (cost < least) [least, plan] = [cost, dealt];
  }
  return plan;
}

/** The entropy of each of 64 bits, from 0 to 1. */
function informationOf(lows: Int32Array, highs: Int32Array): number[] {
  const ones = new Uint32Array(64);
  for (let i = 0; i < lows.length; i++) {
    for (let bit = 0; bit < 32; bit++) {
      ones[bit]! += lows[i]! >>> bit & 1;
      ones[bit + 32]! += highs[i]! >>> bit & 1;
    }
  }
  const term = (p: number) => p === 0 ? 0 : -p * Math.log2(p);
  return Array.from(ones, (n) => term(n / lows.length) + term(1 - n / lows.length));
}

function blockOf({ images, lows, highs }: Hashed, bits: readonly number[]): Block {
  const buckets = 2 ** bits.length;
  const values = lows.map((low, at) => valueOf(bits, low, highs[at]!));
  const starts = new Uint32Array(buckets + 1);
  for (const value of values) starts[value + 1]!++;
  for (let value = 0; value < buckets; value++) starts[value + 1]! += starts[value]!;
  const free = starts.slice();
  const order = new Uint32Array(values.length);
  values.forEach((value, at) => order[free[value]!++] = at);
  return {
    bits,
    starts,
    images: order.map((at) => images[at]!),
    // In the order of buckets: they are read one behind the other.
    lows: Int32Array.from(order, (at) => lows[at]!),
    highs: Int32Array.from(order, (at) => highs[at]!),
    same: new Uint32Array(buckets),
    scans: new Uint32Array(buckets),
  };
}

function valueOf(bits: readonly number[], low: number, high: number): number {
  let value = 0;
  for (let i = 0; i < bits.length; i++) {
    const bit = bits[i]!;
    value |= ((bit < 32 ? low : high) >>> (bit & 31) & 1) << i;
  }
  return value;
}

/** All numbers of `width` bits that have `most` ones or fewer. */
function masksOfBits(width: number, most: number): Uint32Array {
  const masks: number[] = [];
  const add = (mask: number, from: number, left: number) => {
    masks.push(mask);
    for (let bit = from; left > 0 && bit < width; bit++) add(mask | 1 << bit, bit + 1, left - 1);
  };
  if (most >= 0) add(0, 0, most);
  return Uint32Array.from(masks);
}

/** How many {@linkcode masksOfBits} are. */
function countMasks(width: number, most: number): number {
  let sum = 0;
  for (let k = 0, binomial = 1; k <= most; k++) {
    sum += binomial;
    binomial *= (width - k) / (k + 1);
  }
  return sum;
}
