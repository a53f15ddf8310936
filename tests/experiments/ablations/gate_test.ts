import { deepEqual, equal, match } from "node:assert/strict";
import { ablationGate } from "../../../experiments/ablations/mod.ts";
import type { Study } from "../../../lib/study/study.ts";
import { madeUpStudy } from "../made_up_study.ts";

/** The gate ablation of made-up runs, in which the gate is `mean` on every clip. */
async function withGate(mean: number) {
  const { study } = madeUpStudy({ seeds: [1, 2] });
  const run: Study["run"] = async (jobs, options) => {
    const outcomes = await study.run(jobs, options);
    return outcomes.map((outcome) => ({
      ...outcome,
      verdicts: outcome.verdicts.map((verdict) => {
        const count = verdict.labels.length;
        const values = Float32Array.from({ length: 2 * count }, (_, i) => i % 2 ? 0.1 : mean);
        return { ...verdict, inspected: { gate: { width: 2, values } } };
      }),
    }));
  };
  const { data, markdown } = await ablationGate({ ...study, run });
  return { gates: data.gates as { mean: number; spread: number; collapsed: boolean }, markdown };
}

Deno.test("a gate that is near 0 or near 1 has collapsed, and the text says so", async () => {
  const collapsed: [number, boolean][] = [];
  for (const mean of [0.04, 0.06, 0.5, 0.94, 0.96]) {
    const { gates, markdown } = await withGate(mean);
    equal(gates.mean.toFixed(5), mean.toFixed(5));
    equal(gates.spread.toFixed(5), "0.10000");
    collapsed.push([mean, gates.collapsed]);
    match(markdown, gates.collapsed ? /It has collapsed/ : /It has not collapsed/);
  }
  deepEqual(collapsed, [[0.04, true], [0.06, false], [0.5, false], [0.94, false], [0.96, true]]);
});
