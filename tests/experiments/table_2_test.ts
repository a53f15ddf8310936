import { deepEqual, equal, match } from "node:assert/strict";
import type { Outcome } from "../../lib/study/job.ts";
import { table2ToMarkdown, trainingRow } from "../../experiments/table_2.ts";
import { judged } from "./made_up.ts";

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
  const row = trainingRow("text", [run(1, 4, 2), run(2, 6, 4)]);
  deepEqual([row.parameters, row.stepsPerEpoch], [12, 5]);
  deepEqual(row.epochs.seeds, [4, 6]);
  deepEqual(row.bestEpoch.seeds, [2, 4]);
  deepEqual(row.seconds.seeds, [1, 2]);
  deepEqual(row.trainLoss.seeds, [0.5, 0.25]);
  deepEqual(row.validationLoss.seeds, [0.5, 1]);
  deepEqual(row.validationAccuracy.seeds, [0.7, 0.9]);
  equal(row.epochs.mean, 5);
  match(
    table2ToMarkdown([row], { title: "T", caption: "C" }),
    /\n\| text \| 12 \| 5 \| 5\.0 ± 1\.4 \| 3\.0 ± 1\.4 \| 1\.5 ± 0\.7 \| 0\.375 ± 0\.177 \| 0\.750 ± 0\.354 \| 0\.800 ± 0\.141 \|\n/,
  );
});
