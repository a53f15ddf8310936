/** What numpy, scipy and scikit-learn say of pairs of scores: `tests/fixtures/regression_metrics.json`. @module */

import type { ScorePairs } from "../../lib/metrics/mod.ts";
import { agree, withSpecialNumbers } from "./reference.ts";

/** Pairs of scores on one scale, and each measure of them by its name here. */
export interface RegressionCase extends ScorePairs {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  readonly expected: Readonly<Record<string, number>>;
}

const file = new URL("../fixtures/regression_metrics.json", import.meta.url);

/** The stored cases. */
export const regressionCases: readonly RegressionCase[] = JSON.parse(
  Deno.readTextFileSync(file),
  withSpecialNumbers,
);

/** Asserts that `measure` of every stored case which has `name` is what is stored as such. */
export function agreesOnScores(name: string, measure: (pairs: ScorePairs) => number): void {
  const cases = regressionCases.filter(({ expected }) => name in expected);
  if (cases.length < 3) throw new Error(`${name} has ${cases.length} cases`);
  for (const { expected, ...pairs } of cases) {
    agree(measure(pairs), expected[name]!, `${name}, ${pairs.name}`);
  }
}
