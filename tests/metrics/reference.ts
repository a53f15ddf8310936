/** What scikit-learn says of small cases: `tests/fixtures/metrics.json`. @module */

import { ok } from "node:assert/strict";
import type { Labels, RocCurve, Scored } from "../../lib/metrics/mod.ts";

interface Fixture {
  readonly labelCases: readonly (Labels & {
    readonly name: string;
    readonly expected: Readonly<Record<string, number | number[][]>>;
  })[];
  readonly scoreCases: readonly (Scored & {
    readonly name: string;
    readonly auc: number;
    readonly curve: RocCurve;
  })[];
}

const text = Deno.readTextFileSync(new URL("../fixtures/metrics.json", import.meta.url));
const special = new Set(["NaN", "Infinity", "-Infinity"]);

/** For `JSON.parse`: the numbers that JSON lacks, which fixtures store as strings. */
export function withSpecialNumbers(_: string, value: unknown): unknown {
  return special.has(value as string) ? Number(value) : value;
}

/** The stored cases. */
export const { labelCases, scoreCases }: Fixture = JSON.parse(text, withSpecialNumbers);

/** Asserts that two numbers agree to 1e-12, or are the same number that is not finite. */
export function agree(got: number, wanted: number, what: string): void {
  ok(Object.is(got, wanted) || Math.abs(got - wanted) <= 1e-12, `${what}: ${got}, not ${wanted}`);
}

/** Asserts that `score` of every stored case of labels is what scikit-learn calls `name`. */
export function agreesOnLabels(name: string, score: (labels: Labels) => number): void {
  const cases = labelCases.filter(({ expected }) => name in expected);
  ok(cases.length > 5, `${name} has ${cases.length} cases`);
  for (const { expected, ...labels } of cases) {
    agree(score(labels), expected[name] as number, `${name}, ${labels.name}`);
  }
}
