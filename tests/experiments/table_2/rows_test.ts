import { deepEqual, equal, match } from "node:assert/strict";
import type { Outcome } from "../../../lib/study/job.ts";
import { table2Lines, trainingRow } from "../../../experiments/table_2/rows.ts";
import { progression } from "../../../experiments/paper_figures/progress_figures.ts";
import { judged } from "../made_up.ts";

const epoch = (n: number, validationLoss: number) => ({
  ...{ epoch: n, trainLoss: 1 / n, validationLoss, validationAccuracy: 0.5 + n / 10 },
});

/** A run of so many epochs, of which `bestEpoch` was kept. */
function run(seed: number, epochs: number, bestEpoch: number): Outcome {
  const { job } = judged("x", { system: "Proposed", seed, labels: [0], scores: [0] });
  const history = Array.from({ length: epochs }, (_, i) => epoch(i + 1, 0.25 * (i + 1)));
  const record = { parameters: 12, stepsPerEpoch: 5, bestEpoch, history };
  return { job, verdicts: [], seconds: seed, record };
}

Deno.test("a row has the sizes of the runs, and what they were at the epoch that was kept", () => {
  const row = trainingRow("text", [run(1, 4, 2), run(2, 6, 4)], { headWeight: 1 });
  deepEqual([row.parameters, row.stepsPerEpoch], [12, 5]);
  deepEqual(row.epochs.seeds, [4, 6]);
  deepEqual(row.bestEpoch.seeds, [2, 4]);
  deepEqual(row.seconds.seeds, [1, 2]);
  // The total of the unified classifier and one head: one half and one quarter at the epochs kept.
  deepEqual(row.trainLoss.seeds, [0.25, 0.125]);
  deepEqual(row.validationLoss.seeds, [0.5, 1]);
  deepEqual(row.validationAccuracy.seeds, [0.7, 0.9]);
  equal(row.epochs.mean, 5);
  match(
    table2Lines([row]).join("\n"),
    /^\| text \| 12 \| 5 \| 5\.0 ± 1\.4 \| 3\.0 ± 1\.4 \| 1\.5 ± 0\.7 \| 0\.188 ± 0\.088 \| 0\.750 ± 0\.354 \| 0\.800 ± 0\.141 \|$/m,
  );
});

Deno.test("a single seed has no deviation in any cell", () => {
  const row = trainingRow("text", [run(1, 4, 2)], { headWeight: 1 });
  equal(row.epochs.sd, null);
  const text = table2Lines([row]).join("\n");
  match(text, /^\| text \| 12 \| 5 \| 4\.0 \| 2\.0 \| 1\.0 \| 0\.250 \| 0\.500 \| 0\.700 \|$/m);
});

Deno.test("figures 5 to 8 draw both losses per classifier, whatever the model's loss sums", () => {
  // On triples: one unified classifier and three heads of weight 1/2.
  const [first] = progression([{
    ...run(1, 2, 1),
    job:
      judged("x", { system: "Proposed", seed: 1, labels: [0], scores: [0], head: "unified" }).job,
  }], { headWeight: 0.5 });
  deepEqual([first!.trainLoss, first!.validationLoss], [1 / 2.5, 0.25]);
});
