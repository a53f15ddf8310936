/** How good a picture is, from the picture alone: no clean one to compare it with. @module */

import type { Pixels } from "./decode_image.ts";

/** The columns of {@linkcode imageQuality}, in order. */
export const imageQualityColumns = [
  /** ln(1 + variance of the Laplacian): low for what is blurred. */
  "sharpness",
  /** σ of white noise, in steps of 255. */
  "noise",
  /** Mean, from 0 black to 1 white. */
  "brightness",
  /** Standard deviation, a share of the range. */
  "contrast",
  /** ln of how much more it changes across the borders of blocks of 8 pixels than elsewhere. */
  "blockiness",
  /** Share of pixels that are black or white. */
  "saturatedShare",
  /** Share of pixels that are like all eight around them. */
  "plainShare",
] as const;

/**
 * What a picture says of its own quality, `[7]` in the order of {@linkcode imageQualityColumns}, of its
 * luma Y = 0.299 R + 0.587 G + 0.114 B:
 *
 * - `sharpness`: of the Laplacian of four neighbours (Pech-Pacheco et al., *Diatom autofocusing in
 *   brightfield microscopy*, ICPR 2000).
 * - `noise`: σ = √(π/2) Σ |Y ∗ N| / (6 (W − 2)(H − 2)), N = [1 −2 1; −2 4 −2; 1 −2 1] (Immerkær, *Fast
 *   noise variance estimation*, CVIU 1996). Lines that cross count as noise, too.
 * - `blockiness`: mean |difference| of neighbours on two sides of a border of JPEG's blocks, over that of
 *   other neighbours, both with 1 added (after Wang, Bovik and Evans, *Blind measurement of blocking
 *   artifacts in images*, ICIP 2000, who look for the period in the spectrum).
 *
 * Of a picture less than three pixels wide or high, what looks at neighbours is 0.
 */
export function imageQuality(pixels: Pixels): Float32Array {
  const luma = lumaOf(pixels), { width, height } = pixels;
  const { mean, variance } = momentsOf(luma);
  const end = luma.reduce((count, y) => y <= 0.5 || y >= 254.5 ? count + 1 : count, 0);
  const { sharpness, noise, plainShare } = ofNeighbours(luma, width, height);
  return Float32Array.of(
    sharpness,
    noise,
    mean / 255,
    Math.sqrt(variance) / 255,
    blockiness(luma, width, height),
    end / luma.length,
    plainShare,
  );
}

function lumaOf({ data }: Pixels): Float64Array {
  return Float64Array.from(
    { length: data.length / 3 },
    (_, i) => 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!,
  );
}

function momentsOf(values: ArrayLike<number>): { mean: number; variance: number } {
  let sum = 0, squares = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { mean, variance: squares / values.length };
}

function ofNeighbours(luma: Float64Array, width: number, height: number) {
  if (width < 3 || height < 3) return { sharpness: 0, noise: 0, plainShare: 0 };
  const laplacian: number[] = [];
  let noise = 0, plain = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x, centre = luma[at]!;
      const sides = luma[at - 1]! + luma[at + 1]! + luma[at - width]! + luma[at + width]!;
      const corners = luma[at - width - 1]! + luma[at - width + 1]! + luma[at + width - 1]! +
        luma[at + width + 1]!;
      laplacian.push(sides - 4 * centre);
      noise += Math.abs(corners - 2 * sides + 4 * centre);
      if (isPlain(luma, at, width)) plain++;
    }
  }
  const count = laplacian.length;
  return {
    sharpness: Math.log1p(momentsOf(laplacian).variance),
    noise: Math.sqrt(Math.PI / 2) * noise / (6 * count),
    plainShare: plain / count,
  };
}

function isPlain(luma: Float64Array, at: number, width: number): boolean {
  for (let row = at - width; row <= at + width; row += width) {
    for (let i = row - 1; i <= row + 1; i++) if (Math.abs(luma[i]! - luma[at]!) > 0.5) return false;
  }
  return true;
}

function blockiness(luma: Float64Array, width: number, height: number): number {
  const sums = [0, 0], counts = [0, 0];
  const compare = (a: number, b: number, place: number) => {
    const border = place % 8 === 7 ? 1 : 0;
    sums[border]! += Math.abs(luma[a]! - luma[b]!);
    counts[border]!++;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (x + 1 < width) compare(at, at + 1, x);
      if (y + 1 < height) compare(at, at + width, y);
    }
  }
  if (counts.includes(0)) return 0;
  return Math.log((1 + sums[1]! / counts[1]!) / (1 + sums[0]! / counts[0]!));
}
