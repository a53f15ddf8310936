/** Other views of training images: mirrored, turned, zoomed, shifted, partly covered. @module */

import { fold, type Key, uniforms } from "../tensor/random.ts";

/** The sides of images in pixels. */
export interface ImageSize {
  /** From top to bottom. */
  readonly height: number;
  /** From left to right. */
  readonly width: number;
}

/** How far images are changed at most. */
export interface ImageAugmentation {
  /** Probability of a mirror image. */
  readonly flip: number;
  /** Largest angle in radians, either way. */
  readonly rotation: number;
  /** Largest factor of size, from 1; as often its inverse. */
  readonly zoom: number;
  /** Largest move along each axis, as a share of its side. */
  readonly shift: number;
  /** Side of the covered square, as a share of the shorter side; 0 covers nothing. */
  readonly cutout: number;
}

/** Where an image's content goes. */
export interface Placement {
  /** Whether left and right are swapped, before all else. */
  readonly flip: boolean;
  /** In radians, clockwise, about the middle. */
  readonly rotation: number;
  /** Factor of size, about the middle. */
  readonly zoom: number;
  /** In pixels, to the right and down, after all else. */
  readonly shift: readonly [number, number];
}

/**
 * Each of the grey images `[B, height, width]` placed and covered at random, in a new
 * array. The zoom is uniform in its logarithm, all else uniform in its range; an image's
 * changes depend on the key and its place in the batch alone.
 */
export function augmentImages(
  images: Float32Array,
  size: ImageSize,
  augmentation: ImageAugmentation,
  key: Key,
): Float32Array {
  const { flip, rotation, zoom, shift, cutout } = augmentation;
  const { height, width } = size;
  const pixels = height * width;
  const result = new Float32Array(images.length);
  for (let i = 0; i < images.length / pixels; i++) {
    const next = uniforms(fold(key, i));
    const either = (most: number) => (2 * next() - 1) * most;
    const placed = placeImage(images.subarray(i * pixels, (i + 1) * pixels), size, {
      flip: next() < flip,
      rotation: either(rotation),
      zoom: zoom ** either(1),
      shift: [either(shift * width), either(shift * height)],
    });
    const side = Math.round(cutout * Math.min(height, width));
    const corner: [number, number] = [
      next() * (width + side) - side,
      next() * (height + side) - side,
    ];
    result.set(coverImage(placed, size, { side, corner }), i * pixels);
  }
  return result;
}

/**
 * An image `[height, width]` with its content moved: the value at p is what was at
 *
 *     q = c + F R(-θ) (p - c - shift) / zoom
 *
 * with the middle c, the rotation R and the flip F, between pixels by bilinear
 * interpolation. Beyond the border is the border's own value.
 */
export function placeImage(
  image: Float32Array,
  { height, width }: ImageSize,
  { flip, rotation, zoom, shift: [right, down] }: Placement,
): Float32Array {
  const cos = Math.cos(rotation) / zoom, sin = Math.sin(rotation) / zoom;
  const mirror = flip ? -1 : 1;
  const middleX = (width - 1) / 2, middleY = (height - 1) / 2;
  const result = new Float32Array(image.length);
  for (let y = 0; y < height; y++) {
    const dy = y - middleY - down;
    for (let x = 0; x < width; x++) {
      const dx = x - middleX - right;
      const fromX = clamp(middleX + mirror * (cos * dx + sin * dy), width - 1);
      const fromY = clamp(middleY - sin * dx + cos * dy, height - 1);
      const left = Math.floor(fromX), top = Math.floor(fromY);
      const u = fromX - left, v = fromY - top;
      const at = top * width + left;
      const across = u > 0 ? 1 : 0, below = v > 0 ? width : 0;
      const upper = image[at]! * (1 - u) + image[at + across]! * u;
      const lower = image[at + below]! * (1 - u) + image[at + below + across]! * u;
      result[y * width + x] = upper * (1 - v) + lower * v;
    }
  }
  return result;
}

/**
 * An image with a square of its mean value (cutout, DeVries & Taylor 2017): the pixels from
 * `corner` (x, y) on, rounded down, as far as they are inside the image.
 */
export function coverImage(
  image: Float32Array,
  { height, width }: ImageSize,
  { side, corner: [x, y] }: { side: number; corner: readonly [number, number] },
): Float32Array {
  const result = image.slice();
  if (side === 0) return result;
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
  const left = Math.floor(x), top = Math.floor(y);
  for (let row = Math.max(0, top); row < Math.min(height, top + side); row++) {
    const start = row * width;
    result.fill(mean, start + Math.max(0, left), start + Math.min(width, Math.max(0, left + side)));
  }
  return result;
}

function clamp(x: number, largest: number): number {
  return x < 0 ? 0 : x > largest ? largest : x;
}
