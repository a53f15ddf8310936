/** What scikit-learn makes of a small, badly scaled problem. @module */

import { equal, ok } from "node:assert/strict";

export interface Fitted {
  readonly C: number;
  readonly weight: number[];
  readonly bias: number;
  readonly probability: number[];
}

export const reference: {
  readonly width: number;
  readonly trainRows: number;
  readonly evenlyScaled: number[];
  readonly inputs: number[];
  readonly labels: number[];
  readonly mean: number[];
  readonly sd: number[];
  readonly plain: readonly Fitted[];
  readonly probes: readonly (Fitted & { readonly validationLogLoss: number })[];
} = JSON.parse(
  Deno.readTextFileSync(new URL("../fixtures/logistic_regression.json", import.meta.url)),
);
export const { width, trainRows, labels } = reference;

/** The reference's parts, with `inputs` as their features. */
export function split(inputs: number[]) {
  const part = (from: number, to: number) => ({
    inputs: Float32Array.from(inputs.slice(from * width, to * width)),
    labels: labels.slice(from, to),
    width,
  });
  return { train: part(0, trainRows), validation: part(trainRows, labels.length) };
}

/** Fails where a number is further than `relative` from the one wanted. */
export function near(got: Iterable<number>, wanted: readonly number[], relative: number) {
  const values = [...got];
  equal(values.length, wanted.length);
  wanted.forEach((w, i) => {
    ok(Math.abs(values[i]! - w) <= relative * Math.abs(w), `[${i}]: ${values[i]}, not ${w}`);
  });
}

/** For comparisons to more digits than the default tolerance gives. */
export const tight = { tolerance: 1e-9 };
