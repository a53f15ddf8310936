/** What other implementations say of intervals, tests and calibration: `tests/fixtures/statistics.json`. @module */

import { ok } from "node:assert/strict";
import type { Discordant, PairedValues, Scored, TwoSystems } from "../../lib/metrics/mod.ts";

interface Fixture {
  readonly distributions: {
    readonly normalCdf: readonly [number, number][];
    readonly normalQuantile: readonly [number, number][];
    readonly studentTails: readonly [number, number, number][];
    readonly studentQuantile: readonly [number, number, number][];
    readonly binomialCdf: readonly [number, number, number][];
  };
  readonly mcnemar: readonly (Discordant & { readonly exact: boolean; readonly p: number })[];
  readonly holm: readonly { readonly pValues: number[]; readonly adjusted: number[] }[];
  readonly delong: readonly (TwoSystems & {
    readonly name: string;
    readonly firstAuc: number;
    readonly firstError: number;
    readonly secondAuc: number;
    readonly covariance: number;
    readonly z: number;
    readonly p: number;
    readonly low: number;
    readonly high: number;
  })[];
  readonly seeds: readonly (PairedValues & {
    readonly t: number;
    readonly p: number;
    readonly low: number;
    readonly high: number;
    readonly signFlip: number;
    readonly dz: number;
    readonly d: number;
  })[];
  readonly effectSizes: {
    readonly hedges: readonly [number, number][];
    readonly cohensH: readonly [number, number, number][];
    readonly oddsRatio: readonly [number, number, number, number][];
  };
  readonly resolution: {
    readonly wilson: readonly [number, number, number, number][];
    readonly independent: readonly [number, number, number, number, number][];
    readonly paired: readonly [number, number, number, number, number][];
  };
  readonly calibration: readonly (Scored & {
    readonly name: string;
    readonly actual: number[];
    readonly scores: number[];
    readonly ece: Readonly<Record<"7" | "15", number>>;
    readonly brier: number;
    readonly logLoss: number;
    readonly averagePrecision: number;
    readonly averagePrecisionOfTies: number;
    readonly meanScores: number[];
    readonly positiveRates: number[];
    readonly temperature: number;
    readonly areaUnderRiskCoverage: number;
  })[];
}

const text = Deno.readTextFileSync(new URL("../fixtures/statistics.json", import.meta.url));
const special = new Set(["NaN", "Infinity", "-Infinity"]);

/** The stored cases. */
export const fixture: Fixture = JSON.parse(
  text,
  (_, value) => special.has(value) ? Number(value) : value,
);

/** Asserts that two numbers differ by at most `tolerance` of the larger, or are the same number. */
export function near(got: number, wanted: number, what: string, tolerance = 1e-10): void {
  const scale = Math.max(Math.abs(got), Math.abs(wanted));
  ok(
    got === wanted || Math.abs(got - wanted) <= tolerance * scale ||
      (Number.isNaN(got) && Number.isNaN(wanted)),
    `${what}: ${got}, not ${wanted}`,
  );
}
