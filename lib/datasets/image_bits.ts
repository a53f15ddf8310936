/** 64 bits of what a small grey picture shows, and how they are compared. @module */

/** 64 bits as two signed halves. */
export type ImageBits = readonly [low: number, high: number];

/** The side of the square to which an image is brought, in pixels. */
export const hashSide = 32;

// Frequencies 1 to 8 along each side. Frequency 0 is brightness, and shading along one side only.
const frequencies = 8;

const cosines = Array.from(
  { length: frequencies },
  (_, k) =>
    Float64Array.from(
      { length: hashSide },
      (_, x) => Math.cos(Math.PI * (x + 0.5) * (k + 1) / hashSide),
    ),
);

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
  if (deviation(grey) < leastDeviation) return undefined;
  const bits: [number, number] = [0, 0];
  for (let u = 0; u < frequencies; u++) {
    const rows = Float64Array.from({ length: hashSide }, (_, y) => {
      let sum = 0;
      for (let x = 0; x < hashSide; x++) sum += grey[y * hashSide + x]! * cosines[u]![x]!;
      return sum;
    });
    for (let v = 0; v < frequencies; v++) {
      const coefficient = rows.reduce((sum, row, y) => sum + row * cosines[v]![y]!, 0);
      const place = frequencies * v + u;
      if (coefficient > 0) bits[place >> 5]! |= 1 << (place & 31);
    }
  }
  return bits;
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
  return countOnes(a[0] ^ b[0]) + countOnes(a[1] ^ b[1]);
}

function countOnes(x: number): number {
  x -= x >>> 1 & 0x55555555;
  x = (x & 0x33333333) + (x >>> 2 & 0x33333333);
  return Math.imul(x + (x >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
