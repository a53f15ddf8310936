/** 64 bits of what a small grey picture shows, and how they are compared. @module */

/** 64 bits as two signed halves. */
export type ImageBits = readonly [low: number, high: number];

/** The side of the square to which an image is brought, in pixels. */
export const hashSide = 32;

// Frequencies 1 to 8 along each side. Frequency 0 is brightness, and shading along one side only.
const frequencies = 8;

/** `[frequency][x]`: what each pixel of a side counts in a coefficient. */
type Waves = readonly Float64Array[];

const cosines: Waves = Array.from(
  { length: frequencies },
  (_, k) =>
    Float64Array.from(
      { length: hashSide },
      (_, x) => Math.cos(Math.PI * (x + 0.5) * (k + 1) / hashSide),
    ),
);

/**
 * Waves over a stretch of a side alone, from and to these shares of it; pixels count as far as they
 * are in it.
 */
function wavesWithin(from: number, to: number): Waves {
  const [start, end] = [hashSide * from, hashSide * to];
  const wave = (k: number, x: number) => {
    const [left, right] = [Math.max(x, start), Math.min(x + 1, end)];
    if (right <= left) return 0;
    const middle = (left + right) / 2 - start;
    return (right - left) * Math.cos(Math.PI * middle * (k + 1) / (end - start));
  };
  return Array.from(
    { length: frequencies },
    (_, k) => Float64Array.from({ length: hashSide }, (_, x) => wave(k, x)),
  );
}

// Rounding to whole grey levels alone gives coefficients of about this size, and signs without sense.
const leastDeviation = 1;

/**
 * The signs of low frequencies, bit 8(v − 1) + u − 1 for u, v = 1 … 8:
 *
 *     b_uv = 1 if Σ_y Σ_x g(x, y) cos(π (x + ½) u / 32) cos(π (y + ½) v / 32) > 0, else 0
 *
 * `grey` is `[32, 32]`, row by row. After Zauner (*Implementation and benchmarking of perceptual image
 * hash functions*, 2010), who compares each coefficient with their median. We compare with zero, so
 * that the hash of a mirror image follows from that of the image: see {@linkcode mirrored}. Neither
 * brightness nor contrast changes a sign. `undefined` if the grey levels deviate by less than 1.
 *
 * @throws {RangeError} `grey` is of another size.
 */
export function bitsOfGrey(grey: ArrayLike<number>): ImageBits | undefined {
  if (grey.length !== hashSide ** 2) {
    throw new RangeError(
      `Cannot hash an image: expected ${hashSide ** 2} grey levels, got ${grey.length}`,
    );
  }
  return deviation(grey) < leastDeviation ? undefined : signs(grey, [cosines, cosines]);
}

function signs(grey: ArrayLike<number>, [across, down]: readonly [Waves, Waves]): ImageBits {
  const bits: [number, number] = [0, 0];
  for (let u = 0; u < frequencies; u++) {
    const rows = Float64Array.from({ length: hashSide }, (_, y) => {
      let sum = 0;
      for (let x = 0; x < hashSide; x++) sum += grey[y * hashSide + x]! * across[u]![x]!;
      return sum;
    });
    for (let v = 0; v < frequencies; v++) {
      const coefficient = rows.reduce((sum, row, y) => sum + row * down[v]![y]!, 0);
      const place = frequencies * v + u;
      if (coefficient > 0) bits[place >> 5]! |= 1 << (place & 31);
    }
  }
  return bits;
}

/** What an image looks like, and what it would look like with some of its border cut off. */
export interface ImageLook {
  /** As {@linkcode bitsOfGrey} gives them. */
  readonly whole: ImageBits;
  /** The same of crops, by up to a tenth of a side. */
  readonly crops: readonly ImageBits[];
}

// Shares of a side: 3, 6, 9 % off each edge, 5 or 10 % off one, 5 % off two that meet.
const all = wavesWithin(0, 1);
const middles = [0.03, 0.06, 0.09].map((share) => wavesWithin(share, 1 - share));
const ends = [0.05, 0.1].map((share) => [wavesWithin(0, 1 - share), wavesWithin(share, 1)]);
const cropped: readonly (readonly [Waves, Waves])[] = [
  ...middles.map((one) => [one, one] as const),
  ...ends.flat().flatMap((one) => [[one, all], [all, one]] as const),
  ...ends[0]!.flatMap((one) => ends[0]!.map((other) => [one, other] as const)),
];

/**
 * The bits of an image and of crops of it, from its grey levels `[32, 32]`: a crop that somebody has
 * saved as an image is near to one of them. `undefined` where {@linkcode bitsOfGrey} is.
 *
 * @throws {RangeError} `grey` is of another size.
 */
export function lookOfGrey(grey: ArrayLike<number>): ImageLook | undefined {
  const whole = bitsOfGrey(grey);
  return whole && { whole, crops: cropped.map((waves) => signs(grey, waves)) };
}

function deviation(values: ArrayLike<number>): number {
  let sum = 0, squares = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]!;
    squares += values[i]! ** 2;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(0, squares / values.length - mean ** 2));
}

/** The bits of the image as a mirror shows it: odd frequencies along x change their sign. */
export function mirrored([low, high]: ImageBits): ImageBits {
  // Frequency u = 1 is bit 0 of each byte.
  const odd = 0x55555555;
  return [low ^ odd, high ^ odd];
}

/** In how many of 64 bits two hashes differ; about 32 for unlike images. */
export function hammingDistance(a: ImageBits, b: ImageBits): number {
  return onesOf(a[0] ^ b[0]) + onesOf(a[1] ^ b[1]);
}

/** How many of 32 bits are 1. */
export function onesOf(x: number): number {
  x -= x >>> 1 & 0x55555555;
  x = (x & 0x33333333) + (x >>> 2 & 0x33333333);
  return Math.imul(x + (x >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
