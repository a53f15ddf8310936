/** Arrays of normal numbers, for a picture's or a clip's worth of noise. @module */

import { type Key, threefry2x32 } from "../tensor/random.ts";

/**
 * `length` independent standard normal numbers, by the Box-Muller transform:
 *
 *     z₂ᵢ = √(-2 ln(1 - u)) cos 2πv,   z₂ᵢ₊₁ = √(-2 ln(1 - u)) sin 2πv
 *
 * A block of the generator gives both, u and v. A longer array begins with the shorter one.
 */
export function gaussianNoise(key: Key, length: number): Float32Array {
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i += 2) {
    const [u, v] = threefry2x32(key, [i / 2, 0]);
    const radius = Math.sqrt(-2 * Math.log(1 - u / 2 ** 32));
    const angle = 2 * Math.PI * v / 2 ** 32;
    noise[i] = radius * Math.cos(angle);
    if (i + 1 < length) noise[i + 1] = radius * Math.sin(angle);
  }
  return noise;
}
