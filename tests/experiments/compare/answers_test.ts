import { equal } from "node:assert/strict";
import { told } from "../../../experiments/compare/answers.ts";
import type { RowComparison } from "../../../experiments/compare/rows.ts";

const comparison = (
  difference: number,
  interval: RowComparison["interval"],
): RowComparison => ({
  ...{ difference, interval, p: 0.5, pHolm: 0.5, pOverSeeds: null, clusters: 40 },
  seeds: [difference, difference],
});

Deno.test("a difference that rounding makes is level, and a small one that resamples doubt is not", () => {
  equal(told(comparison(1e-9, [-0.02, 0.02])), "0.000 [−0.020, +0.020], level");
  equal(told(comparison(-0.0003, [-0.0004, -0.0002])), "0.000 [0.000, 0.000], level");
  equal(
    told(comparison(-3e-4, [-0.02, 0.02])),
    "0.000 [−0.020, +0.020], behind, but within chance",
  );
  equal(told(comparison(0.02, [0.02, 0.02])), "+0.020 [+0.020, +0.020], ahead, but within chance");
  equal(told(comparison(-3e-4, null)), "0.000, behind, but within chance");
});
