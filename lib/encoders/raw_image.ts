/** Images as the processors of Transformers.js take them, resampled as Pillow does it. @module */

import { type RawImage, transformers } from "../deps/transformers.ts";
import type { Pixels } from "./decode_image.ts";

// Pillow's number, by which a model's own configuration asks for it.
const bicubic = 3;

/**
 * Whether a processor resamples by {@linkcode resampleBicubic}. Features that were made
 * otherwise are others; a digest has to tell them apart.
 */
export function isBicubic(config: Readonly<Record<string, unknown>> | undefined): boolean {
  return config?.resample === bicubic && config.do_resize !== false;
}

/**
 * An image for a processor. Where the processor resamples by bicubic interpolation,
 * {@linkcode resampleBicubic} does it: Transformers.js takes 16 pixels for each new one, however
 * many there are between (an affine map in libvips), which Transformers in Python, on Pillow,
 * does not. Other kinds of resampling are left as they are.
 */
export async function rawImage(pixels: Pixels): Promise<RawImage> {
  const { RawImage } = await transformers();
  const image = new RawImage(pixels.data, pixels.width, pixels.height, 3);
  const plain = image.resize.bind(image);
  image.resize = async (width, height, options) => {
    if (Number(options?.resample) !== bicubic) return await plain(width, height, options);
    const size = { width: Math.floor(Number(width)), height: Math.floor(Number(height)) };
    return new RawImage(resampleBicubic(pixels, size), size.width, size.height, 3);
  };
  return image;
}

/** What each pixel of a row is made of: `taps` weights each, of the pixels from `starts` on. */
interface Kernel {
  readonly starts: Int32Array;
  readonly taps: number;
  readonly weights: Int32Array;
}

// Weights are integers, as Pillow has them, so that pixels come out the same to the last bit.
const precisionBits = 22;

/**
 * The pixels of an image in another size, `[height, width, 3]`: rows, then columns, each new pixel
 * weighted by Keys's cubic (a = −½) about its middle,
 *
 *     w(x) = 1.5|x|³ − 2.5|x|² + 1 to 1, −0.5|x|³ + 2.5|x|² − 4|x| + 2 to 2,
 *
 * which is as wide as the step where the image shrinks. At the border the weights that are left
 * are scaled to 1. Every pixel is that of Pillow's `resize` with `BICUBIC`.
 */
function resampleBicubic(
  { data, width, height }: Pixels,
  to: { readonly width: number; readonly height: number },
): Uint8ClampedArray {
  const rows = to.width === width ? data : resampleRows(data, height, width, to.width);
  return to.height === height ? rows : resampleColumns(rows, to.width, height, to.height);
}

function cubic(x: number): number {
  const a = Math.abs(x);
  if (a < 1) return (1.5 * a - 2.5) * a * a + 1;
  return a < 2 ? ((-0.5 * a + 2.5) * a - 4) * a + 2 : 0;
}

function kernelOf(from: number, to: number): Kernel {
  const step = from / to;
  const widening = Math.max(step, 1);
  const taps = 2 * Math.ceil(2 * widening) + 1;
  const [starts, weights] = [new Int32Array(to), new Int32Array(to * taps)];
  for (let i = 0; i < to; i++) {
    const middle = (i + 0.5) * step;
    const start = Math.max(0, Math.trunc(middle - 2 * widening + 0.5));
    const end = Math.min(from, Math.trunc(middle + 2 * widening + 0.5));
    const own = Array.from(
      { length: end - start },
      (_, k) => cubic((start + k - middle + 0.5) / widening),
    );
    const sum = own.reduce((a, b) => a + b, 0);
    starts[i] = start;
    own.forEach((w, k) => {
      const scaled = w / sum * 2 ** precisionBits;
      weights[i * taps + k] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    });
  }
  return { starts, taps, weights };
}

const half = 2 ** (precisionBits - 1);

function resampleRows(
  data: Uint8ClampedArray,
  rows: number,
  from: number,
  to: number,
): Uint8ClampedArray {
  const { starts, taps, weights } = kernelOf(from, to);
  const result = new Uint8ClampedArray(rows * to * 3);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < to; x++) {
      let [red, green, blue] = [half, half, half];
      const start = starts[x]!;
      for (let k = 0; k < Math.min(taps, from - start); k++) {
        const weight = weights[x * taps + k]!;
        const at = 3 * (y * from + start + k);
        red += weight * data[at]!;
        green += weight * data[at + 1]!;
        blue += weight * data[at + 2]!;
      }
      const at = 3 * (y * to + x);
      result[at] = red >> precisionBits;
      result[at + 1] = green >> precisionBits;
      result[at + 2] = blue >> precisionBits;
    }
  }
  return result;
}

function resampleColumns(
  data: Uint8ClampedArray,
  width: number,
  from: number,
  to: number,
): Uint8ClampedArray {
  const { starts, taps, weights } = kernelOf(from, to);
  const length = 3 * width;
  const result = new Uint8ClampedArray(to * length);
  const sums = new Int32Array(length);
  for (let y = 0; y < to; y++) {
    sums.fill(half);
    const start = starts[y]!;
    for (let k = 0; k < Math.min(taps, from - start); k++) {
      const weight = weights[y * taps + k]!;
      if (weight === 0) continue;
      const row = (start + k) * length;
      for (let i = 0; i < length; i++) sums[i]! += weight * data[row + i]!;
    }
    for (let i = 0; i < length; i++) result[y * length + i] = sums[i]! >> precisionBits;
  }
  return result;
}
