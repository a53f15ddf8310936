/** The Hartley transform: a Fourier transform of real numbers into real numbers. @module */

import { fourierTransform } from "../deps/fft.ts";

type Transform = (signal: ArrayLike<number>) => Float64Array;

// Tables of sines cost ten times what a transform does, and the clips of a corpus are of few sizes.
const transforms = new Map<number, Transform>();

/**
 * A function of `size` real numbers, a power of two from 4, that gives
 *
 *     H[k] = Σₙ x[n] (cos 2πkn/N + sin 2πkn/N) = Re X[k] - Im X[k],   k = 0 … N-1,
 *
 * with X the Fourier transform of x. Applied twice it gives N x: it is its own
 * inverse, so real signals need no complex one.
 */
export function hartleyTransform(size: number): (signal: ArrayLike<number>) => Float64Array {
  const made = transforms.get(size) ?? makeTransform(size);
  transforms.set(size, made);
  return made;
}

function makeTransform(size: number): Transform {
  const transform = fourierTransform(size);
  const spectrum = transform.createComplexArray();
  return (signal) => {
    transform.realTransform(spectrum, signal);
    const result = new Float64Array(size);
    for (let k = 0; k <= size / 2; k++) {
      const re = spectrum[2 * k]!, im = spectrum[2 * k + 1]!;
      result[k] = re - im;
      result[(size - k) % size] = re + im;
    }
    return result;
  };
}

/** The least power of two from 4 that is not below `length`. */
export function transformSize(length: number): number {
  return 2 ** Math.max(2, Math.ceil(Math.log2(length)));
}

/**
 * The convolution y[n] = Σₘ h[m] x[n - m], n = 0 … N-1 for N samples x: the
 * beginning, as long as the signal.
 */
export function convolve(
  { signal, response }: {
    readonly signal: Float32Array;
    /** h. */
    readonly response: Float32Array;
  },
): Float32Array {
  // Zeros enough that the end does not wrap round to the beginning.
  const size = transformSize(signal.length + response.length - 1);
  const transform = hartleyTransform(size);
  const padded = (values: Float32Array) => {
    const result = new Float64Array(size);
    result.set(values);
    return transform(result);
  };
  const x = padded(signal), h = padded(response);
  const product = x.map((value, k) => {
    const mirrored = (size - k) % size;
    const even = (h[k]! + h[mirrored]!) / 2, odd = (h[k]! - h[mirrored]!) / 2;
    return (value * even + x[mirrored]! * odd) / size;
  });
  return Float32Array.from(transform(product).subarray(0, signal.length));
}
