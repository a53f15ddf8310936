import { deepEqual, equal } from "node:assert/strict";
import { foldOf, inFold, poolJudged, withoutFold } from "../../lib/study/folds.ts";
import { judged } from "../experiments/made_up.ts";

const run = (kind: string, seed: number, scores: number[]) =>
  judged(kind, { system: "Linear probe", seed, labels: scores.map((_, i) => i % 2), scores });

Deno.test("a fold is in the kind of a job, and out of it again", () => {
  equal(inFold("single-audio", 3), "fold3-single-audio");
  equal(inFold("single-audio", undefined), "single-audio");
  equal(foldOf({ kind: "fold12-single-audio" }), 12);
  equal(foldOf({ kind: "single-audio" }), undefined);
  const { kind, name } = withoutFold(run("fold2-scratch-audio", 4, [0.1]).job);
  deepEqual([kind, name], ["scratch-audio", "linear-probe-scratch-audio-seed4"]);
});

Deno.test("the folds of a seed are one, in their order, and what has no folds stays", () => {
  const pooled = poolJudged([
    run("fold2-a", 1, [0.3, 0.4]),
    run("b", 1, [0.9]),
    run("fold1-a", 1, [0.1, 0.2]),
    run("fold1-a", 2, [0.5]),
  ]);
  deepEqual(
    pooled.map(({ job, exams: [exam] }) => [job.kind, job.seed, exam!.scores, exam!.labels]),
    [["a", 1, [0.1, 0.2, 0.3, 0.4], [0, 1, 0, 1]], ["b", 1, [0.9], [0]], ["a", 2, [0.5], [0]]],
  );
  deepEqual(pooled[0]!.exams[0]!.ids, { text: ["text 0", "text 1", "text 0", "text 1"] });
});
