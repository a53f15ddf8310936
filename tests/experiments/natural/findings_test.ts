import { deepEqual, equal, ok } from "node:assert/strict";
import { findingsOf, type JudgedSection } from "../../../experiments/natural/findings.ts";
import type { ComparedSystem } from "../../../experiments/compare/plan.ts";
import type { CompareRow, RowComparison } from "../../../experiments/compare/rows.ts";
import { polarities } from "../../../lib/target.ts";

function comparison(difference: number, pHolm: number): RowComparison {
  return {
    ...{ difference, pHolm, p: pHolm, pOverSeeds: null, clusters: 40 },
    interval: [difference - 0.01, difference + 0.01],
    seeds: [difference, difference],
  };
}

function row(system: ComparedSystem, accuracy: number, more: Partial<CompareRow> = {}): CompareRow {
  return {
    ...{ system, modality: "rows", protocol: "natural", tested: [100, 100], interval: null },
    accuracy: { mean: accuracy, sd: 0, seeds: [accuracy, accuracy] },
    ...more,
  };
}

const section = (set: string, rows: readonly CompareRow[]): JudgedSection => ({
  ...{ set, learnt: "polarity", division: "by group", target: polarities, rows },
});

const paired = { ...comparison(0.03, 0.01), score: { mean: 0.83, sd: 0, seeds: [0.83, 0.83] } };
const nothing = section("tweets", [
  row("Late fusion", 0.8, { labelPaired: paired }),
  row("Proposed", 0.79, { lessLate: comparison(-0.01, 0.5) }),
  row("Gated fusion", 0.81, { lessLate: comparison(0.01, 0.2) }),
  row("Best single modality", 0.76, { lessLate: comparison(-0.04, 0.01) }),
]);
const control = (difference: number, pHolm: number) => ({
  ...comparison(difference, pHolm),
  score: { mean: 0.5, sd: 0, seeds: [0.5, 0.5] },
});
const planted = section("sarcasm", [
  row("Late fusion", 0.5),
  row("Proposed", 0.8, {
    ...{ lessLate: comparison(0.3, 0.001), interaction: control(0.3, 0.001) },
  }),
  // Ahead, but by what its additive projection has as well.
  row("Residual fusion (ours)", 0.6, {
    ...{ lessLate: comparison(0.1, 0.001), interaction: control(0, 1) },
  }),
  row("Best single modality", 0.5, { lessLate: comparison(0, 1) }),
]);

Deno.test("findings are sentences with the numbers of the rows", () => {
  const found = findingsOf([nothing, planted]).map(({ of, sentence }) => [of, sentence]);
  deepEqual(found.slice(0, 2), [
    [
      "all",
      "Late fusion is significantly ahead of the best single modality on 1 of 2 tests: " +
      "tweets, polarity, by group.",
    ],
    [
      "all",
      "A system is significantly ahead of late fusion, and of itself without interactions, on 1 of 2 " +
      "tests: sarcasm, polarity, by group.",
    ],
  ]);
  const of = (set: string) =>
    found.filter(([of]) => of!.startsWith(set)).map(([, sentence]) => sentence);
  deepEqual(of("tweets"), [
    "On tweets, polarity, by group late fusion has accuracy 0.800; less the best single modality it " +
    "is +0.040 [+0.030, +0.050], significantly ahead.",
    "On tweets, polarity, by group no system is significantly ahead of late fusion by interactions; " +
    "less late fusion Proposed is −0.010 [−0.020, 0.000], behind, but within chance; Gated fusion is " +
    "+0.010 [0.000, +0.020], ahead, but within chance (accuracy).",
    "On tweets, polarity, by group late fusion of the same samples paired anew by label, less that of " +
    "rows as they are, is +0.030 [+0.020, +0.040], significantly higher (accuracy).",
  ]);
  ok(of("sarcasm")[1]!.includes("group Proposed is significantly ahead of late fusion by inter"));
});

Deno.test("of one set nothing is said of all, and nothing of what was not asked", () => {
  equal(findingsOf([nothing]).every(({ of }) => of !== "all"), true);
  deepEqual(findingsOf([section("none", [row("Majority", 0.5)])]), []);
});
