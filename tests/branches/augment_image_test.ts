import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { fold, key, uniforms } from "../../lib/tensor/random.ts";
import {
  augmentImages,
  coverImage,
  type ImageAugmentation,
  placeImage,
  type Placement,
} from "../../lib/branches/augment_image.ts";

const still: Placement = { flip: false, rotation: 0, zoom: 1, shift: [0, 0] };
const nothing: ImageAugmentation = { flip: 0, rotation: 0, zoom: 1, shift: 0, cutout: 0 };
const everything: ImageAugmentation = {
  flip: 0.5,
  rotation: 0.3,
  zoom: 1.2,
  shift: 0.1,
  cutout: 0.4,
};

const size = { height: 6, width: 8 };
function noise(count: number, name = "noise"): Float32Array {
  const next = uniforms(fold(key(1), name));
  return Float32Array.from({ length: count * size.height * size.width }, () => next());
}
const image = noise(1);

function close(got: Float32Array, wanted: ArrayLike<number>, tolerance = 1e-5) {
  equal(got.length, wanted.length);
  got.forEach((x, i) => ok(Math.abs(x - wanted[i]!) < tolerance, `${i}: ${x}, not ${wanted[i]}`));
}

const two = { height: 2, width: 3 };
const small = Float32Array.of(1, 2, 3, 4, 5, 6);

Deno.test("an image that stays where it is keeps every bit", () => {
  deepEqual(placeImage(image, size, still), image);
});

Deno.test("the mirror image swaps left and right, and its own mirror image is the image", () => {
  const flip = { ...still, flip: true };
  deepEqual(placeImage(small, two, flip), Float32Array.of(3, 2, 1, 6, 5, 4));
  deepEqual(placeImage(placeImage(image, size, flip), size, flip), image);
});

Deno.test("a shift goes right and down, and the border's values fill what it leaves", () => {
  deepEqual(
    placeImage(small, two, { ...still, shift: [1, 0] }),
    Float32Array.of(1, 1, 2, 4, 4, 5),
  );
  deepEqual(
    placeImage(small, two, { ...still, shift: [0, 1] }),
    Float32Array.of(1, 2, 3, 1, 2, 3),
  );
  // Half a pixel lies between two of them.
  close(placeImage(small, two, { ...still, shift: [0.5, 0] }), [1, 1.5, 2.5, 4, 4.5, 5.5]);
});

Deno.test("a shift within a dark border keeps the sum of an image", () => {
  const square = { height: 9, width: 9 };
  const dot = new Float32Array(81);
  dot.set([0.25, 1, 0.5], 4 * 9 + 3);
  const sum = (x: Float32Array) => x.reduce((a, b) => a + b, 0);
  for (const shift of [[1, 2], [-0.3, 0.7], [1.25, -1.5]] as const) {
    const moved = placeImage(dot, square, { ...still, shift });
    ok(Math.abs(sum(moved) - 1.75) < 1e-6);
    notDeepEqual(moved, dot);
  }
});

Deno.test("a quarter turn is clockwise, and four of them are none", () => {
  const square = { height: 3, width: 3 };
  const digits = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const turn = { ...still, rotation: Math.PI / 2 };
  let turned = placeImage(digits, square, turn);
  close(turned, [7, 4, 1, 8, 5, 2, 9, 6, 3]);
  for (let i = 0; i < 3; i++) turned = placeImage(turned, square, turn);
  close(turned, digits);
});

Deno.test("a zoom enlarges about the middle, as worked by hand", () => {
  // What is 1 and 2 pixels from the middle comes from 1/2 and 1 pixel from it.
  const row = Float32Array.of(0, 10, 20, 40, 80);
  close(placeImage(row, { height: 1, width: 5 }, { ...still, zoom: 2 }), [10, 15, 20, 30, 40]);
});

Deno.test("the image is mirrored before it moves", () => {
  // Mirrored it is 3, 2, 1; moved to the right 3, 3, 2.
  const moved = placeImage(Float32Array.of(1, 2, 3), { height: 1, width: 3 }, {
    ...still,
    flip: true,
    shift: [1, 0],
  });
  deepEqual(moved, Float32Array.of(3, 3, 2));
});

Deno.test("a covered square has the image's mean, and ends at the border", () => {
  const cover = (corner: [number, number]) => coverImage(small, two, { side: 2, corner });
  const mean = 3.5;
  deepEqual(cover([1.7, 0.2]), Float32Array.of(1, mean, mean, 4, mean, mean));
  deepEqual(cover([-1, 1]), Float32Array.of(1, 2, 3, mean, 5, 6));
  deepEqual(cover([-2, 0]), small);
  deepEqual(cover([3, 0]), small);
  deepEqual(coverImage(small, two, { side: 0, corner: [0, 0] }), small);
});

Deno.test("augmentImages() leaves its argument alone and repeats itself with the same key", () => {
  const images = noise(4), before = images.slice();
  const first = augmentImages(images, size, everything, key(3));
  deepEqual(images, before);
  notDeepEqual(first, images);
  deepEqual(augmentImages(images, size, everything, key(3)), first);
  notDeepEqual(augmentImages(images, size, everything, key(4)), first);
});

Deno.test("an image's changes depend on its place in the batch, not on its neighbours", () => {
  const images = noise(3), others = noise(3, "other");
  const pixels = size.height * size.width;
  others.set(images.subarray(pixels, 2 * pixels), pixels);
  const second = (x: Float32Array) =>
    augmentImages(x, size, everything, key(3)).subarray(pixels, 2 * pixels);
  deepEqual(second(images), second(others));
  // Equal images at different places are changed differently.
  const twice = Float32Array.from([...image, ...image]);
  const changed = augmentImages(twice, size, everything, key(3));
  notDeepEqual(changed.subarray(0, pixels), changed.subarray(pixels));
});

Deno.test("an augmentation of nothing changes nothing, and a certain flip flips all", () => {
  const images = noise(3);
  deepEqual(augmentImages(images, size, nothing, key(3)), images);
  const flipped = augmentImages(images, size, { ...nothing, flip: 1 }, key(3));
  deepEqual(augmentImages(flipped, size, { ...nothing, flip: 1 }, key(5)), images);
});

Deno.test("half the images are flipped at a probability of a half", () => {
  const images = noise(400);
  const pixels = size.height * size.width;
  const result = augmentImages(images, size, { ...nothing, flip: 0.5 }, key(3));
  let flipped = 0;
  for (let i = 0; i < 400; i++) if (result[i * pixels] !== images[i * pixels]) flipped++;
  // Four standard deviations of 10.
  ok(flipped > 160 && flipped < 240, `${flipped}`);
});

Deno.test("placing keeps values between the darkest and the brightest of the image", () => {
  const images = noise(20);
  const pixels = size.height * size.width;
  const result = augmentImages(images, size, everything, key(6));
  for (let i = 0; i < 20; i++) {
    const own = images.subarray(i * pixels, (i + 1) * pixels);
    const [low, high] = [Math.min(...own), Math.max(...own)];
    ok(result.subarray(i * pixels, (i + 1) * pixels).every((x) => x >= low && x <= high));
  }
});
