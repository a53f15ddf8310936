/** The fast Fourier transform, radix 4. @module */

import Fft from "npm:fft.js@4.0.4";

/** What the package offers and we use; its own types lack the plain-array signatures. */
export interface FourierTransform {
  /** An array for `size` complex numbers, real and imaginary parts in turn. */
  createComplexArray(): number[];
  /** Transforms `size` complex numbers, each as two. */
  transform(output: number[], input: ArrayLike<number>): void;
  /** Transforms `size` real numbers; fills bins 0 to size / 2. */
  realTransform(output: number[], input: ArrayLike<number>): void;
}

/** A transform of `size` points, a power of two. */
export function fourierTransform(size: number): FourierTransform {
  return new (Fft as new (size: number) => FourierTransform)(size);
}
