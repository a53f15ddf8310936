import { deepEqual, throws } from "node:assert/strict";
import { joinGroups, nearDuplicates } from "../../lib/datasets/near_duplicates.ts";
import { hammingDistance, type ImageBits, mirrored } from "../../lib/datasets/image_bits.ts";
import { fold, key, permutation, uniforms } from "../../lib/tensor/random.ts";

const next = uniforms(fold(key(5), "hashes"));
const random = (): ImageBits => [2 ** 32 * next() | 0, 2 ** 32 * next() | 0];

/** The hash with `count` bits changed. */
function changed([low, high]: ImageBits, count: number, seed: number): ImageBits {
  const bits = [low, high] as [number, number];
  for (const place of [...permutation(key(seed), 64)].slice(0, count)) {
    bits[place >> 5]! ^= 1 << (place & 31);
  }
  return bits;
}

Deno.test("nearDuplicates() links hashes up to the distance, and not one bit further", () => {
  for (let seed = 0; seed < 40; seed++) {
    const one = random();
    for (const distance of [0, 1, 4, 7, 8, 15, 20]) {
      const near = changed(one, distance, seed);
      deepEqual(nearDuplicates([one, near], { distance }), [[0, 1]]);
      deepEqual(nearDuplicates([one, changed(one, distance + 1, seed)], { distance }), []);
      deepEqual(nearDuplicates([mirrored(near), one], { distance }), [[0, 1]]);
    }
  }
});

Deno.test("nearDuplicates() misses no link among many images, where it compares few", () => {
  const ones = Array.from({ length: 400 }, random);
  for (const distance of [1, 4, 8]) {
    const with_ = (count: number) => [...ones, ...ones.map((bits, i) => changed(bits, count, i))];
    const pairs = ones.map((_, i) => [i, 400 + i]);
    deepEqual(nearDuplicates(with_(distance), { distance }), pairs);
    deepEqual(nearDuplicates(with_(distance + 1), { distance }), []);
  }
});

Deno.test("nearDuplicates() clusters by chains of links, and leaves pictures without a hash alone", () => {
  const a = random(), b = random();
  const links = [
    a,
    b,
    undefined,
    changed(a, 8, 1),
    undefined,
    changed(changed(a, 8, 1), 8, 2),
    random(),
    changed(b, 3, 4),
  ];
  deepEqual(nearDuplicates(links), [[0, 3, 5], [1, 7]]);
  deepEqual(nearDuplicates([]), []);
});

type Made = readonly ImageBits[];

/** Bits with `most` changed at most: a picture of the same family. */
function kin(bits: ImageBits, most: number): ImageBits {
  return changed(bits, Math.floor(next() * (most + 1)), Math.floor(1e9 * next()));
}

/** 520 hashes each, more than are compared without an index. */
const made: Readonly<Record<string, Made>> = {
  // Few bits that say something, so that near ones are many.
  "few bits": Array.from({ length: 520 }, (): ImageBits => {
    const [low, high] = random();
    return [low & 0x00010f3f, high & 0x30000001];
  }),
  "spread": Array.from({ length: 520 }, random),
  "a quarter equal": Array.from({ length: 520 }, (): ImageBits => {
    const [low, high] = random();
    return [low & 0x77777777, high & 0x77777777];
  }),
  "half equal": Array.from({ length: 520 }, (): ImageBits => [random()[0], 12345]),
  "one family": family(random(), 6),
  "a family among others": [
    ...family(random(), 3).slice(260),
    ...Array.from({ length: 260 }, random),
  ],
  "two families, nearly one": [...family([0, 0], 4), ...family([0x0fff0000, 0], 4)].slice(260, 780),
  "copies": Array.from({ length: 520 }, (_, i): ImageBits => [i >> 3, -(i >> 4)]),
};

function family(bits: ImageBits, most: number): Made {
  return Array.from({ length: 520 }, () => kin(bits, most));
}

