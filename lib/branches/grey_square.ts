/** The middle of a picture, small and grey, computed, not learned. @module */

import type { Pixels } from "../encoders/decode_image.ts";

/** Pixels a side, as FER2013 has them. */
export const pixelSize = 48;

/** Luma of ITU-R BT.601: red, green, blue. Equal channels give their common value. */
export const luma = [0.299, 0.587, 0.114] as const;

/** The luma of a picture's middle square in [0, 1], `size` pixels a side, row after row. */
export function greySquare(pixels: Pixels, size: number = pixelSize): Float32Array {
  return resampleSquare(middleSquare(pixels), size);
}

/** The grey values of the largest square about the middle, in [0, 1], row after row. */
function middleSquare({ data, width, height }: Pixels): Float32Array {
  const side = Math.min(width, height);
  const left = Math.floor((width - side) / 2), top = Math.floor((height - side) / 2);
  return Float32Array.from({ length: side * side }, (_, i) => {
    const at = 3 * ((top + Math.floor(i / side)) * width + left + i % side);
    return luma.reduce((sum, share, c) => sum + share * data[at + c]!, 0) / 255;
  });
}

/**
 * A square image in `size` pixels a side: rows, then columns, weighted by a triangle about the
 * place of each new pixel's middle. At the border the weights that are left are scaled to 1.
 */
export function resampleSquare(image: Float32Array, size: number): Float32Array {
  const side = Math.sqrt(image.length);
  if (side === size) return image;
  const taps = triangles(side, size);
  const rows = new Float32Array(size * side);
  taps.forEach(({ from, weights }, y) => {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      weights.forEach((weight, i) => sum += weight * image[(from + i) * side + x]!);
      rows[y * side + x] = sum;
    }
  });
  const result = new Float32Array(size * size);
  taps.forEach(({ from, weights }, x) => {
    for (let y = 0; y < size; y++) {
      let sum = 0;
      weights.forEach((weight, i) => sum += weight * rows[y * side + from + i]!);
      result[y * size + x] = sum;
    }
  });
  return result;
}

/** For each of `to` places the first of `from` pixels that counts, and the weights from there on. */
function triangles(from: number, to: number): { from: number; weights: number[] }[] {
  const scale = from / to, reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const middle = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(middle - reach));
    const last = Math.min(from - 1, Math.floor(middle + reach));
    const heights = Array.from(
      { length: last - first + 1 },
      (_, k) => 1 - Math.abs(first + k - middle) / reach,
    );
    const total = heights.reduce((a, b) => a + b, 0);
    return { from: first, weights: heights.map((height) => height / total) };
  });
}
