import { deepEqual, equal, ok } from "node:assert/strict";
import { equityOf } from "../../../experiments/compare/equity.ts";
import { saidOf } from "../../../experiments/compare/said.ts";
import { modalities } from "../../../lib/modality.ts";
import { named } from "../../../lib/study/job.ts";
import type { JudgedJob } from "../../../lib/study/predictions.ts";
import { polarities } from "../../../lib/target.ts";

const none = { train: [], validation: [], test: [] };
const labels = [0, 0, 1, 1];

/** A run whose verdicts on whole rows are these, and wrong on rows as they are. */
function run(seed: number, parts: Readonly<Record<string, readonly number[]>>): JudgedJob {
  const exam = (name: string, scores: readonly number[]) => ({
    ...{ exam: name, head: "unified" as const, ids: { text: ["a", "b", "c", "d"] } },
    ...{ labels, scores },
  });
  return {
    job: named({
      ...{ system: "Proposed", kind: "rows", protocol: "natural", present: modalities, seed },
      split: { text: none, image: none, audio: none },
    }),
    exams: [
      exam("text+audio", [0.9, 0.9, 0.1, 0.1]),
      ...Object.entries(parts).map(([shown, scores]) => exam(`${shown} of whole rows`, scores)),
    ],
  };
}

const right = [0.1, 0.1, 0.9, 0.9], three = [0.1, 0.9, 0.9, 0.9], guess = [0.9, 0.9, 0.9, 0.9];

Deno.test("equity is of balanced accuracies on whole rows above chance, worked by hand", () => {
  const found = equityOf([
    // text .5 + audio .25 alone, .5 together: (.5 + .25) / 2 and (.25 + 0) / 2, shares 3/4 and 1/4.
    run(2, { text: right, audio: three, "text+audio": right }),
    // Audio alone knows anything.
    run(1, { text: guess, audio: right, "text+audio": right }),
  ], polarities)!;
  deepEqual(found.equity.seeds, [0, 0.5]);
  deepEqual(found.contributions.text!.seeds, [0, 0.375]);
  deepEqual(found.contributions.audio!.seeds, [0.5, 0.125]);
  equal(found.contributions.image, undefined);
});

Deno.test("without parts, and of scores, there is no equity, and parts are no rows as they are", () => {
  const asked = run(1, { text: right, audio: three, "text+audio": right });
  equal(equityOf([run(1, {})], polarities), undefined);
  equal(equityOf([asked], { kind: "score", low: -3, high: 3 }), undefined);
  deepEqual(saidOf(asked, new Map()), saidOf(run(1, {}), new Map()));
  ok(saidOf(asked, new Map())!.labels.length === 4);
});
