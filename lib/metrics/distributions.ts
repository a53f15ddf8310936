/** The distributions behind the intervals and tests. @module */

import { cephes } from "../deps/cephes.ts";

/** Φ(x): how likely a standard normal number is at most `x`. */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x);
  // Below, the value is less than the least float64, and the package squares its way to NaN.
  return x < -40 ? 0 : cephes.ndtr(x);
}

/** Φ⁻¹(p), `p` from 0, where it is −Infinity, to 1, where it is Infinity. */
export function normalQuantile(p: number): number {
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  return cephes.ndtri(p);
}

/** How likely a standard normal number is at least as far from 0 as `z`: 2 Φ(−|z|). */
export function normalTails(z: number): number {
  return Math.min(1, 2 * normalCdf(-Math.abs(z)));
}

/** Student's t, and how many numbers were free to vary. */
export interface StudentInput {
  /** The statistic. */
  readonly t: number;
  /** A whole number from 1. */
  readonly degreesOfFreedom: number;
}

/** How likely Student's t is at least as far from 0 as `t`. */
export function studentTails({ t, degreesOfFreedom }: StudentInput): number {
  return Math.min(1, 2 * cephes.stdtr(degreesOfFreedom, -Math.abs(t)));
}

/** The t that a Student variable stays below with probability `p`, between 0 and 1. */
export function studentQuantile(
  { p, degreesOfFreedom }: { readonly p: number; readonly degreesOfFreedom: number },
): number {
  return cephes.stdtri(degreesOfFreedom, p);
}

/** How likely at most `successes` of `trials` are, each with `probability`. */
export function binomialCdf(
  { successes, trials, probability }: {
    readonly successes: number;
    readonly trials: number;
    readonly probability: number;
  },
): number {
  return cephes.bdtr(successes, trials, probability);
}

/** The quantile at `p` of the beta distribution; its ends, 0 and 1, where a or b is 0. */
export function betaQuantile(
  { a, b, p }: { readonly a: number; readonly b: number; readonly p: number },
): number {
  if (a === 0) return 0;
  if (b === 0) return 1;
  return cephes.incbi(a, b, p);
}

/** log Γ(x), x > 0. */
export function logGamma(x: number): number {
  return cephes.lgam(x);
}
