/** Resizes images as Transformers.js does outside of browsers by bilinear interpolation. @module */

import type { Pixels } from "./decode_image.ts";

// Positions between pixels are told apart in so many bits, as libvips has them.
const bits = 12;
const one = 1 << bits, half = one >> 1;

/** Between which pixels of a row a new one lies, and how near to the second. */
interface Places {
  readonly starts: Int32Array;
  readonly shares: Int32Array;
}

/**
 * The pixels of an image in another size, `[height, width, 3]`: each new pixel is between four that
 * are neighbours, whatever lies between the new ones,
 *
 *     y[i] = (1 − r) x[⌊i s⌋] + r x[⌊i s⌋ + 1], r = i s − ⌊i s⌋, s = from / to,
 *
 * along rows and columns; beyond the last pixel all is black. So does an affine map in libvips, by
 * which Transformers.js resizes; a canvas in a browser does not.
 */
export function resampleBilinear(
  { data, width, height }: Pixels,
  to: { readonly width: number; readonly height: number },
): Uint8ClampedArray {
  if (to.width === width && to.height === height) return data;
  const columns = placesOf(width, to.width), rows = placesOf(height, to.height);
  const result = new Uint8ClampedArray(to.width * to.height * 3);
  const at = (x: number, y: number, channel: number) =>
    x < width && y < height ? data[3 * (y * width + x) + channel]! : 0;
  for (let j = 0; j < to.height; j++) {
    const [y, down] = [rows.starts[j]!, rows.shares[j]!];
    for (let i = 0; i < to.width; i++) {
      const [x, right] = [columns.starts[i]!, columns.shares[i]!];
      const both = down * right >> bits, onlyRight = (one - down) * right >> bits;
      for (let c = 0; c < 3; c++) {
        const sum = (one - down - onlyRight) * at(x, y, c) + onlyRight * at(x + 1, y, c) +
          (down - both) * at(x, y + 1, c) + both * at(x + 1, y + 1, c);
        result[3 * (j * to.width + i) + c] = sum + half >> bits;
      }
    }
  }
  return result;
}

function placesOf(from: number, to: number): Places {
  const step = from / to;
  const [starts, shares] = [new Int32Array(to), new Int32Array(to)];
  for (let i = 0; i < to; i++) {
    const place = i * step;
    starts[i] = Math.floor(place);
    shares[i] = Math.trunc((place - starts[i]!) * one);
  }
  return { starts, shares };
}
