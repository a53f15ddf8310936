import { deepEqual, equal, ok } from "node:assert/strict";
import { answersTo } from "../../../lib/study/comparisons.ts";
import { curveRow } from "../../../experiments/paper_figures/judgement_figures.ts";
import { judged } from "../made_up.ts";

Deno.test("a branch has a confusion matrix a seed, and the AUC of its scores", () => {
  const labels = [0, 0, 1, 1];
  const own = (seed: number, scores: number[]) =>
    judged(`x${seed}`, { system: "Proposed", seed, head: "image", labels, scores });
  const row = curveRow("image", answersTo([own(2, [0, 0, 1, 1]), own(1, [0.1, 0.6, 0.4, 0.9])]));
  deepEqual(row.confusion, [[[1, 1], [1, 1]], [[2, 0], [0, 2]]]);
  deepEqual(row.auc.seeds, [0.75, 1]);
  equal(row.auc.mean, 0.875);
  ok(row.interval[0] <= 0.75 && row.interval[1] >= 0.75);
  equal(row.paperAuc, 0.962);
});
