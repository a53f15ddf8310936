import { deepEqual } from "node:assert/strict";
import { historyToCsv } from "../../lib/study/history_csv.ts";

Deno.test("a run's history has the steps done and the rate of each epoch's last step", () => {
  const history = [1, 2, 3, 4].map((epoch) => ({
    epoch,
    trainLoss: 4 / epoch,
    validationLoss: 2 / epoch,
    validationAccuracy: 0.5,
  }));
  const csv = historyToCsv(
    { history, stepsPerEpoch: 2, bestEpoch: 3 },
    // Of 8 steps η rises in 4, to 0.25, 0.5, 0.75 and 1 of it, and falls along half a cosine.
    { epochs: 4, warmup: 0.5, learningRate: 4 },
  );
  const rates = [
    2,
    4,
    4 * 0.5 * (1 + Math.cos(Math.PI / 4)),
    4 * 0.5 * (1 + Math.cos(3 * Math.PI / 4)),
  ];
  deepEqual(csv.trim().split("\n"), [
    "epoch,step,trainLoss,validationLoss,validationAccuracy,learningRate,kept",
    `1,2,4,2,0.5,${rates[0]},false`,
    `2,4,2,1,0.5,${rates[1]},false`,
    `3,6,${4 / 3},${2 / 3},0.5,${rates[2]},true`,
    `4,8,1,0.5,0.5,${rates[3]},false`,
  ]);
});
