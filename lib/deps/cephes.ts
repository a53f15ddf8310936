/** Cephes: special functions and distributions, compiled to WebAssembly. @module */

/** What the package offers and we use; it brings no types. Beyond its domain a function throws. */
export interface Cephes {
  /** Φ(x), the standard normal distribution. */
  ndtr(x: number): number;
  /** Φ⁻¹(p), p between 0 and 1. */
  ndtri(p: number): number;
  /** Student's distribution at t; the degrees of freedom are a whole number from 1. */
  stdtr(degreesOfFreedom: number, t: number): number;
  /** Its inverse, p between 0 and 1. */
  stdtri(degreesOfFreedom: number, p: number): number;
  /** The binomial distribution: at most `successes` of `trials`. */
  bdtr(successes: number, trials: number, probability: number): number;
  /** The quantile at `p` of the beta distribution with a, b > 0. */
  incbi(a: number, b: number, p: number): number;
  /** The logarithm of the gamma function's absolute value. */
  lgam(x: number): number;
}

/** The compiled functions. */
export const cephes: Cephes = await compiled();

async function compiled(): Promise<Cephes> {
  // While it loads, the package decodes itself by Node's `Buffer`, which a browser lacks.
  const lent = "Buffer" in globalThis ? {} : { Buffer: { from: decodeBase64 } };
  Object.assign(globalThis, lent);
  try {
    // 2.0.0: the ES module of 3.1.1 and 3.3.3 cannot build its buffer where `__proto__` is disabled.
    const { default: functions } = await import("npm:cephes@2.0.0");
    await functions.compiled;
    return functions as Cephes;
  } finally {
    for (const name of Object.keys(lent)) Reflect.deleteProperty(globalThis, name);
  }
}

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