/** Clusters by comparing all with all, over and over. */
function byComparingAll(hashes: Made, distance: number, crops: readonly Made[] = []): number[][] {
  const label = hashes.map((_, i) => i);
  const isNear = (a: ImageBits, b: ImageBits, distance: number) =>
    Math.min(hammingDistance(a, b), hammingDistance(mirrored(a), b)) <= distance;
  const links = hashes.flatMap((a, i) =>
    [...hashes.keys()].filter((j) =>
      j !== i && (isNear(a, hashes[j]!, distance) ||
        crops[i]?.some((crop) => isNear(crop, hashes[j]!, Math.min(distance, 6))))
    ).map((j) => [i, j] as const)
  );
  for (let changes = true; changes;) {
    changes = false;
    for (const [i, j] of links) {
      const least = Math.min(label[i]!, label[j]!);
      changes ||= label[i] !== label[j];
      label[i] = label[j] = least;
    }
  }
  return [...Map.groupBy(hashes.keys(), (i) => label[i]!).values()]
    .filter((cluster) => cluster.length > 1);
}

for (const [kind, hashes] of Object.entries(made)) {
  Deno.test(`nearDuplicates() finds what comparing all with all finds: ${kind}`, () => {
    for (const distance of [2, 8]) {
      deepEqual(nearDuplicates(hashes, { distance }), byComparingAll(hashes, distance));
    }
    const others = hashes.slice(7);
    const crops = hashes.map((bits, i) =>
      i % 9 === 0 ? [kin(others[i] ?? bits, 8)] : [kin(bits, 20)]
    );
    deepEqual(nearDuplicates(hashes, { crops }), byComparingAll(hashes, 8, crops));
  });
}

Deno.test("nearDuplicates() comes to an end where very many are alike, by the number of kinds", () => {
  // Comparing each with each would be 10¹⁰ comparisons and more.
  const [one, other] = [random(), random()];
  const alike = Array.from({ length: 100_000 }, (_, i) => i % 2 ? one : mirrored(one));
  const hashes = [...alike, ...family(other, 3), undefined, other];
  deepEqual(
    nearDuplicates(hashes).map((cluster) => [cluster[0], cluster.length]),
    [[0, 100_000], [100_000, 521]],
  );
});

Deno.test("nearDuplicates() passes over those of a family that are joined already", () => {
  // 20,000 of one picture with a few bits changed: 4 · 10⁸ pairs, near to each other mostly.
  const bits = random();
  const [cluster, ...others] = nearDuplicates(Array.from({ length: 20_000 }, () => kin(bits, 4)));
  deepEqual([cluster!.length, others.length], [20_000, 0]);
});

Deno.test("nearDuplicates() links an image to a crop of another, in the mirror too, up to 6 bits", () => {
  for (let seed = 0; seed < 20; seed++) {
    const [one, other] = [random(), random()];
    const crop = random();
    const find = (bits: ImageBits, distance = 8) =>
      nearDuplicates([one, other, bits], { distance, crops: [[random(), crop], undefined, []] });
    deepEqual(find(changed(crop, 6, seed)), [[0, 2]]);
    deepEqual(find(mirrored(changed(crop, 6, seed))), [[0, 2]]);
    deepEqual(find(changed(crop, 7, seed)), []);
    deepEqual(find(changed(crop, 3, seed), 2), []);
    deepEqual(find(changed(crop, 2, seed), 2), [[0, 2]]);
    // Its own crop is no other image.
    deepEqual(nearDuplicates([one], { crops: [[one]] }), []);
  }
});

Deno.test("nearDuplicates() refuses a distance that says nothing", () => {
  for (const distance of [-1, 32, 1.5, NaN]) {
    throws(() => nearDuplicates([], { distance }), {
      name: "RangeError",
      message: `Cannot compare images: expected a distance from 0 to 31, got ${distance}`,
    });
  }
});

Deno.test("joinGroups() makes one group of those that a cluster touches, by the first name", () => {
  const groups = ["c", "b", "a", "b", "d", "e"];
  deepEqual(joinGroups(groups, []), groups);
  // c and b by the first cluster, d and b by the second: all with the group of image 3.
  deepEqual(joinGroups(groups, [[0, 1], [3, 4]]), ["b", "b", "a", "b", "b", "e"]);
  deepEqual(joinGroups(groups, [[1, 3]]), groups);
  throws(() => joinGroups(groups, [[0, 6]]), {
    name: "RangeError",
    message: "Cannot join groups: expected indices from 0 to 5, got 6",
  });
});
