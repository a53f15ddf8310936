import { deepEqual, equal, notDeepEqual, ok, rejects, throws } from "node:assert/strict";
import {
  bitsOfGrey,
  hammingDistance,
  hashSide,
  type ImageBits,
  lookOfGrey,
  mirrored,
} from "../../lib/datasets/image_bits.ts";
import { imageLook, perceptualHash } from "../../lib/datasets/perceptual_hash.ts";
import { fold, key, normals } from "../../lib/tensor/random.ts";
import { picture } from "./pictures.ts";

/** Grey levels of `at(x, y)`. */
function grey(at: (x: number, y: number) => number): Float64Array {
  return Float64Array.from(
    { length: hashSide ** 2 },
    (_, i) => at(i % hashSide, Math.floor(i / hashSide)),
  );
}

/** The wave of frequency (u, v), as the transform has it. */
const wave = (u: number, v: number) => (x: number, y: number) =>
  Math.cos(Math.PI * (x + 0.5) * u / hashSide) * Math.cos(Math.PI * (y + 0.5) * v / hashSide);

const isSet = ([low, high]: ImageBits, place: number) =>
  ((place < 32 ? low >>> place : high >>> place - 32) & 1) === 1;

Deno.test("bitsOfGrey() has the bit of each wave that a picture is made of, by its sign", () => {
  for (let u = 1; u <= 8; u++) {
    for (let v = 1; v <= 8; v++) {
      const own = wave(u, v);
      // Rounding leaves the other coefficients near zero, on either side: only this one is decided.
      equal(isSet(bitsOfGrey(grey((x, y) => 128 + 50 * own(x, y)))!, 8 * (v - 1) + u - 1), true);
      equal(isSet(bitsOfGrey(grey((x, y) => 128 - 50 * own(x, y)))!, 8 * (v - 1) + u - 1), false);
    }
  }
});

Deno.test("bitsOfGrey() does not see brightness, contrast and shading along one side", () => {
  const next = normals(fold(key(1), "grey"));
  const picture = grey(() => 128 + 20 * next());
  const bits = bitsOfGrey(picture)!;
  deepEqual(bitsOfGrey(picture.map((g) => 0.5 * g + 40)), bits);
  const shaded = picture.map((g, i) => g + 3 * (i % hashSide));
  deepEqual(bitsOfGrey(shaded), bits);
  const negative = bitsOfGrey(picture.map((g) => 255 - g))!;
  equal(hammingDistance(negative, bits), 64);
});

Deno.test("mirrored() are the bits of the picture in the mirror", () => {
  const next = normals(fold(key(2), "grey"));
  const picture = grey(() => 128 + 20 * next());
  const flopped = grey((x, y) => picture[y * hashSide + hashSide - 1 - x]!);
  deepEqual(mirrored(bitsOfGrey(picture)!), bitsOfGrey(flopped));
  deepEqual(mirrored(mirrored(bitsOfGrey(picture)!)), bitsOfGrey(picture));
});

Deno.test("bitsOfGrey() has nothing to say of an even picture, and refuses other sizes", () => {
  equal(bitsOfGrey(grey(() => 77)), undefined);
  equal(bitsOfGrey(grey((x) => 77 + x % 2)), undefined);
  throws(() => bitsOfGrey([1, 2, 3]), {
    name: "RangeError",
    message: "Cannot hash an image: expected 1024 grey levels, got 3",
  });
});

Deno.test("hammingDistance() counts bits in both halves, the sign bits too", () => {
  equal(hammingDistance([0, 0], [0, 0]), 0);
  equal(hammingDistance([-1, -1], [0, 0]), 64);
  equal(hammingDistance([1, 1 << 31], [0, 0]), 2);
  equal(hammingDistance([0b1011, 5], [0b0001, 4]), 3);
});

const hash = async (bytes: Uint8Array) => (await perceptualHash({ path: "x", bytes }))!;

Deno.test("perceptualHash() moves little when a picture is scaled, compressed, brightened or turned", async () => {
  for (const seed of [1, 2, 3]) {
    const bits = await hash(await picture(seed));
    const copies = await Promise.all([
      picture(seed, (image) => image.jpeg({ quality: 30 })),
      picture(seed, (image) => image.resize(300, 300).webp()),
      picture(seed, (image) => image.resize(48, 40, { fit: "fill" })),
      picture(seed, (image) => image.linear(0.8, 20).jpeg()),
      // Stored on its side, with the tag that says so.
      picture(seed, (image) => image.rotate(-90).jpeg().withMetadata({ orientation: 6 })),
    ]);
    for (const copy of copies) ok(hammingDistance(await hash(copy), bits) <= 4);
    const flopped = await hash(await picture(seed, (image) => image.flop()));
    ok(hammingDistance(flopped, bits) > 16);
    ok(hammingDistance(mirrored(flopped), bits) <= 4);
  }
});

Deno.test("perceptualHash() tells pictures apart", async () => {
  const all = await Promise.all([1, 2, 3, 4, 5, 6].map(async (seed) => hash(await picture(seed))));
  all.forEach((a, i) => {
    for (const b of all.slice(0, i)) {
      notDeepEqual(a, b);
      ok(hammingDistance(a, b) > 16);
    }
  });
});

Deno.test("perceptualHash() refuses what can't be decoded to its end, in one line", async () => {
  const whole = await picture(1, (image) => image.jpeg());
  for (const bytes of [whole.slice(0, whole.length >> 1), Uint8Array.of(0xff, 0xd8, 0xff)]) {
    await rejects(perceptualHash({ path: "a.jpg", bytes }), {
      name: "RangeError",
      message: /^Cannot read "a\.jpg": expected an image( that is whole)?, got .+$/,
    });
  }
});

Deno.test("imageLook() has bits of crops, near to those of an image that was cropped so", async () => {
  // Left, top, right and bottom edges, by the pixels of 96 that are cut off.
  const crops = [
    [3, 3, 3, 3],
    [6, 6, 6, 6],
    [9, 9, 9, 9],
    [0, 0, 5, 0],
    [0, 0, 0, 5],
    [5, 0, 0, 0],
    [0, 5, 0, 0],
    [0, 0, 10, 0],
    [0, 0, 0, 10],
    [10, 0, 0, 0],
    [0, 10, 0, 0],
    [0, 0, 5, 5],
    [0, 5, 5, 0],
    [5, 0, 0, 5],
    [5, 5, 0, 0],
  ] as const;
  for (const seed of [1, 2]) {
    const look = (await imageLook({ path: "x", bytes: await picture(seed) }))!;
    deepEqual(look.whole, await hash(await picture(seed)));
    equal(look.crops.length, crops.length);
    for (const [i, [left, top, right, bottom]] of crops.entries()) {
      const size = { left, top, width: 96 - left - right, height: 96 - top - bottom };
      const bits = await hash(await picture(seed, (image) => image.extract(size).jpeg()));
      ok(hammingDistance(look.crops[i]!, bits) <= 6);
      look.crops.forEach((crop, other) =>
        ok(hammingDistance(crop, bits) >= hammingDistance(look.crops[i]!, bits) || other === i)
      );
    }
  }
  equal(lookOfGrey(grey(() => 77)), undefined);
});
