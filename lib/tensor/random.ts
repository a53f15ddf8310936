/**
 * Random numbers without hidden state.
 *
 * A {@linkcode Key} and a counter give the numbers, so any draw can be made
 * again at any time: a resumed run sees what an unbroken one would have seen.
 * The generator is Threefry-2x32 with 20 rounds (Salmon et al., *Parallel
 * random numbers: as easy as 1, 2, 3*, SC 2011).
 *
 * @module
 */

/** A 64-bit key as two unsigned 32-bit words. */
export type Key = readonly [number, number];

const rotations = [[13, 15, 26, 6], [17, 29, 16, 24]] as const;

/** Threefry-2x32-20: encrypts a counter of two 32-bit words under `key`. */
export function threefry2x32(key: Key, counter: readonly [number, number]): [number, number] {
  const schedule = [key[0] | 0, key[1] | 0, (0x1bd11bda ^ key[0] ^ key[1]) | 0];
  let x = (counter[0] + schedule[0]!) | 0;
  let y = (counter[1] + schedule[1]!) | 0;
  for (let block = 0; block < 5; block++) {
    for (const r of rotations[block % 2]!) {
      x = (x + y) | 0;
      y = ((y << r) | (y >>> (32 - r))) ^ x;
    }
    x = (x + schedule[(block + 1) % 3]!) | 0;
    y = (y + schedule[(block + 2) % 3]! + block + 1) | 0;
  }
  return [x >>> 0, y >>> 0];
}

/** The key of a seed, an integer from 0 to 2^53 - 1. */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`Cannot seed a generator: expected an integer from 0, got ${seed}`);
  }
  return threefry2x32([seed >>> 0, Math.floor(seed / 2 ** 32)], [0, 0]);
}

/** A new, independent key for each `part`: an unsigned 32-bit number, or a name. */
export function fold(parent: Key, ...parts: (number | string)[]): Key {
  return parts.reduce<Key>(
    (k, part) => threefry2x32(k, [typeof part === "number" ? part >>> 0 : fnv1a(part), 1]),
    parent,
  );
}

// FNV-1a, 32 bits: enough to tell names of one program apart.
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A stream of numbers in [0, 1), each a multiple of 2^-32. */
export function uniforms(k: Key): () => number {
  let counter = 0;
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const [x, y] = threefry2x32(k, [counter++ >>> 0, 0]);
    spare = y / 2 ** 32;
    return x / 2 ** 32;
  };
}

/** A stream of standard normal numbers, by the Box-Muller transform. */
export function normals(k: Key): () => number {
  const next = uniforms(k);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** The integers 0 to n - 1 in random order (Fisher-Yates). */
export function permutation(k: Key, n: number): number[] {
  const next = uniforms(k);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/**
 * A dropout mask: each of `length` numbers is 0 with probability `rate`, else
 * 1 / (1 - rate). The probability is resolved to 2^-16, at four numbers a
 * block of the generator.
 */
export function keepMask(k: Key, length: number, rate: number): Float32Array {
  const mask = new Float32Array(length);
  if (rate === 0) return mask.fill(1);
  const threshold = Math.round(rate * 0x10000);
  const kept = 1 / (1 - rate);
  // The block of counter [i, 1] as threefry2x32() has it, written out: training draws masks each step,
  // and calls and arrays would take half the time. What lies past the mask's end is lost.
  const a = k[0] | 0, b = k[1] | 0, c = 0x1bd11bda ^ a ^ b;
  for (let i = 0; i < length; i += 4) {
    let x = (i + a) | 0, y = (1 + b) | 0;
    x = (x + y) | 0, y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0, y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0, y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0, y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + b) | 0, y = (y + c + 1) | 0;
    x = (x + y) | 0, y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0, y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0, y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0, y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + c) | 0, y = (y + a + 2) | 0;
    x = (x + y) | 0, y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0, y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0, y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0, y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + a) | 0, y = (y + b + 3) | 0;
    x = (x + y) | 0, y = ((y << 17) | (y >>> 15)) ^ x;
    x = (x + y) | 0, y = ((y << 29) | (y >>> 3)) ^ x;
    x = (x + y) | 0, y = ((y << 16) | (y >>> 16)) ^ x;
    x = (x + y) | 0, y = ((y << 24) | (y >>> 8)) ^ x;
    x = (x + b) | 0, y = (y + c + 4) | 0;
    x = (x + y) | 0, y = ((y << 13) | (y >>> 19)) ^ x;
    x = (x + y) | 0, y = ((y << 15) | (y >>> 17)) ^ x;
    x = (x + y) | 0, y = ((y << 26) | (y >>> 6)) ^ x;
    x = (x + y) | 0, y = ((y << 6) | (y >>> 26)) ^ x;
    x = (x + c) | 0, y = (y + a + 5) | 0;
    mask[i] = (x & 0xffff) < threshold ? 0 : kept;
    mask[i + 1] = x >>> 16 < threshold ? 0 : kept;
    mask[i + 2] = (y & 0xffff) < threshold ? 0 : kept;
    mask[i + 3] = y >>> 16 < threshold ? 0 : kept;
  }
  return mask;
}
