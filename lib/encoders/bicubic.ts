/** Bicubic resampling of 8-bit images, to the last bit as Pillow does it. @module */

import type { Pixels } from "./decode_image.ts";

/** A rectangle of pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What each pixel of a row, or of a column, is made of. */
interface Kernel {
  /** The first pixel that it reads. */
  readonly starts: Int32Array;
  /** How many it reads. */
  readonly counts: Int32Array;
  /** Room for the weights of one. */
  readonly taps: number;
  readonly weights: Int32Array;
}

// Weights are integers, as Pillow has them, so that pixels come out the same to the last bit. Sums of
// 255 times such weights, lobes included, stay below 2^31.
const precisionBits = 22;
const half = 2 ** (precisionBits - 1);

/**
 * A window of an image in another size, `[height, width, 3]`: rows, then columns, each new pixel
 * weighted by Keys's cubic (a = −½) about its middle,
 *
 *     w(x) = 1.5|x|³ − 2.5|x|² + 1 to 1, −0.5|x|³ + 2.5|x|² − 4|x| + 2 to 2,
 *
 * which is as wide as the step where the image shrinks. At the border the weights that are left
 * are scaled to 1. Every pixel is that of Pillow's `resize` with `BICUBIC`. What lies outside of the
 * window, which is within the new size, is not computed.
 */
export function resampleBicubic(
  { data, width, height }: Pixels,
  size: { readonly width: number; readonly height: number },
  window: Window = { left: 0, top: 0, ...size },
): Uint8ClampedArray {
  const columns = kernelOf(width, size.width, { first: window.left, count: window.width });
  const rows = kernelOf(height, size.height, { first: window.top, count: window.height });
  const top = rows.starts[0]!;
  const count = rows.starts.at(-1)! + rows.counts.at(-1)! - top;
  const band = data.subarray(3 * width * top, 3 * width * (top + count));
  return resampleColumns(resampleRows(band, width, columns), 3 * window.width, { ...rows, top });
}

function cubic(x: number): number {
  const a = Math.abs(x);
  if (a < 1) return (1.5 * a - 2.5) * a * a + 1;
  return a < 2 ? ((-0.5 * a + 2.5) * a - 4) * a + 2 : 0;
}

/** Of `count` pixels of a row of `to`, from `first` on. */
function kernelOf(
  from: number,
  to: number,
  { first, count }: { readonly first: number; readonly count: number },
): Kernel {
  const step = from / to;
  const widening = Math.max(step, 1);
  // Where the size stays, each pixel is itself.
  const reach = from === to ? 0.5 : 2 * widening;
  const taps = 2 * Math.ceil(reach) + 1;
  const [starts, counts] = [new Int32Array(count), new Int32Array(count)];
  const weights = new Int32Array(count * taps);
  for (let i = 0; i < count; i++) {
    const middle = (first + i + 0.5) * step;
    const start = Math.max(0, Math.trunc(middle - reach + 0.5));
    const end = Math.min(from, Math.trunc(middle + reach + 0.5));
    const own = Array.from(
      { length: end - start },
      (_, k) => cubic((start + k - middle + 0.5) / widening),
    );
    const sum = own.reduce((a, b) => a + b, 0);
    starts[i] = start;
    counts[i] = own.length;
    own.forEach((w, k) => {
      const scaled = w / sum * 2 ** precisionBits;
      weights[i * taps + k] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    });
  }
  return { starts, counts, taps, weights };
}

// In both passes sums and products are of 32 bits, which a just-in-time compiler is told by `| 0` and
// `Math.imul`: in floating point they take three times as long.

// Kept, since every megabyte that is let go of brings the next collection of garbage nearer. Nobody else
// has it: both passes of an image run without a pause.
let scratch = new Uint8ClampedArray();

function resampleRows(
  data: Uint8ClampedArray,
  from: number,
  { starts, counts, taps, weights }: Kernel,
): Uint8ClampedArray {
  const to = starts.length, rows = data.length / (3 * from);
  if (scratch.length < rows * to * 3) scratch = new Uint8ClampedArray(rows * to * 3);
  const result = scratch;
  let next = 0;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < to; x++) {
      let red = half, green = half, blue = half;
      let at = 3 * (y * from + starts[x]!);
      let tap = x * taps;
      for (const end = tap + counts[x]!; tap < end; tap++) {
        const weight = weights[tap]!;
        red = (red + Math.imul(weight, data[at]!)) | 0;
        green = (green + Math.imul(weight, data[at + 1]!)) | 0;
        blue = (blue + Math.imul(weight, data[at + 2]!)) | 0;
        at += 3;
      }
      result[next] = red >> precisionBits;
      result[next + 1] = green >> precisionBits;
      result[next + 2] = blue >> precisionBits;
      next += 3;
    }
  }
  return result;
}

/** Four rows at a time, so that sums are fetched and stored a quarter as often. */
function resampleColumns(
  data: Uint8ClampedArray,
  length: number,
  { starts, counts, taps, weights, top }: Kernel & { readonly top: number },
): Uint8ClampedArray {
  const to = starts.length;
  const result = new Uint8ClampedArray(to * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < to; y++) {
    sums.fill(half);
    let row = (starts[y]! - top) * length, tap = y * taps;
    const end = tap + counts[y]!;
    for (; tap + 4 <= end; tap += 4, row += 4 * length) {
      const a = weights[tap]!, b = weights[tap + 1]!;
      const c = weights[tap + 2]!, d = weights[tap + 3]!;
      const second = row + length, third = second + length, fourth = third + length;
      for (let i = 0; i < length; i++) {
        sums[i]! += Math.imul(a, data[row + i]!) + Math.imul(b, data[second + i]!) +
          Math.imul(c, data[third + i]!) + Math.imul(d, data[fourth + i]!);
      }
    }
    for (; tap < end; tap++, row += length) {
      const weight = weights[tap]!;
      for (let i = 0; i < length; i++) sums[i]! += Math.imul(weight, data[row + i]!);
    }
    for (let i = 0; i < length; i++) result[y * length + i] = sums[i]! >> precisionBits;
  }
  return result;
}
