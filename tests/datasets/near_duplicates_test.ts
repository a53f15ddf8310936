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

Deno.test("nearDuplicates() finds the clusters that comparing all with all finds", () => {
  // Few distinct bits a hash, so that near ones are many and bands are shared by more.
  const hashes = Array.from({ length: 600 }, (): ImageBits => {
    const [low, high] = random();
    return [low & 0x00010f3f, high & 0x30000001];
  });
  const label = hashes.map((_, i) => i);
  const near = (a: ImageBits, b: ImageBits) =>
    Math.min(hammingDistance(a, b), hammingDistance(mirrored(a), b)) <= 2;
  for (let changes = true; changes;) {
    changes = false;
    hashes.forEach((a, i) =>
      hashes.forEach((b, j) => {
        if (label[j]! >= label[i]! || !near(a, b)) return;
        label[i] = label[j]!;
        changes = true;
      })
    );
  }
  const expected = [...Map.groupBy(hashes.keys(), (i) => label[i]!).values()]
    .filter((cluster) => cluster.length > 1);
  deepEqual(nearDuplicates(hashes, { distance: 2 }), expected);
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
