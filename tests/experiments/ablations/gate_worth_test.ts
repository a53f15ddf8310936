import { equal } from "node:assert/strict";
import { gateVerdict } from "../../../experiments/ablations/gate_worth.ts";
import { fullModel } from "../../../experiments/ablations/variants.ts";
import type { ByGroup } from "../../../experiments/by_group.ts";

const full = {
  name: fullModel,
  balancedAccuracy: { mean: 0.79, sd: 0.01, seeds: [0.78, 0.8], interval: [0.7, 0.86] },
} as const;

const better: ByGroup = { estimate: 0.031, interval: [0.01, 0.05] };
const alike: ByGroup = { estimate: 0.004, interval: [-0.02, 0.03] };
const worse: ByGroup = { estimate: -0.02, interval: [-0.04, -0.001] };

const of = (spectral: ByGroup, contextual: ByGroup, sum: ByGroup) =>
  gateVerdict([
    full,
    { name: "sum", worth: sum },
    { name: "spectral only", worth: spectral },
    { name: "contextual only", worth: contextual },
  ]);

Deno.test("the gate earns its place where it is better than each path and than their sum", () => {
  equal(
    of(better, better, better),
    "The per-feature gate (balanced accuracy 0.790) is better than the spectral path alone " +
      "(+3.1 points, +1.0 to +5.0), better than the contextual path alone (+3.1 points, +1.0 to " +
      "+5.0) and better than a sum of both (+3.1 points, +1.0 to +5.0): it earns its place.",
  );
});

Deno.test("one difference that is none, or against it, and it does not", () => {
  const endOf = (sentence: string) => sentence.slice(sentence.lastIndexOf(": ") + 2);
  equal(endOf(of(better, better, alike)), "it has not shown that it earns its place.");
  equal(endOf(of(better, worse, alike)), "it does not earn its place, and costs accuracy.");
  equal(
    endOf(of(better, better, { ...better, interval: null })),
    "whether it earns its place can't be said of so few actors.",
  );
  equal(of(better, alike, worse).match(/not told apart from the contextual path alone/)?.length, 1);
  equal(of(better, alike, worse).match(/worse than a sum of both \(−2\.0 points/)?.length, 1);
});

Deno.test("nothing is said of a gate that was not compared with all three", () => {
  equal(gateVerdict([full, { name: "sum", worth: better }]), "");
});
