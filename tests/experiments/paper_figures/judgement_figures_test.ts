import { deepEqual, equal, ok } from "node:assert/strict";
import { answersTo } from "../../../lib/study/comparisons.ts";
import { curveRow } from "../../../experiments/paper_figures/curve_row.ts";
import type { Modality } from "../../../lib/modality.ts";
import { judged, samples } from "../made_up.ts";

const labels = [0, 0, 1, 1, 0, 0, 1, 1];
const rowOf = (head: Modality) => {
  const run = (seed: number, scores: number[]) =>
    judged(`x${seed}`, {
      ...{ system: "Proposed", seed, head, labels },
      scores: [...scores, ...scores],
    });
  const answers = answersTo([run(2, [0, 0, 1, 1]), run(1, [0.1, 0.6, 0.4, 0.9])]);
  return curveRow(head, answers, samples);
};

Deno.test("a branch has a confusion matrix a seed, and the AUC of its scores", () => {
  const row = rowOf("text");
  deepEqual(row.confusion, [[[2, 2], [2, 2]], [[4, 0], [0, 4]]]);
  deepEqual(row.auc.seeds, [0.75, 1]);
  equal(row.auc.mean, 0.875);
  ok(row.interval![0] <= 0.75 && row.interval![1] >= 0.75);
  equal(row.paperAuc, 0.922);
});

Deno.test("an AUC of two sets of images has no interval, and the reason", () => {
  const { interval, reason, auc } = rowOf("image");
  deepEqual([interval, reason], [null, "too few sets of images (2) for an interval"]);
  equal(auc.mean, 0.875);
});
